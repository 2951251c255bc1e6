"""Where pictures and clips lie: chosen, moved, away, and back."""

import asyncio
import errno
import os
from pathlib import Path
from unittest.mock import patch
from zoneinfo import ZoneInfo

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from custom_components.camera_push.domain.history import EventFilter
from custom_components.camera_push.domain.media_id import MediaId
from custom_components.camera_push.domain.options import MediaPlace
from custom_components.camera_push.storage.model import MediaFilter
from tests.common import folders_of, issues, pass_time
from tests.config_flows import start_options, submit
from tests.emulators.pictures import jpeg, mp4
from tests.emulators.vstarcam import VStarcamCamera

VUID = "VC0000000ABCD"


async def choose(hass: HomeAssistant, entry: ConfigEntry, place: str) -> None:
    """Choose a place in the entry's options."""
    flow = await start_options(hass, entry)
    filled = flow["data_schema"]({"hold_times": {}})
    await submit(hass, flow, filled | {"media_place": place})
    await hass.async_block_till_done(wait_background_tasks=True)


def lying(hass: HomeAssistant, entry: ConfigEntry) -> dict[str, int]:
    """Return how many pictures and clips lie where."""
    return {
        str(place): count
        for place, folder in folders_of(hass, entry).media.items()
        if (count := len([file for file in folder.glob(f"{VUID}/*/*") if file.is_file()]))
    }


async def all_there(hass: HomeAssistant, entry: ConfigEntry, alarms: list) -> bool:
    """Tell whether everything that events say can be had."""
    store = entry.runtime_data.store
    for alarm in alarms:
        for key in ("picture", "clip"):
            if (uri := alarm.data[key]) is not None:
                media = await store.library.get(MediaId.parse(uri).number)
                if media is None or media.path.stat().st_size != media.size:
                    return False
    return True


