"""What the tests of this folder share."""

import asyncio

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.camera_push.const import DOMAIN
from tests.common import eventually
from tests.emulators.vxg import VxgServer

CAM = "237863"
CLIENT = "custom_components.camera_push.sources.vxg.client"
CAMERAS = "custom_components.camera_push.sources.vxg.cameras"
COORDINATOR = "custom_components.camera_push.sources.vxg.coordinator"


async def start(hass: HomeAssistant, option: str = "vxg_token"):
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": "user"})
    flow = await hass.config_entries.flow.async_configure(flow["flow_id"], {"next_step_id": "vxg"})
    assert flow["menu_options"] == ["vxg_token", "vxg_key"]
    return await hass.config_entries.flow.async_configure(flow["flow_id"], {"next_step_id": option})


async def step(hass: HomeAssistant, flow, user_input: dict):
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], user_input)
    await hass.async_block_till_done()
    return result


def polls(entry: ConfigEntry) -> int:
    """Return how often the server answered."""
    return entry.runtime_data.receivers.state()["poll"]["polls"]


async def settled(entry: ConfigEntry) -> None:
    """Wait until the server was asked for what it has now."""
    before = polls(entry)
    await eventually(lambda: polls(entry) >= before + 2)


async def add_account(hass: HomeAssistant, server: VxgServer) -> ConfigEntry:
    flow = await start(hass, "vxg_key")
    result = await step(hass, flow, {"url": server.url, "api_key": server.key})
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await eventually(lambda: len(result["result"].runtime_data.hub.cameras) == len(server.cameras))
    await settled(result["result"])
    return result["result"]


async def eventually_with_time(hass, freezer, condition) -> None:
    for _ in range(200):
        if condition():
            return
        freezer.tick(0.05)
        await asyncio.sleep(0)
        await hass.async_block_till_done()
    raise AssertionError("It did not happen")
