"""What the tests of this folder share."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er

from custom_components.camera_push.const import DOMAIN
from tests.common import eventually
from tests.config_flows import add_subentry, start_flow, submit
from tests.emulators.omni import OmniPlatform

WEBSOCKET = "custom_components.camera_push.transports.websocket"
CLIENT = "custom_components.camera_push.sources.omni.client"
GAP = "custom_components.camera_push.sources.omni.gap"
LIVE = "custom_components.camera_push.sources.omni.live"
NAMES = "custom_components.camera_push.sources.omni.names"
PICTURES = "custom_components.camera_push.sources.omni.pictures"
STEPS = "custom_components.camera_push.sources.omni.flow"
CAM = "cam-1"


def filled_in(platform: OmniPlatform, **changes) -> dict:
    return {
        "url": platform.url,
        "endpoint_id": platform.endpoint_id,
        "verify_ssl": True,
        "version": "1.18",
    } | changes


async def start(hass: HomeAssistant, option: str = "omni_websocket"):
    return await start_flow(hass, "omni", option)


async def add(hass: HomeAssistant, platform: OmniPlatform, **changes) -> ConfigEntry:
    before = platform.connections
    result = await submit(hass, await start(hass), filled_in(platform, **changes))
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    # The flow and the set-up tried connections of their own: what is sent to those gets lost.
    await eventually(lambda: platform.connections >= before + 3 and len(platform.sockets) == 1)
    return result["result"]


async def add_person(hass: HomeAssistant, entry: ConfigEntry, **changes) -> str:
    data = {"name": "Ada", "profiles": ["profile-1"], "hold_time": 60} | changes
    return await add_subentry(hass, entry, "person", **data)


def of_person(hass: HomeAssistant, person: str, platform: str, key: str):
    found = er.async_get(hass).async_get_entity_id(platform, DOMAIN, f"{person}_{key}")
    assert found is not None
    it = hass.states.get(found)
    assert it is not None
    return it


async def rows(hass: HomeAssistant, entry: ConfigEntry) -> list[Any]:
    """Return the rows of the history, newest first."""
    answer = await hass.services.async_call(
        DOMAIN, "list_events", {"limit": 100}, blocking=True, return_response=True
    )
    assert isinstance(answer, dict)
    found = answer["events"]
    assert isinstance(found, list)
    return found
