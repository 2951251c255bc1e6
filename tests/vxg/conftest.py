"""Fixtures of this folder's tests."""

from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from ..common import eventually
from ..emulators.vxg import VxgServer
from .helpers import CAM, CLIENT, COORDINATOR, settled, start, step


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    """Shorten what waits."""
    with (
        patch(f"{COORDINATOR}.poll_interval", return_value=timedelta(seconds=0.05)),
        patch(f"{COORDINATOR}.LONGEST_INTERVAL", timedelta(seconds=0.2)),
        patch(f"{CLIENT}.FIRST_RETRY_SECONDS", 0.01),
    ):
        yield


@pytest.fixture
async def server(socket_enabled: None):
    """Return a server that is running."""
    it = VxgServer()
    async with it.serve():
        yield it


@pytest.fixture
def cloud(hass: HomeAssistant) -> list[Event]:
    """Return the list of cloud events on the bus."""
    return async_capture_events(hass, "camera_push_cloud_event")


@pytest.fixture
async def entry(hass: HomeAssistant, server: VxgServer) -> ConfigEntry:
    """Return an entry for one channel that polls."""
    flow = await step(hass, await start(hass), {"api_key": server.access_token()})
    assert flow["step_id"] == "vxg_address"
    result = await step(hass, flow, {"url": server.url})
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await eventually(lambda: CAM in result["result"].runtime_data.cameras)
    await settled(result["result"])
    return result["result"]
