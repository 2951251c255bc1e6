"""What the tests of this folder share."""

import asyncio
import time

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from tests.common import eventually
from tests.config_flows import start_flow, submit
from tests.emulators.vxg import VxgServer

CAM = "237863"
REST = "custom_components.camera_push.sources.vxg.rest"
CAMERAS = "custom_components.camera_push.sources.vxg.cameras"
READER = "custom_components.camera_push.sources.vxg.camera_reader"
COORDINATOR = "custom_components.camera_push.sources.vxg.coordinator"


async def start(hass: HomeAssistant, option: str = "vxg_token"):
    return await start_flow(hass, "vxg", option)


def polls(entry: ConfigEntry) -> int:
    """Return how often the server answered."""
    return entry.runtime_data.receivers.state()["poll"]["polls"]


async def settled(entry: ConfigEntry) -> None:
    """Wait until the server was asked for what it has now."""
    before = polls(entry)
    await eventually(lambda: polls(entry) >= before + 2)


async def add_account(hass: HomeAssistant, server: VxgServer) -> ConfigEntry:
    flow = await start(hass, "vxg_key")
    result = await submit(hass, flow, {"url": server.url, "api_key": server.key})
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await eventually(lambda: len(result["result"].runtime_data.hub.cameras) == len(server.cameras))
    await settled(result["result"])
    return result["result"]


async def eventually_with_time(hass, freezer, condition) -> None:
    """Wait until something is true, which depends on sockets and on the clock."""
    for _ in range(5000):
        if condition():
            return
        freezer.tick(0.05)
        # The loop's clock stands still, sockets need time all the same.
        await asyncio.to_thread(time.sleep, 0.002)
        await hass.async_block_till_done()
    raise AssertionError("It did not happen")
