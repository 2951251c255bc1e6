"""Backups by Home Assistant's own backup manager, under load; each is restored and opened."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC
import json
from pathlib import Path
import shutil
import sqlite3
from unittest.mock import MagicMock, patch

from homeassistant.backup_restore import restore_backup
from homeassistant.components.backup.const import DATA_MANAGER
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from custom_components.camera_push.backup import async_post_backup, async_pre_backup
from custom_components.camera_push.domain.history import EventFilter
from custom_components.camera_push.entry.store_settings import folders_named
from custom_components.camera_push.storage import removal
from custom_components.camera_push.storage.model import MediaFilter, Stored
from custom_components.camera_push.storage.places import StoreFolders
from custom_components.camera_push.storage.retention import Retention
from custom_components.camera_push.storage.snapshot import COPY, INDEX
from custom_components.camera_push.storage.store import Store
from tests.common import eventually, folders_of, pass_time
from tests.emulators.ff import FFCamera, image
from tests.emulators.pictures import jpeg, mp4
from tests.emulators.vstarcam import VStarcamCamera

H264 = b"\0\0\0\1\x67\x42\0\x1f" + bytes(1000)
BACKUPS = 50
PER_SECOND = 20


@pytest.fixture(autouse=True)
async def backups(hass: HomeAssistant) -> None:
    """Set up backups before the server starts."""
    assert await async_setup_component(hass, "backup", {})
    await hass.async_block_till_done()


@pytest.fixture
def ffmpeg(hass: HomeAssistant, tmp_path: Path):
    """Have a program that remuxes everything."""
    hass.config.components.add("ffmpeg")
    program = tmp_path / "ffmpeg"
    program.write_text('#!/bin/sh\nfor target in "$@"; do :; done\ncp "${0%/*}/made.mp4" "$target"\n')
    program.chmod(0o755)
    (tmp_path / "made.mp4").write_bytes(mp4(700))
    manager = MagicMock(binary=str(program))
    with patch("homeassistant.components.ffmpeg.get_ffmpeg_manager", return_value=manager):
        yield


async def back_up(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Make a backup; return the file."""
    folder = Path(hass.config.path("backups"))
    before = set(folder.glob("*.tar"))
    await hass.data[DATA_MANAGER].async_create_backup(
        agent_ids=["backup.local"],
        include_addons=None,
        include_all_addons=False,
        include_database=False,
        include_folders=None,
        include_homeassistant=True,
        name="test",
        password=None,
    )
    (made,) = set(folder.glob("*.tar")) - before
    kept = tmp_path.parent / f"{tmp_path.name}-backups" / made.name
    kept.parent.mkdir(exist_ok=True)
    return made.rename(kept)


def restored(folders: StoreFolders, backup: Path) -> StoreFolders:
    """Restore a backup into a fresh configuration, as Home Assistant does; return the folders there."""
    target = backup.with_suffix("")
    target.mkdir()
    (target / ".HA_RESTORE").write_text(
        json.dumps(
            {
                "path": str(backup),
                "password": None,
                "remove_after_restore": True,
                "restore_database": True,
                "restore_homeassistant": True,
            }
        )
    )
    assert restore_backup(str(target))
    return moved(folders, target)


def moved(folders: StoreFolders, base: Path) -> StoreFolders:
    """Return the same folders in another configuration."""

    def there(path: Path) -> Path:
        return base / path.relative_to(folders.base)

    return StoreFolders(
        base=base,
        index=there(folders.index),
        cache=there(folders.cache),
        media={place: there(path) for place, path in folders.media.items()},
        chosen=folders.chosen,
    )


@asynccontextmanager
async def opened(folders: StoreFolders) -> AsyncIterator[tuple[Store, Stored]]:
    """Open a store, as Home Assistant does when it starts."""
    store = Store(folders, UTC, Retention(bytes=10**12))
    stored = await store.open()
    await store.tidy(stored.known)
    yield store, stored
    await store.close()


