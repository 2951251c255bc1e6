"""Fixtures of this folder's tests."""

from collections.abc import Iterator
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from tests.emulators.omni import OmniPlatform
from tests.sources.omni.helpers import CLIENT, CONNECTION, LINK, STEPS, add, start


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    """Shorten what waits."""
    with (
        patch.multiple(LINK, FIRST_DELAY_SECONDS=0.02, LAST_DELAY_SECONDS=0.1),
        patch(f"{STEPS}._CLOSES_WITHIN_SECONDS", 0.1),
        patch(f"{CONNECTION}._GAP_RETRY_SECONDS", 0.01),
        patch(f"{CLIENT}._RETRY_PICTURE_SECONDS", 0.01),
    ):
        yield


@pytest.fixture
async def platform(socket_enabled: None):
    """Return a platform that is running."""
    it = OmniPlatform()
    async with it.serve():
        yield it


@pytest.fixture
def people(hass: HomeAssistant) -> list[Event]:
    """Return the list of identification events on the bus."""
    return async_capture_events(hass, "camera_push_identification")


@pytest.fixture
async def entry(hass: HomeAssistant, platform: OmniPlatform) -> ConfigEntry:
    """Return an entry that is connected."""
    return await add(hass, platform)


@pytest.fixture
async def webhook_entry(hass: HomeAssistant) -> ConfigEntry:
    """Return an entry that the platform pushes to."""
    assert await async_setup_component(hass, "http", {})
    result = await start(hass, "omni_webhook")
    await hass.async_block_till_done()
    return result["result"]
