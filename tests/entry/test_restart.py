"""What was accepted is there after a restart, whatever ended the process."""

import asyncio
from datetime import timedelta
from http import HTTPStatus
import shutil
import threading
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.camera import async_get_image as async_get_camera_image
from homeassistant.components.image import async_get_image
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.camera_push import async_remove_config_entry_device, store_folders
from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.domain.media_id import MediaId
from custom_components.camera_push.entry.runtime import find_runtime
from custom_components.camera_push.storage import files
from custom_components.camera_push.storage.model import NewMedia
from custom_components.camera_push.storage.places import INCOMING, Places
from custom_components.camera_push.storage.store import Store, StoreError
from tests.common import device, entity_id, eventually, issues, pass_time, state, states
from tests.disks import full_disk
from tests.emulators.ff import FFCamera, image
from tests.emulators.http import Poster
from tests.emulators.pictures import jpeg, mp4
from tests.emulators.vstarcam import VStarcamCamera

VUID = "VC0000000ABCD"


async def served(hass: HomeAssistant, media_id: str) -> bytes | None:
    """Return the picture that a media id stands for."""
    media = MediaId.parse(media_id)
    assert media is not None
    runtime = find_runtime(hass, media.entry_id)
    assert runtime is not None
    return await runtime.store.read(media.number)


async def restart(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Reload the entry from what is on disk at this very moment, as after a kill.

    The folder is copied first and put back, so that nothing counts that is only written when
    an entry is unloaded in good order.
    """
    folder = store_folders(hass, entry).index
    copy = folder.with_name("copy")
    shutil.copytree(folder, copy)
    await hass.config_entries.async_unload(entry.entry_id)
    shutil.rmtree(folder)
    copy.rename(folder)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


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
    folder, cache = store_folders(hass, vstarcam_entry).index, store_folders(hass, vstarcam_entry).cache
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
    folder = store_folders(hass, vstarcam_entry).index
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
    index = store_folders(hass, vstarcam_entry).index / "index.sqlite"
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


async def test_disk_that_fails_at_start_up_costs_no_alarm(
    hass: HomeAssistant,
    vstarcam: VStarcamCamera,
    vstarcam_entry: ConfigEntry,
    alarms: list[Event],
    freezer: FrozenDateTimeFactory,
) -> None:
    """And what was known before is there again once the disk is back."""
    other = VStarcamCamera("VE123456", vstarcam.poster, vstarcam.webhook_id)
    await other.alarm(0x14)
    await hass.config_entries.async_unload(vstarcam_entry.entry_id)
    folder = store_folders(hass, vstarcam_entry).index
    away = folder.with_name("away")
    folder.rename(away)
    folder.write_text("a file where the folder should be")
    await hass.config_entries.async_setup(vstarcam_entry.entry_id)
    assert vstarcam_entry.state is ConfigEntryState.LOADED

    picture = jpeg("in memory only")
    assert (await vstarcam.alarm(0x6D, picture)).json["code"] == "200"
    await hass.async_block_till_done()
    assert alarms[1].data["alarm"] == "fire"
    assert await served(hass, alarms[1].data["picture"]) == picture
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "fire").state == "on"
    shown = await async_get_image(hass, entity_id(hass, vstarcam_entry, "image", VUID, "snapshot"))
    assert shown.content == picture
    issue_id = f"storage_{vstarcam_entry.entry_id}"
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is not None
    await pass_time(hass, freezer, 61)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (await vstarcam.alarm(0x6D)).status == HTTPStatus.OK
    assert await served(hass, alarms[2].data["picture"]) is not None

    folder.unlink()
    away.rename(folder)
    await pass_time(hass, freezer, 61)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state(hass, vstarcam_entry, "event", "VE123456", "alarm").attributes["event_type"] == "doorbell"
    assert (await vstarcam.alarm(0x6D)).status == HTTPStatus.OK
    assert alarms[3].data["picture"] is not None
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None


async def test_slow_disk_holds_up_nobody_else(hass, vstarcam, vstarcam_entry, add_entry, alarms) -> None:
    """What waits for the disk waits; heartbeats, other entries and Home Assistant's pages go on."""
    other = await add_entry("vstarcam")
    await vstarcam.heartbeat()
    elsewhere = VStarcamCamera("VE0000000OTHR", vstarcam.poster, other.data["webhook_id"])
    write, go_on, reached = files.write, threading.Event(), threading.Event()

    def slowly(places: Places, media: NewMedia):
        if places.incoming == store_folders(hass, vstarcam_entry).cache / INCOMING:
            reached.set()
            assert go_on.wait(60)
        return write(places, media)

    with patch("custom_components.camera_push.storage.files.write", slowly):
        alarm = asyncio.create_task(vstarcam.alarm())
        await eventually(reached.is_set)
        more = [asyncio.create_task(vstarcam.alarm()) for _ in range(10)]
        assert (await vstarcam.heartbeat()).status == 200
        assert (await elsewhere.alarm()).status == 200
        assert (await vstarcam.poster.post("0" * 32, b"", None, method="GET")).status
        # The alarms do not wait for the disk, their answers do.
        await eventually(lambda: len(alarms) == 12)
        assert not any(it.done() for it in (alarm, *more))
        go_on.set()
        assert {(await it).status for it in (alarm, *more)} == {200}
    await hass.async_block_till_done()
    assert len(alarms) == 12


async def test_full_disk_keeps_alarms_working(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, alarms: list[Event]
) -> None:
    await vstarcam.alarm(0x12)
    folder, cache = store_folders(hass, vstarcam_entry).index, store_folders(hass, vstarcam_entry).cache
    (camera_folder,) = (path for path in folder.iterdir() if path.name == VUID)
    shutil.rmtree(camera_folder)
    camera_folder.write_text("in the way")
    picture = jpeg("not stored")
    assert (await vstarcam.alarm(0x6D, picture, mp4())).json["code"] == "200"
    await hass.async_block_till_done()

    assert alarms[1].data["alarm"] == "fire"
    assert await served(hass, alarms[1].data["picture"]) == picture
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "fire").state == "on"
    shown = await async_get_image(hass, entity_id(hass, vstarcam_entry, "image", VUID, "snapshot"))
    assert shown.content == picture
    issue_id = f"storage_{vstarcam_entry.entry_id}"
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is not None
    assert not list((cache / "incoming").iterdir())

    camera_folder.unlink()
    assert (await vstarcam.alarm(0x6D)).json["code"] == "200"
    assert alarms[2].data["picture"] is not None
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None


