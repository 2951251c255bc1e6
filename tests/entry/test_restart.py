"""What was accepted is there after a restart, whatever ended the process."""

from datetime import timedelta
from http import HTTPStatus
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.camera import async_get_image as async_get_camera_image
from homeassistant.components.image import async_get_image
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.storage.store import Store
from tests.common import device, entity_id, folders_of, pass_time, state, states
from tests.emulators.ff import FFCamera, image
from tests.emulators.http import Poster
from tests.emulators.pictures import jpeg, mp4
from tests.emulators.vstarcam import VStarcamCamera
from tests.entry.helpers import restart

VUID = "VC0000000ABCD"


async def test_everything_is_restored(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    picture = jpeg("last")
    await vstarcam.heartbeat()
    await vstarcam.alarm(0x14)
    await pass_time(hass, freezer, 3)
    await vstarcam.alarm(0x6D, picture)
    await hass.async_block_till_done()
    before = {name: value for name, (value, _) in states(hass).items()}
    found = device(hass, vstarcam_entry, VUID)

    await restart(hass, vstarcam_entry)
    assert {name: value for name, (value, _) in states(hass).items()} == before
    assert device(hass, vstarcam_entry, VUID) == found
    camera = await async_get_camera_image(hass, entity_id(hass, vstarcam_entry, "camera", VUID, "snapshot"))
    assert (camera.content, camera.content_type) == (picture, "image/jpeg")
    event = state(hass, vstarcam_entry, "event", VUID, "alarm")
    assert (event.attributes["event_type"], event.attributes["code"]) == ("fire", 0x6D)


async def test_hold_times_go_on(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await vstarcam.alarm(0x12)
    await vstarcam.alarm(0x6D)
    await pass_time(hass, freezer, 20)
    await restart(hass, vstarcam_entry)
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "motion").state == "on"
    await pass_time(hass, freezer, 11)
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "motion").state == "off"
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "fire").state == "on"
    freezer.tick(400)
    await restart(hass, vstarcam_entry)
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "fire").state == "off"


