"""What follows the creation of an entry: its URL is shown until a camera pushes."""

import asyncio
from datetime import timedelta
import json
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry, FlowType
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, UnknownFlow
import pytest

from tests.common import configure
from tests.config_flows import Flow, start_flow, submit
from tests.emulators.http import Poster
from tests.emulators.omni import OmniPlatform
from tests.emulators.pictures import jpeg
from tests.emulators.vstarcam import VStarcamCamera

MODULE = "custom_components.camera_push.flows.first_push"
VUID = "VC0000000ABCD"


@pytest.fixture
async def begun(hass: HomeAssistant, add_entry) -> tuple[ConfigEntry, str]:
    """Add an entry for VStarcam; return it and the id of the flow that goes on."""
    return await begin(hass, "vstarcam")


@pytest.fixture
async def begun_omni(hass: HomeAssistant, add_entry) -> tuple[ConfigEntry, str]:
    """Add an entry that a platform pushes to; return it and the id of the flow that goes on."""
    return await begin(hass, "omni", "omni_webhook")


async def begin(hass: HomeAssistant, *menu: str) -> tuple[ConfigEntry, str]:
    result = await start_flow(hass, *menu)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    kind, flow_id = result["next_flow"]
    assert kind is FlowType.CONFIG_SUBENTRIES_FLOW
    return result["result"], flow_id


async def shown(hass: HomeAssistant, flow_id: str) -> Flow:
    """Return what a browser that asks again is shown."""
    await hass.async_block_till_done()
    return await hass.config_entries.subentries.async_configure(flow_id)


@pytest.fixture
def camera(begun, poster: Poster) -> VStarcamCamera:
    """Return a camera that the entry's URL was pasted into."""
    return VStarcamCamera(VUID, poster, begun[0].data["webhook_id"])


async def test_url_is_shown_while_nothing_came(hass: HomeAssistant, begun) -> None:
    entry, flow_id = begun
    flow = await shown(hass, flow_id)
    assert flow["type"] is FlowResultType.SHOW_PROGRESS
    assert flow["progress_action"] == "first_push_waiting_vstarcam"
    assert entry.data["webhook_id"] in flow["description_placeholders"]["urls"]


async def test_each_system_says_where_its_url_goes(hass: HomeAssistant, add_entry) -> None:
    _, flow_id = await begin(hass, "ff")
    assert (await shown(hass, flow_id))["progress_action"] == "first_push_waiting_ff"


async def test_camera_and_picture_are_shown(
    hass: HomeAssistant, begun, camera: VStarcamCamera, hass_client_no_auth
) -> None:
    entry, flow_id = begun
    await camera.heartbeat()
    flow = await shown(hass, flow_id)
    assert (flow["type"], flow["progress_action"]) == (FlowResultType.SHOW_PROGRESS, "first_push_alive")
    assert VUID in flow["description_placeholders"]["camera"]
    await camera.alarm(0x12, jpeg("first"))
    flow = await shown(hass, flow_id)
    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "first_push_came")
    assert VUID in flow["description_placeholders"]["camera"]
    path = flow["description_placeholders"]["picture"].removeprefix("![](").removesuffix(")")
    client = await hass_client_no_auth()
    assert await (await client.get(path)).read() == jpeg("first")
    before = dict(entry.options)
    result = await submit(hass, flow, {})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "first_push_came")
    assert (dict(entry.options), dict(entry.subentries)) == (before, {})


async def test_what_was_refused_and_why(hass: HomeAssistant, begun, camera: VStarcamCamera) -> None:
    hass.config.language = "de"
    _, flow_id = begun
    await camera.poster.post(camera.webhook_id, b"<x/>", "text/xml")
    flow = await shown(hass, flow_id)
    assert flow["progress_action"] == "first_push_refused"
    # In Home Assistant's language, and as it is in the log.
    assert (
        flow["description_placeholders"]["reason"]
        == "Das Format geh\u00f6rt nicht zum gew\u00e4hlten System."
    )
    assert "A heartbeat is application/json" in flow["description_placeholders"]["sentence"]
    await camera.alarm(0x12, jpeg())
    assert (await shown(hass, flow_id))["step_id"] == "first_push_came"


async def test_platform_pushes_its_first_event(hass: HomeAssistant, begun_omni, poster: Poster) -> None:
    """Its pictures come only when its address is in the options: the event is enough."""
    entry, flow_id = begun_omni
    flow = await shown(hass, flow_id)
    assert flow["progress_action"] == "first_push_waiting_omni"
    assert entry.data["webhook_id"] in flow["description_placeholders"]["urls"]
    await poster.post(entry.data["webhook_id"], b"[]", "text/plain")
    assert (await shown(hass, flow_id))["progress_action"] == "first_push_refused"
    event = OmniPlatform().event("non_identification", profile=None)
    await poster.post(entry.data["webhook_id"], json.dumps(event).encode(), "application/json")
    flow = await shown(hass, flow_id)
    assert (flow["step_id"], flow["description_placeholders"]["picture"]) == ("first_push_came", "")
    assert (await submit(hass, flow, {}))["reason"] == "first_push_came"
    assert not entry.subentries


async def test_entry_of_a_platform_is_removed_meanwhile(hass: HomeAssistant, begun_omni) -> None:
    entry, flow_id = begun_omni
    await hass.config_entries.async_remove(entry.entry_id)
    with pytest.raises(UnknownFlow):
        hass.config_entries.subentries.async_get(flow_id)


async def test_hints_after_a_while(hass: HomeAssistant, add_entry) -> None:
    with patch(f"{MODULE}.HINTS_AFTER", timedelta(0)):
        _, flow_id = await begin(hass, "vstarcam")
        await asyncio.sleep(0)
        flow = await shown(hass, flow_id)
    assert flow["progress_action"] == "first_push_hints"


async def test_flow_of_a_closed_browser_stops_waiting(hass: HomeAssistant, add_entry) -> None:
    with patch(f"{MODULE}._ENDS_AFTER", timedelta(0)), patch(f"{MODULE}.HINTS_AFTER", timedelta(0)):
        _, flow_id = await begin(hass, "vstarcam")
        await asyncio.sleep(0)
        flow = await shown(hass, flow_id)
    assert (flow["type"], flow["reason"]) == (FlowResultType.ABORT, "first_push_missing")


async def test_it_can_be_left(hass: HomeAssistant, begun, camera: VStarcamCamera) -> None:
    """The camera appears all the same, and nobody waits any more."""
    entry, flow_id = begun
    hass.config_entries.subentries.async_abort(flow_id)
    await camera.alarm(0x12, jpeg())
    await hass.async_block_till_done()
    assert VUID in entry.runtime_data.hub.cameras
    with pytest.raises(UnknownFlow):
        hass.config_entries.subentries.async_get(flow_id)


async def test_entry_is_removed_meanwhile(hass: HomeAssistant, begun) -> None:
    entry, flow_id = begun
    await shown(hass, flow_id)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    with pytest.raises(UnknownFlow):
        hass.config_entries.subentries.async_get(flow_id)


async def test_reload_meanwhile(hass: HomeAssistant, begun, camera: VStarcamCamera) -> None:
    entry, flow_id = begun
    await configure(hass, entry, keep_days=3)
    await hass.async_block_till_done()
    await camera.alarm(0x12, jpeg())
    assert (await shown(hass, flow_id))["step_id"] == "first_push_came"
    assert entry.options["keep_days"] == 3


async def test_not_for_entries_without_a_url(vxg_entry: ConfigEntry, hass: HomeAssistant) -> None:
    assert hass.config_entries.subentries.async_progress() == []
