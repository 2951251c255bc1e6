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
CLIENT = "custom_components.camera_push.sources.vxg.client"
POLLING = "custom_components.camera_push.transports.polling"
INTERVAL = "custom_components.camera_push.flows.options.DEFAULT_POLL_SECONDS"


async def start(hass: HomeAssistant, option: str = "vxg_token"):
    return await start_flow(hass, "vxg", option)


async def settled(entry: ConfigEntry) -> None:
    """Wait until what the server has now was asked for."""
    polling = entry.runtime_data.listening._listeners[0]
    polls = polling.polls
    await eventually(lambda: polling.polls >= polls + 2)


async def add_account(hass: HomeAssistant, server: VxgServer) -> ConfigEntry:
    flow = await start(hass, "vxg_key")
    result = await submit(hass, flow, {"url": server.url, "api_key": server.key})
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await eventually(lambda: len(result["result"].runtime_data.cameras) == len(server.cameras))
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
