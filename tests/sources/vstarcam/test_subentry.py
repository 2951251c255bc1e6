"""A camera that was set up from Home Assistant belongs to its subentry, with its entities."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.camera_push.const import DOMAIN
from tests.common import state
from tests.config_flows import start_subentry, submit
from tests.emulators.vstarcam import VStarcamCamera
from tests.emulators.vstarcam_cgi import CgiServer
from tests.sources.set_up import login

CAMERA = CgiServer
VUID = "VC0000000ABCD"

pytestmark = pytest.mark.usefixtures("address")


async def set_up(hass: HomeAssistant, entry: ConfigEntry, cgi: CgiServer) -> str:
    flow = await start_subentry(hass, entry, "camera")
    flow = await submit(hass, flow, login(cgi))
    await submit(hass, flow, {"heartbeat_seconds": 45})
    (subentry_id,) = entry.subentries
    return subentry_id


def owners(hass: HomeAssistant, entry: ConfigEntry) -> tuple[str | None, set[str | None], set[str]]:
    """Return the subentry of the camera's device, those of its entities, and the entities' ids."""
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, f"{entry.entry_id}_{VUID}"), entry.entry_id
    )
    assert device is not None
    entities = er.async_entries_for_device(er.async_get(hass), device.id, include_disabled_entities=True)
    return (
        device.config_subentry_id,
        {it.config_subentry_id for it in entities},
        {it.entity_id for it in entities},
    )


async def test_new_camera(hass, vstarcam_entry, cgi) -> None:
    subentry_id = await set_up(hass, vstarcam_entry, cgi)
    assert owners(hass, vstarcam_entry)[:2] == (subentry_id, {subentry_id})


async def test_camera_that_pushed_before(hass, vstarcam_entry, vstarcam: VStarcamCamera, cgi) -> None:
    """It keeps its entities and what they show; so it does when the subentry is removed."""
    await vstarcam.alarm(0x6D)
    await hass.async_block_till_done()
    device, of_entities, before = owners(hass, vstarcam_entry)
    assert (device, of_entities) == (None, {None})
    subentry_id = await set_up(hass, vstarcam_entry, cgi)
    device, of_entities, ids = owners(hass, vstarcam_entry)
    assert (device, of_entities) == (subentry_id, {subentry_id})
    assert before <= ids
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "fire").state == "on"
    hass.config_entries.async_remove_subentry(vstarcam_entry, subentry_id)
    await hass.async_block_till_done()
    device, of_entities, ids = owners(hass, vstarcam_entry)
    assert (device, of_entities) == (None, {None})
    assert before <= ids
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "fire").state == "on"


async def test_after_a_reload(hass, vstarcam_entry, cgi) -> None:
    subentry_id = await set_up(hass, vstarcam_entry, cgi)
    assert await hass.config_entries.async_reload(vstarcam_entry.entry_id)
    await hass.async_block_till_done()
    assert owners(hass, vstarcam_entry)[:2] == (subentry_id, {subentry_id})
