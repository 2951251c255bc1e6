"""Small helpers of the tests."""

from datetime import datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.image import async_get_image
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr, entity_registry as er
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.camera_push.const import DOMAIN


def entity_id(hass: HomeAssistant, entry: ConfigEntry, platform: str, camera_id: str, key: str) -> str:
    """Return the entity that the public contract names so."""
    found = er.async_get(hass).async_get_entity_id(platform, DOMAIN, f"{entry.entry_id}_{camera_id}_{key}")
    assert found is not None, f"no {platform} {key} of {camera_id}"
    return found


def state(hass: HomeAssistant, entry: ConfigEntry, platform: str, camera_id: str, key: str) -> State:
    """Return the state of the entity that the public contract names so."""
    found = hass.states.get(entity_id(hass, entry, platform, camera_id, key))
    assert found is not None
    return found


async def shown(hass: HomeAssistant, entry: ConfigEntry, key: str, camera_id: str = "gate") -> bytes:
    """Return the picture that an image entity shows."""
    return (await async_get_image(hass, entity_id(hass, entry, "image", camera_id, key))).content


def device(hass: HomeAssistant, entry: ConfigEntry, camera_id: str) -> dr.DeviceEntry | None:
    """Return the device of a camera."""
    identifier = (DOMAIN, f"{entry.entry_id}_{camera_id}")
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return next((device for device in devices if identifier in device.identifiers), None)


def states(hass: HomeAssistant) -> dict[str, tuple[str, datetime]]:
    """Return all states, to see later that nothing changed."""
    return {state.entity_id: (state.state, state.last_updated) for state in hass.states.async_all()}


async def pass_time(hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: float) -> None:
    """Let time pass."""
    freezer.tick(timedelta(seconds=seconds))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
