"""Cameras that appear, are too many, or are removed."""

from http import HTTPStatus
from inspect import signature

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.camera_push.const import DOMAIN
from tests.common import device, folders_of, pass_time, state
from tests.emulators.ff import FFCamera
from tests.emulators.vstarcam import VStarcamCamera

VUID = "VC0000000ABCD"


async def set_cap(hass: HomeAssistant, entry: ConfigEntry, cap: int) -> None:
    """Set the cap of cameras."""
    hass.config_entries.async_update_entry(entry, options={"max_cameras": cap})
    await hass.config_entries.async_reload(entry.entry_id)


async def test_cap(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, alarms: list[Event]
) -> None:
    await set_cap(hass, vstarcam_entry, 2)
    cameras = [VStarcamCamera(f"VC{number}", vstarcam.poster, vstarcam.webhook_id) for number in range(3)]
    replies = [await camera.alarm(0x12) for camera in cameras]
    await hass.async_block_till_done()
    assert [reply.status for reply in replies] == [200, 200, 403]
    assert replies[2].json["code"] == "403"
    assert len(alarms) == len(dr.async_get(hass).devices) == 2
    issue_id = f"max_cameras_{vstarcam_entry.entry_id}"
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_placeholders == {"entry": "VStarcam", "limit": "2"}
    assert (await cameras[1].alarm(0x12)).status == HTTPStatus.OK

    await set_cap(hass, vstarcam_entry, 3)
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None
    assert (await cameras[2].alarm(0x12)).status == HTTPStatus.OK


async def test_cap_refuses_a_batch_whole(
    hass: HomeAssistant, ff: FFCamera, ff_entry: ConfigEntry, plates: list[Event]
) -> None:
    await set_cap(hass, ff_entry, 1)
    other = FFCamera("exit", ff.poster, ff.webhook_id)
    assert (await ff.send_json([ff.event(), other.event()])).status == HTTPStatus.FORBIDDEN
    assert plates == []
    assert ff_entry.runtime_data.hub.cameras == {}


@pytest.fixture
async def config_api(hass: HomeAssistant) -> None:
    """Set up Home Assistant's configuration API, before its server starts."""
    assert await async_setup_component(hass, "websocket_api", {})
    assert await async_setup_component(hass, "config", {})


async def test_removed_camera_stays_removed_until_it_pushes_again(
    hass: HomeAssistant,
    config_api: None,
    vstarcam: VStarcamCamera,
    vstarcam_entry: ConfigEntry,
    hass_ws_client: WebSocketGenerator,
    freezer,
) -> None:
    other = VStarcamCamera("VE123456", vstarcam.poster, vstarcam.webhook_id)
    await other.heartbeat()
    await vstarcam.heartbeat()
    await vstarcam.alarm(0x12)
    await hass.async_block_till_done()
    found = device(hass, vstarcam_entry, VUID)
    assert found is not None

    client = await hass_ws_client(hass)
    remove = client.remove_device
    # Home Assistant before 2026.10 removes a device from one entry, later releases from all.
    arguments = (found.id, vstarcam_entry.entry_id)[: len(signature(remove).parameters)]
    response = await remove(*arguments)
    assert response["success"], response
    await hass.async_block_till_done()
    assert device(hass, vstarcam_entry, VUID) is None
    assert not (folders_of(hass, vstarcam_entry).index / VUID).exists()
    assert all("abcd" not in it.entity_id for it in hass.states.async_all())
    await pass_time(hass, freezer, 1000)

    await hass.config_entries.async_reload(vstarcam_entry.entry_id)
    await hass.async_block_till_done()
    assert device(hass, vstarcam_entry, VUID) is None
    assert device(hass, vstarcam_entry, "VE123456") is not None

    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    assert state(hass, vstarcam_entry, "image", VUID, "snapshot").state == "unknown"


async def test_entities_that_a_user_renamed_keep_their_names(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry
) -> None:
    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    found = device(hass, vstarcam_entry, VUID)
    assert found is not None
    dr.async_get(hass).async_update_device(found.id, name_by_user="Front door")
    await vstarcam.alarm(0x12)
    await hass.config_entries.async_reload(vstarcam_entry.entry_id)
    found = device(hass, vstarcam_entry, VUID)
    assert found is not None
    assert found.name_by_user == "Front door"