async def test_full_disk_shows_what_it_has(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, alarms: list[Event]
) -> None:
    pictures = [jpeg(str(number)) for number in range(3)]
    await vstarcam.alarm(0x6D, pictures[0])
    with full_disk():
        for picture in pictures[1:]:
            assert (await vstarcam.alarm(0x6D, picture)).status == 200
            assert [await served(hass, event.data["picture"]) for event in alarms] == pictures[: len(alarms)]
            assert await vstarcam_entry.runtime_data.store.library.totals() == (1, len(pictures[0]))
        assert "storage" in issues(hass)
    assert (await vstarcam.alarm(0x6D)).status == 200
    assert "storage" not in issues(hass)
    assert await served(hass, alarms[0].data["picture"]) == pictures[0]


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


async def test_tidying_that_fails_is_said(
    hass: HomeAssistant, vstarcam_entry: ConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    with patch.object(Store, "tidy", side_effect=StoreError("read-only")):
        await hass.config_entries.async_reload(vstarcam_entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
    assert "Could not tidy up" in caplog.text


async def test_picture_that_cannot_be_read(
    hass: HomeAssistant,
    vstarcam: VStarcamCamera,
    vstarcam_entry: ConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await vstarcam.alarm(0x12)
    await restart(hass, vstarcam_entry)
    camera = entity_id(hass, vstarcam_entry, "camera", VUID, "snapshot")
    with patch.object(Store, "read", side_effect=StoreError("broken")), pytest.raises(HomeAssistantError):
        await async_get_camera_image(hass, camera)
    assert "Could not read a picture" in caplog.text
    with patch.object(Store, "read", return_value=None), pytest.raises(HomeAssistantError):
        await async_get_camera_image(hass, camera)
    assert (await async_get_camera_image(hass, camera)).content


async def test_forgotten_while_its_message_was_being_written(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, alarms: list[Event]
) -> None:
    """It was told; but the camera does not come back with it, not after a restart either."""
    await vstarcam.heartbeat()
    hub = vstarcam_entry.runtime_data.hub
    write, go_on, reached = files.write, threading.Event(), threading.Event()

    def slowly(*args):
        reached.set()
        assert go_on.wait(60)
        return write(*args)

    with patch("custom_components.camera_push.storage.files.write", slowly):
        alarm = asyncio.create_task(vstarcam.alarm(0x12))
        await eventually(reached.is_set)
        forgetting = asyncio.create_task(hub.async_forget_camera(VUID))
        await asyncio.sleep(0)
        go_on.set()
        assert (await alarm).status == HTTPStatus.OK
        await forgetting
    assert len(alarms) == 1
    assert hub.cameras == {}
    await restart(hass, vstarcam_entry)
    assert vstarcam_entry.runtime_data.hub.cameras == {}


async def test_device_that_cannot_be_forgotten_is_kept(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry
) -> None:
    """And its entities go on."""
    await vstarcam.heartbeat()
    found = device(hass, vstarcam_entry, VUID)
    assert found is not None
    with patch.object(Store, "forget_camera", side_effect=StoreError("read-only")):
        assert not await async_remove_config_entry_device(hass, vstarcam_entry, found)
    await vstarcam.alarm(0x6D)
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "fire").state == "on"


async def test_device_that_is_deleted_twice_at_once(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, alarms
) -> None:
    """What its camera sends meanwhile is told after that, and the entry can be unloaded."""
    await vstarcam.heartbeat()
    hub, store = vstarcam_entry.runtime_data.hub, vstarcam_entry.runtime_data.store
    go_on, forget = asyncio.Event(), store.forget_camera

    async def slowly(camera_id: str) -> None:
        await go_on.wait()
        await forget(camera_id)

    with patch.object(store, "forget_camera", slowly):
        forgetting = [asyncio.create_task(hub.async_forget_camera(VUID)) for _ in range(2)]
        await asyncio.sleep(0)
        alarm = asyncio.create_task(vstarcam.alarm(0x12))
        await eventually(lambda: vstarcam_entry.runtime_data.context.limiter.state()["inside"] == 1)
        go_on.set()
        await asyncio.gather(*forgetting)
    assert (await alarm).status == HTTPStatus.OK
    assert len(alarms) == 1
    assert await hass.config_entries.async_unload(vstarcam_entry.entry_id)


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_heartbeats_are_written_together(
    hass, vstarcam, vstarcam_entry, freezer: FrozenDateTimeFactory
) -> None:
    """That a camera is alive still is on the disk a few seconds later, and at once when the entry closes."""
    store = vstarcam_entry.runtime_data.store
    commits = []
    commit = store.commit

    def count(it):
        commits.append(it.camera_id)
        return commit(it)

    await vstarcam.heartbeat()
    with patch.object(store, "commit", count):
        for _ in range(3):
            freezer.tick(1)
            await vstarcam.heartbeat()
        assert commits == []
        await pass_time(hass, freezer, 10)
        assert commits == [VUID]
        await vstarcam.heartbeat()
        assert await hass.config_entries.async_reload(vstarcam_entry.entry_id)
        assert commits == [VUID, VUID]
    last_seen = dt_util.parse_datetime(state(hass, vstarcam_entry, "sensor", VUID, "last_seen").state)
    assert last_seen == dt_util.utcnow().replace(microsecond=0)


async def test_disk_that_fails_for_heartbeats(hass, vstarcam, vstarcam_entry, freezer) -> None:
    await vstarcam.heartbeat()
    await vstarcam.heartbeat()
    store = vstarcam_entry.runtime_data.store
    with patch.object(store._archive, "commit", side_effect=OSError("disk full")):  # noqa: SLF001  # A fault is injected.
        await pass_time(hass, freezer, 11)
    assert issues(hass) == {"storage"}
    # A heartbeat alone does not say that the disk is well again; an alarm that was stored does.
    await vstarcam.heartbeat()
    assert issues(hass) == {"storage"}
    await vstarcam.alarm()
    assert issues(hass) == set()
