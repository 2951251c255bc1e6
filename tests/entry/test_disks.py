"""Disks that fail, are full or slow: they cost no alarm."""

import asyncio
from http import HTTPStatus
import shutil
import threading
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.camera import async_get_image as async_get_camera_image
from homeassistant.components.image import async_get_image
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest

from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.domain.media_id import MediaId
from custom_components.camera_push.entry.runtime import find_runtime
from custom_components.camera_push.storage import files
from custom_components.camera_push.storage.model import NewMedia
from custom_components.camera_push.storage.places import INCOMING, Places
from custom_components.camera_push.storage.store import Store, StoreError
from tests.common import entity_id, eventually, folders_of, issues, pass_time, state
from tests.disks import full_disk
from tests.emulators.pictures import jpeg, mp4
from tests.emulators.vstarcam import VStarcamCamera
from tests.entry.helpers import restart

VUID = "VC0000000ABCD"


async def served(hass: HomeAssistant, media_id: str) -> bytes | None:
    """Return the picture that a media id stands for."""
    media = MediaId.parse(media_id)
    assert media is not None
    runtime = find_runtime(hass, media.entry_id)
    assert runtime is not None
    return await runtime.store.read(media.number)


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
    folder = folders_of(hass, vstarcam_entry).index
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
        if places.incoming == folders_of(hass, vstarcam_entry).cache / INCOMING:
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
    folder, cache = folders_of(hass, vstarcam_entry).index, folders_of(hass, vstarcam_entry).cache
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
