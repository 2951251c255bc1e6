"""Small helpers of the tests."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime, timedelta
import itertools
import os
import socket
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.image import async_get_image
from homeassistant.config_entries import ConfigEntry, ConfigEntryDisabler
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.entry.store_settings import store_folders
from custom_components.camera_push.flows.options import parse_options
from custom_components.camera_push.storage.places import StoreFolders
from tests.config_flows import Flow, start_options, submit
from tests.options_form import as_form

# What tests that set the clock begin with.
NOW = datetime(2026, 11, 21, 3, 12, 45, 123000, tzinfo=UTC)


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


async def configure(hass: HomeAssistant, entry: ConfigEntry, **changes) -> Flow:
    """Fill in the entry's options form; returns the flow's last answer."""
    return await submit(hass, await start_options(hass, entry), as_form(changes))


# Below those that systems give to outgoing connections, and a range for each of several processes.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_ports = itertools.count(20_000 + 500 * (_WORKER % 20))
# UDP sockets at the ports that were given out: another run of the tests on this machine passes over them.
_claims: list[socket.socket] = []


def free_port() -> int:
    """Return a port that is free, and that nobody else takes meanwhile."""
    for port in _ports:
        claim = socket.socket(type=socket.SOCK_DGRAM)
        _claims.append(claim)
        with socket.socket() as probe, suppress(OSError):
            claim.bind(("", port))
            probe.bind(("", port))
            return port
    raise AssertionError


def is_free(port: int) -> bool:
    """Tell whether nobody listens at a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


async def disable(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Disable an entry, as its user does."""
    assert await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)


def issues(hass: HomeAssistant) -> set[str]:
    """Return the kinds of the repair issues that there are."""
    return {
        str(issue.translation_key)
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN
    }


def only_global(*addresses: str) -> AbstractContextManager[object]:
    """Have only these addresses be those of the internet."""
    return patch(
        "custom_components.camera_push.transports.locality.is_global", lambda address: address in addresses
    )


async def eventually(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait until something is true, which depends on sockets."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


def folders_of(hass, entry) -> StoreFolders:
    """Return the folders of an entry's store."""
    return store_folders(hass, entry, parse_options(entry.options))