async def test_plates_are_restored(
    hass: HomeAssistant, ff: FFCamera, ff_entry: ConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    view, crop = jpeg("view"), jpeg("crop")
    await ff.read("update", images=[image("image", view), image("lp", crop)])
    await hass.async_block_till_done()
    before = {name: value for name, (value, _) in states(hass).items()}
    attributes = state(hass, ff_entry, "sensor", "gate", "plate").attributes
    await restart(hass, ff_entry)
    assert {name: value for name, (value, _) in states(hass).items()} == before
    assert state(hass, ff_entry, "sensor", "gate", "plate").attributes == attributes
    for key, picture in (("snapshot", view), ("plate", crop)):
        shown = await async_get_image(hass, entity_id(hass, ff_entry, "image", "gate", key))
        assert shown.content == picture


async def test_unfinished_files_are_gone_after_a_restart(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await vstarcam.alarm(0x12, video=mp4())
    folder, cache = folders_of(hass, vstarcam_entry).index, folders_of(hass, vstarcam_entry).cache
    kept = {file for file in folder.rglob("*") if file.is_file()}
    (cache / "incoming" / "clip-1").write_bytes(mp4())
    orphan = next(file for file in kept if file.suffix == ".jpg").with_name("03-00-00.000_motion.jpg")
    orphan.write_bytes(b"half")
    freezer.tick(timedelta(hours=1))
    await restart(hass, vstarcam_entry)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert {file for file in folder.rglob("*") if file.is_file()} >= kept - set(folder.glob("index.*"))
    assert not orphan.exists()
    assert not list((cache / "incoming").iterdir())


async def test_pushes_during_a_reload_are_told_to_come_again(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry
) -> None:
    await hass.config_entries.async_unload(vstarcam_entry.entry_id)
    reply = await vstarcam.alarm(0x12)
    assert (reply.status, reply.json["code"], reply.headers["retry-after"]) == (503, "503", "10")
    await hass.config_entries.async_setup(vstarcam_entry.entry_id)
    assert (await vstarcam.alarm(0x12)).status == HTTPStatus.OK


async def test_push_that_arrives_while_unloading_is_refused(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, alarms: list[Event]
) -> None:
    await vstarcam_entry.runtime_data.receiver.async_close()
    reply = await vstarcam.alarm(0x12)
    assert (reply.status, reply.json["code"]) == (503, "503")
    assert alarms == []


async def test_removed_entry_leaves_nothing(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry
) -> None:
    await vstarcam.alarm(0x12, video=mp4())
    folder = folders_of(hass, vstarcam_entry).index
    assert folder.exists()
    await hass.config_entries.async_remove(vstarcam_entry.entry_id)
    await hass.async_block_till_done()
    assert not folder.exists()
    assert hass.states.async_all() == []
    assert not dr.async_get(hass).devices
    assert (await vstarcam.alarm(0x12)).body == b""


async def test_damaged_index_is_set_aside(
    hass: HomeAssistant,
    vstarcam: VStarcamCamera,
    vstarcam_entry: ConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await vstarcam.alarm(0x12)
    await hass.config_entries.async_unload(vstarcam_entry.entry_id)
    index = folders_of(hass, vstarcam_entry).index / "index.sqlite"
    index.write_bytes(b"this is no database" * 1000)
    await hass.config_entries.async_setup(vstarcam_entry.entry_id)
    assert vstarcam_entry.state is ConfigEntryState.LOADED
    assert "is damaged" in caplog.text
    assert index.with_suffix(".damaged").exists()
    assert (await vstarcam.alarm(0x12)).status == HTTPStatus.OK


async def test_unreadable_record_costs_only_itself(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry
) -> None:
    other = VStarcamCamera("VE123456", vstarcam.poster, vstarcam.webhook_id)
    await vstarcam.alarm(0x6D)
    await other.alarm(0x6D)
    store = vstarcam_entry.runtime_data.store
    await store._run(lambda: store._archive.database.put_camera(VUID, '{"camera_id": 1}'))  # noqa: SLF001  # A fault is injected.
    await restart(hass, vstarcam_entry)
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "fire").state == "off"
    assert state(hass, vstarcam_entry, "binary_sensor", "VE123456", "fire").state == "on"


@pytest.fixture
async def entry_that_fails(hass: HomeAssistant) -> None:
    """Add an entry as it is while Home Assistant starts: not set up yet."""
    entry = MockConfigEntry(domain=DOMAIN, data={"source": "vstarcam", "webhook_id": "a" * 32})
    entry.add_to_hass(hass)
    with patch("custom_components.camera_push.async_setup_entry", return_value=False):
        assert await async_setup_component(hass, DOMAIN, {})


async def test_pushes_before_the_entry_is_set_up_are_told_to_come_again(
    entry_that_fails: None, poster: Poster
) -> None:
    """The webhook component would answer an empty 200 while Home Assistant starts."""
    assert (await poster.post("a" * 32, b'{"vuid":"A"}', "application/json")).status == 503


async def test_store_is_closed_when_home_assistant_stops(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry
) -> None:
    await vstarcam.heartbeat()
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    assert (await vstarcam.heartbeat()).status == 503


async def test_failing_platform_closes_the_store(hass: HomeAssistant, vstarcam_entry: ConfigEntry) -> None:
    await hass.config_entries.async_unload(vstarcam_entry.entry_id)
    with (
        patch.object(hass.config_entries, "async_forward_entry_setups", side_effect=RuntimeError("boom")),
        patch.object(Store, "close", autospec=True, side_effect=Store.close) as close,
    ):
        await hass.config_entries.async_setup(vstarcam_entry.entry_id)
    assert vstarcam_entry.state is ConfigEntryState.SETUP_ERROR
    assert close.call_count == 1