async def check_undamaged(store: Store, folders: StoreFolders) -> None:
    """See that the index is whole, and agrees with the files."""
    with closing(sqlite3.connect(folders.index / INDEX)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    media = await store.library.find(MediaFilter(), 100_000)
    for item in media:
        assert item.path.stat().st_size == item.size
    files = {file for root in folders.media.values() for file in root.glob("*/*/*.*") if file.is_file()}
    assert files == {item.path for item in media}
    assert not (folders.index / COPY).exists()


async def test_backups_under_load(
    hass, tmp_path, ff_entry: ConfigEntry, ff: FFCamera, vstarcam_entry, vstarcam, add_vehicle, ffmpeg
) -> None:
    """Retention, remux and deletions go on meanwhile; each backup succeeds and is restored whole."""
    for entry in (ff_entry, vstarcam_entry):
        hass.config_entries.async_update_entry(
            entry, options={"media_place": "configuration", "keep_gib": 200_000 / 1024**3}
        )
    await hass.async_block_till_done()
    vehicle = await add_vehicle(plates=["AB 12 CD"])
    done, answered = asyncio.Event(), 0
    sent: list[str] = []

    async def push() -> None:
        nonlocal answered
        while not done.is_set():
            number = len(sent)
            at = dt_util.utcnow()
            sent.append(str(number))
            reply = await ff.read(
                "new",
                at=at,
                carID=str(number),
                plate="AB12CD" if number % 10 == 0 else f"ZZ{number}",
                images=[image("image", jpeg(str(number), (320, 200)))],
            )
            assert reply.status == 200
            answered = max(answered, number)
            assert (await vstarcam.alarm(0x12, jpeg(), H264)).status == 200
            if number % 7 == 0:
                await hass.services.async_call(
                    "camera_push", "delete_media", {"kind": "motion", "before": dt_util.now()}, blocking=True
                )
            if number % 5 == 0:
                store = ff_entry.runtime_data.store
                events = await store.library.events(EventFilter(), 3)
                await store.history.delete([event.id for event in events[2:]], frozenset())
            await asyncio.sleep(1 / PER_SECOND)

    pushing = asyncio.create_task(push())
    await eventually(lambda: answered > 20)
    backups: list[tuple[Path, int]] = []
    for _ in range(BACKUPS):
        had = answered
        backups.append((await back_up(hass, tmp_path), had))
        assert pushing.done() is False
    done.set()
    await pushing
    folders = folders_of(hass, ff_entry), folders_of(hass, vstarcam_entry)
    for backup, had in backups:
        of_ff = await hass.async_add_executor_job(restored, folders[0], backup)
        async with opened(of_ff) as (store, stored):
            await check_undamaged(store, of_ff)
            (camera,) = stored.cameras
            assert {key.partition("|")[0] for key in camera.keys} >= {
                str(number) for number in range(had + 1)
            }
            assert set(stored.known) == {vehicle}
            assert any(event.known_id == vehicle for event in await store.library.events(EventFilter(), 1000))
            assert len(await store.library.events(EventFilter(), 1000)) > had // 2
        of_vstarcam = moved(folders[1], of_ff.base)
        async with opened(of_vstarcam) as (store, stored):
            await check_undamaged(store, of_vstarcam)
            assert len(stored.cameras) == 1


async def test_files_are_deleted_after_the_backup(hass, vstarcam_entry, vstarcam: VStarcamCamera) -> None:
    """Not before, whatever happens to the entry meanwhile."""
    folders = folders_of(hass, vstarcam_entry)

    def files() -> int:
        return len([file for file in folders.index.glob("*/*/*") if file.is_file()])

    await vstarcam.alarm(0x12)
    await vstarcam.alarm(0x12)
    await async_pre_backup(hass)
    assert (folders.index / COPY).exists()
    await vstarcam_entry.runtime_data.store.delete_media(MediaFilter(), frozenset())
    assert files() == 2
    await hass.config_entries.async_reload(vstarcam_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert files() == 2
    await vstarcam.alarm(0x12)
    await hass.config_entries.async_unload(vstarcam_entry.entry_id)
    # What SQLite has beside the index is read by the backup as well.
    assert (folders.index / f"{INDEX}-wal").exists()
    await hass.config_entries.async_setup(vstarcam_entry.entry_id)
    await async_post_backup(hass)
    assert not (folders.index / COPY).exists()
    await eventually(lambda: files() == 1)


async def test_removed_entry_is_deleted_after_the_backup(hass, vstarcam_entry, vstarcam) -> None:
    await vstarcam.alarm(0x12)
    folders = folders_of(hass, vstarcam_entry)
    await async_pre_backup(hass)
    await hass.config_entries.async_remove(vstarcam_entry.entry_id)
    assert folders.index.exists()
    assert removal.unfinished(folders.index.parent, set()) == [folders.index.name]
    await async_post_backup(hass)
    assert not folders.index.exists()
    assert removal.unfinished(folders.index.parent, set()) == []


async def test_killed_between_the_removal_of_an_entry_and_the_end_of_the_backup(
    hass, tmp_path, add_entry
) -> None:
    """At the next start, what is left of the entry is deleted; nothing of entries that are there is."""
    there, left = tmp_path / "config", "vstarcam_01234567"
    hass.config.config_dir = str(there)
    hass.config.media_dirs = {"local": str(tmp_path / "media")}
    folders = folders_named(hass, left)
    for folder in (folders.index, folders.cache, *folders.media.values()):
        (folder / "VC1" / "2026-11-24").mkdir(parents=True, exist_ok=True)
    other = folders.index.with_name("vstarcam_76543210")
    other.mkdir()
    removal.note(folders)
    entry = await add_entry("vstarcam")
    await eventually(lambda: not folders.index.exists())
    await eventually(lambda: [it.name for it in there.glob("camera_push/*.removed")] == [])
    assert not any(folder.exists() for folder in (folders.cache, *folders.media.values()))
    assert other.exists()
    # A backup that has the entry and the note of its removal is restored: the entry counts.
    kept = folders_of(hass, entry)
    removal.note(kept)
    assert removal.unfinished(kept.index.parent, {kept.index.name}) == []
    assert kept.index.exists()
    assert removal.unfinished(kept.index.parent, set()) == []


async def test_end_that_is_never_told(hass, vstarcam_entry, vstarcam, freezer) -> None:
    await vstarcam.alarm(0x12)
    folders = folders_of(hass, vstarcam_entry)
    await async_pre_backup(hass)
    await vstarcam_entry.runtime_data.store.delete_media(MediaFilter(), frozenset())
    assert list(folders.index.glob("*/*/*.jpg"))
    await pass_time(hass, freezer, 3601)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not list(folders.index.glob("*/*/*.jpg"))
    assert not (folders.index / COPY).exists()


@pytest.mark.parametrize("fails", ["make", "keep_open"])
async def test_preparing_never_fails_a_backup(
    hass, vstarcam_entry, vstarcam: VStarcamCamera, caplog, fails: str, tmp_path: Path
) -> None:
    module = "custom_components.camera_push.storage.snapshot.make"
    if fails == "keep_open":
        module = "custom_components.camera_push.backup.keep_open"
    await vstarcam.alarm(0x12)
    with patch(module, side_effect=sqlite3.OperationalError("disk I/O error")):
        await back_up(hass, tmp_path)
    assert "disk I/O error" in caplog.text
    await hass.config_entries.async_unload(vstarcam_entry.entry_id)
    await back_up(hass, tmp_path)


async def test_killed_in_the_middle_of_a_backup(hass, vstarcam_entry, vstarcam: VStarcamCamera) -> None:
    """The copy is older than the index then, which is whole: what came after it is not lost."""
    await vstarcam.alarm(0x12)
    await async_pre_backup(hass)
    await vstarcam.alarm(0x14)
    folders = folders_of(hass, vstarcam_entry)
    await hass.config_entries.async_unload(vstarcam_entry.entry_id)
    assert (folders.index / COPY).exists()
    async with opened(folders) as (store, _):
        assert len(await store.library.events(EventFilter(), 10)) == 2
        await check_undamaged(store, folders)
    await async_post_backup(hass)


async def test_torn_index_is_replaced_by_its_copy(
    hass, vstarcam_entry, vstarcam: VStarcamCamera, tmp_path: Path
) -> None:
    """Also one that opens: what came after the copy is in its files."""
    await vstarcam.alarm(0x12)
    folders = folders_of(hass, vstarcam_entry)
    await async_pre_backup(hass)
    await vstarcam.alarm(0x14, jpeg("after the copy"))
    await hass.async_block_till_done()
    backup = await hass.async_add_executor_job(_copied, folders, tmp_path / "elsewhere")
    (backup.index / INDEX).write_bytes((backup.index / INDEX).read_bytes()[:4096] + bytes(8192))
    async with opened(backup) as (store, stored):
        await check_undamaged(store, backup)
        assert [event.type for event in await store.library.events(EventFilter(), 10)] == ["motion"]
        assert [item.label for item in await store.library.find(MediaFilter(), 10)] == ["doorbell", "motion"]
        assert len(stored.cameras) == 1
    await async_post_backup(hass)


def _copied(folders: StoreFolders, base: Path) -> StoreFolders:
    """Copy the configuration without what backups leave out."""
    there = moved(folders, base)
    shutil.copytree(folders.index, there.index)
    return there


async def test_media_that_no_backup_has(
    hass, vstarcam_entry, vstarcam: VStarcamCamera, tmp_path: Path
) -> None:
    """Restored without its media folder, the index has no picture; with it, it has all."""
    hass.config_entries.async_update_entry(vstarcam_entry, options={"media_place": "cache"})
    await hass.async_block_till_done(wait_background_tasks=True)
    await vstarcam.alarm(0x12)
    folders = folders_of(hass, vstarcam_entry)
    backup = await back_up(hass, tmp_path)
    there = await hass.async_add_executor_job(restored, folders, backup)
    async with opened(there) as (store, _):
        assert await store.library.find(MediaFilter(), 10) == []
        assert len(await store.library.events(EventFilter(), 10)) == 1
        await check_undamaged(store, there)


async def test_camera_is_answered_while_the_copy_is_made(
    hass, vstarcam_entry, vstarcam: VStarcamCamera
) -> None:
    """However long that takes: it is made of what a reader sees."""
    await vstarcam.alarm(0x12)
    index = folders_of(hass, vstarcam_entry).index / INDEX
    with closing(sqlite3.connect(index)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT COUNT(*) FROM media").fetchone() == (1,)
        assert (await vstarcam.alarm(0x12)).json["code"] == "200"
        assert reader.execute("SELECT COUNT(*) FROM media").fetchone() == (1,)