async def test_media_folder_is_the_default_where_it_can_be_written(
    hass, tmp_path: Path, vstarcam_entry, vstarcam: VStarcamCamera, alarms
) -> None:
    """What earlier releases had in the configuration is moved there once."""
    await vstarcam.alarm(0x12, video=mp4())
    assert lying(hass, vstarcam_entry) == {"configuration": 2}
    thumbnails = folders_of(hass, vstarcam_entry).index / "thumbnails"
    thumbnails.mkdir()
    (thumbnails / "1.jpg").write_bytes(b"of an earlier release")
    (tmp_path / "media").mkdir()
    await hass.config_entries.async_reload(vstarcam_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert lying(hass, vstarcam_entry) == {"media": 2}
    assert await all_there(hass, vstarcam_entry, alarms)
    await vstarcam.alarm(0x12)
    assert lying(hass, vstarcam_entry) == {"media": 3}
    # The index and the history stay; nothing else does.
    left = [path.name for path in folders_of(hass, vstarcam_entry).index.iterdir()]
    assert sorted(name for name in left if not name.startswith("index.sqlite")) == []


async def test_place_is_changed_back_and_forth(
    hass, tmp_path: Path, vstarcam_entry, vstarcam: VStarcamCamera, alarms
) -> None:
    (tmp_path / "media").mkdir()
    for _ in range(3):
        await vstarcam.alarm(0x12, video=mp4())
    for place in (*MediaPlace, MediaPlace.MEDIA):
        await choose(hass, vstarcam_entry, place)
        assert lying(hass, vstarcam_entry) == {str(place): 6}
        assert await all_there(hass, vstarcam_entry, alarms)
        assert (await vstarcam.alarm(0x12)).status == 200
        assert lying(hass, vstarcam_entry) == {str(place): 7}
        alarms.pop()
        (item,) = await vstarcam_entry.runtime_data.store.library.find(MediaFilter(), 1)
        assert item.path.is_relative_to(folders_of(hass, vstarcam_entry).media[place])
        (event,) = await vstarcam_entry.runtime_data.store.library.events(EventFilter(), 1)
        await vstarcam_entry.runtime_data.store.history.delete([event.id], frozenset())


async def test_days_are_those_of_the_time_zone_that_is_set_meanwhile(
    hass, vstarcam_entry, vstarcam: VStarcamCamera
) -> None:
    """25 hours lie between the two: it is never the same day in both."""
    days = []
    for name in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        await hass.config.async_update(time_zone=name)
        await vstarcam.alarm(0x12)
        (item,) = await vstarcam_entry.runtime_data.store.library.find(MediaFilter(), 1)
        assert item.day == item.path.parent.name == f"{item.taken_at.astimezone(ZoneInfo(name)):%Y-%m-%d}"
        days.append(item.day)
    assert len(set(days)) == 2
    assert sorted(await vstarcam_entry.runtime_data.store.library.days(VUID)) == sorted(days)


@pytest.mark.parametrize("killed_at", range(4))
async def test_killed_while_moving(
    hass, tmp_path: Path, vstarcam_entry, vstarcam: VStarcamCamera, alarms, killed_at: int
) -> None:
    """Each item is in one place at any time, and the rest is moved at the next start."""
    (tmp_path / "media").mkdir()
    for _ in range(3):
        await vstarcam.alarm(0x12)
    link, links = os.link, 0

    def killed(source, target) -> None:
        nonlocal links
        links += 1
        if links > killed_at:
            raise SystemExit
        link(source, target)

    with patch("os.link", killed):
        await choose_and_be_killed(hass, vstarcam_entry)
    assert sum(lying(hass, vstarcam_entry).values()) == 3
    assert await all_there(hass, vstarcam_entry, alarms)
    await hass.config_entries.async_reload(vstarcam_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert lying(hass, vstarcam_entry) == {"cache": 3}
    assert await all_there(hass, vstarcam_entry, alarms)
    assert issues(hass) == set()


async def choose_and_be_killed(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Choose the cache; what moves there dies on the way."""
    hass.config_entries.async_update_entry(entry, options={**entry.options, "media_place": "cache"})
    with pytest.MonkeyPatch.context() as patches:
        patches.setattr("custom_components.camera_push.hub.upkeep.StoreUpkeep._move", _die)
        await hass.async_block_till_done(wait_background_tasks=True)


async def _die(upkeep) -> None:
    try:
        await upkeep._store.move()  # noqa: SLF001  # A fault is injected.
    except SystemExit:
        return


@pytest.mark.parametrize("error", [errno.EXDEV, errno.EPERM])
async def test_other_file_system(
    hass, tmp_path: Path, vstarcam_entry, vstarcam: VStarcamCamera, alarms, error: int
) -> None:
    """Files are copied where they cannot be renamed."""
    (tmp_path / "media").mkdir()
    await vstarcam.alarm(0x12, video=mp4())
    rename = Path.rename

    def renamed(path: Path, target: Path) -> Path:
        if ".cache" in path.parts and ".cache" not in Path(target).parts:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(path, target)

    with patch("os.link", side_effect=OSError(error, "no")), patch.object(Path, "rename", renamed):
        await choose(hass, vstarcam_entry, MediaPlace.MEDIA)
        assert lying(hass, vstarcam_entry) == {"media": 2}
        assert await all_there(hass, vstarcam_entry, alarms)
        assert (await vstarcam.alarm(0x12, video=mp4())).status == 200
    assert lying(hass, vstarcam_entry) == {"media": 4}
    assert list((folders_of(hass, vstarcam_entry).media[MediaPlace.MEDIA] / "incoming").iterdir()) == []


async def test_place_that_cannot_be_written(
    hass, tmp_path: Path, vstarcam_entry, vstarcam: VStarcamCamera, alarms, freezer
) -> None:
    await vstarcam.alarm(0x12)
    (tmp_path / "media").mkdir()
    with (
        patch("os.link", side_effect=OSError(errno.EXDEV, "no")),
        patch("shutil.copyfileobj", side_effect=OSError(errno.ENOSPC, "No space left on device")),
    ):
        await choose(hass, vstarcam_entry, MediaPlace.MEDIA)
    assert issues(hass) == {"move"}
    assert lying(hass, vstarcam_entry) == {"configuration": 1}
    assert await all_there(hass, vstarcam_entry, alarms)
    await pass_time(hass, freezer, 3601)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert issues(hass) == set()
    assert lying(hass, vstarcam_entry) == {"media": 1}


async def test_share_that_goes_away_and_comes_back(
    hass, tmp_path: Path, vstarcam_entry, vstarcam: VStarcamCamera, alarms, freezer
) -> None:
    """Alarms are told, records and history kept; nothing is written in the share's place."""
    share, away = tmp_path / "media", tmp_path / "unplugged"
    share.mkdir()
    await choose(hass, vstarcam_entry, MediaPlace.MEDIA)
    await vstarcam.alarm(0x12)
    share.rename(away)
    share.mkdir()
    assert (await vstarcam.alarm(0x6D, jpeg("in memory"))).json["code"] == "200"
    assert issues(hass) == {"storage"}
    # It is away at the next start as well.
    await hass.config_entries.async_reload(vstarcam_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (await vstarcam.alarm(0x14)).json["code"] == "200"
    assert issues(hass) == {"storage"}
    assert list(share.iterdir()) == []
    await pass_time(hass, freezer, 3601)
    await hass.async_block_till_done(wait_background_tasks=True)
    share.rmdir()
    away.rename(share)
    assert (await vstarcam.alarm(0x12)).json["code"] == "200"
    assert issues(hass) == set()
    assert lying(hass, vstarcam_entry) == {"media": 2}
    assert await all_there(hass, vstarcam_entry, [alarms[0], alarms[3]])
    history = await vstarcam_entry.runtime_data.store.library.events(EventFilter(), 10)
    assert [event.type for event in history] == ["motion", "doorbell", "fire", "motion"]


async def test_index_is_lost_while_the_share_is_away(
    hass, tmp_path: Path, vstarcam_entry, vstarcam: VStarcamCamera
) -> None:
    """What is on it is taken over once it is back, and not deleted as nobody's."""
    share, away = tmp_path / "media", tmp_path / "unplugged"
    share.mkdir()
    await choose(hass, vstarcam_entry, MediaPlace.MEDIA)
    await vstarcam.alarm(0x12)
    await hass.config_entries.async_unload(vstarcam_entry.entry_id)
    share.rename(away)
    (folders_of(hass, vstarcam_entry).index / "index.sqlite").write_bytes(b"damaged" * 1000)
    await hass.config_entries.async_setup(vstarcam_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await hass.config_entries.async_unload(vstarcam_entry.entry_id)
    away.rename(share)
    await hass.config_entries.async_setup(vstarcam_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert lying(hass, vstarcam_entry) == {"media": 1}
    assert (await vstarcam_entry.runtime_data.store.library.totals())[0] == 1


async def test_entries_do_not_meet(hass, tmp_path: Path, add_entry, vstarcam_entry, poster) -> None:
    (tmp_path / "media").mkdir()
    entries = [await add_entry("vstarcam") for _ in range(3)]
    for entry in entries:
        camera = VStarcamCamera(VUID, poster, entry.data["webhook_id"])
        await asyncio.gather(*(camera.alarm(0x12) for _ in range(4)))
    assert [lying(hass, entry) for entry in entries] == [{"media": 4}] * 3
    await hass.config_entries.async_remove(entries[0].entry_id)
    assert [lying(hass, entry) for entry in entries] == [{}, {"media": 4}, {"media": 4}]


async def test_nothing_unfinished_lies_where_backups_read(
    hass, vstarcam_entry, vstarcam: VStarcamCamera
) -> None:
    seen: set[Path] = set()
    rename = Path.rename

    def renamed(path: Path, target: Path) -> Path:
        seen.add(path.parent)
        return rename(path, target)

    with patch.object(Path, "rename", renamed):
        await vstarcam.alarm(0x12, video=mp4())
    assert seen == {Path(hass.config.cache_path()) / "camera_push" / _name(hass, vstarcam_entry) / "incoming"}


def _name(hass: HomeAssistant, entry: ConfigEntry) -> str:
    return folders_of(hass, entry).index.name
