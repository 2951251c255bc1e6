"""The store: what is kept, how much of it, and what is found again."""

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
import os
from pathlib import Path
import sqlite3
import stat
from threading import Barrier, Event
from unittest.mock import patch

import pytest

from custom_components.camera_push.domain.media import JPEG, Picture
from custom_components.camera_push.storage.database import Database
from custom_components.camera_push.storage.media_cache import MediaCache
from custom_components.camera_push.storage.media_table import MediaTable, where_clause
from custom_components.camera_push.storage.model import Commit, MediaFilter, StoredMedia
from custom_components.camera_push.storage.places import Places
from custom_components.camera_push.storage.store import Store, StoreClosedError, StoreError
from tests.emulators.pictures import jpeg
from tests.storage.helpers import NOW, keep, kept, picture
from tests.stores import folders_in


async def test_folders_that_a_person_can_read(new_store, root: Path) -> None:
    store = new_store()
    await store.open()
    at = datetime(2026, 7, 1, 22, 30, 5, 7000, tzinfo=UTC)
    one, two = picture(store, at), picture(store, at)
    await keep(store, "VC01", one, two)
    assert kept(root) == [
        "VC01/2026-07-02/00-30-05.007_motion.jpg",
        f"VC01/2026-07-02/00-30-05.007_motion_{two.id}.jpg",
    ]
    media = await store.library.get(one.id)
    assert media is not None
    assert (media.camera_id, media.label, media.taken_at, media.size) == ("VC01", "motion", at, 100)
    assert media.path.stat().st_mtime == at.timestamp()
    assert await store.read(one.id) == b"x" * 100
    assert await store.library.get(1) is None
    assert await store.read(1) is None
    media.path.unlink()
    await store.close()
    again = new_store()
    await again.open()
    assert await again.read(one.id) is None


@contextmanager
def stalled(store: Store) -> Iterator[None]:
    """Have nothing reach the disk while inside."""
    going_on, commit = Event(), store._archive.commit  # noqa: SLF001  # A fault is injected.

    def wait(batch):
        assert going_on.wait(30)
        return commit(batch)

    with patch.object(store._archive, "commit", wait):  # noqa: SLF001  # A fault is injected.
        try:
            yield
        finally:
            going_on.set()


async def test_pictures_are_there_before_the_disk_has_them(new_store) -> None:
    store = new_store()
    await store.open()
    item = picture(store, data=jpeg())
    with stalled(store):
        done = store.commit(Commit(camera_id="VC01", record="{}", media=(item,)))
        assert await store.read(item.id) == jpeg()
        found = await store.find(item.id)
        assert found is not None
        assert (found.camera_id, found.size, found.type) == ("VC01", len(jpeg()), JPEG)
        thumbnail = await store.thumbnail(found)
        assert thumbnail is not None
        # Whoever opens the file waits for it; whoever only looks at its path does not.
        opening = asyncio.create_task(asyncio.to_thread(found.path.read_bytes))
        assert found.path.name in str(found.path)
        await asyncio.sleep(0.1)
        assert not opening.done()
        assert not done.done()
    assert await opening == jpeg()
    await done
    stored = await store.find(item.id)
    assert stored is not None
    assert stored.path.read_bytes() == jpeg()
    assert await store.thumbnail(stored) == thumbnail


async def test_file_has_another_name_than_the_one_that_was_waited_for(new_store) -> None:
    store = new_store()
    await store.open()
    one, two = picture(store, data=b"one"), picture(store, data=b"two")
    with stalled(store):
        done = store.commit(Commit(camera_id="VC01", record="{}", media=(one, two)))
        paths = [found.path for item in (one, two) if (found := await store.find(item.id))]
    await done
    assert [await asyncio.to_thread(path.read_bytes) for path in paths] == [b"one", b"two"]


async def test_files_that_wait_are_synced_together(new_store, root: Path) -> None:
    """A slow disk is waited for once: for the contents of all that waits, then for all of their folders."""
    store = new_store()
    await store.open()
    cameras = [f"VC{number:02}" for number in range(8)]
    # A day's first pictures: each camera's folder, its day's folder, and the one around them are new.
    together, fsync = [Barrier(8), Barrier(17)], os.fsync

    def sync(descriptor: int) -> None:
        together[stat.S_ISDIR(os.fstat(descriptor).st_mode)].wait(60)
        fsync(descriptor)

    with patch("os.fsync", sync):
        await asyncio.gather(*(keep(store, camera, picture(store)) for camera in cameras))
    assert len(kept(root)) == 8


async def test_picture_that_the_disk_does_not_take_is_in_memory(new_store, root: Path) -> None:
    store = new_store()
    await store.open()
    item = picture(store, data=jpeg())
    with patch("os.fsync", side_effect=OSError("no space left on device")), pytest.raises(StoreError):
        await keep(store, "VC01", item)
    assert await store.library.get(item.id) is None
    assert await store.read(item.id) == jpeg()
    found = await store.find(item.id)
    assert found is not None
    assert await store.thumbnail(found) is not None
    assert list((root / "thumbnails").iterdir()) == []
    # Deleting what is on the disk leaves it, but not forgetting its camera.
    await store.delete_media(MediaFilter(), frozenset())
    await store.forget_camera("VC02")
    assert await store.read(item.id) == jpeg()
    await store.forget_camera("VC01")
    assert await store.find(item.id) is None
    assert await store.read(item.id) is None


def test_pictures_in_memory_are_bounded() -> None:
    cache = MediaCache(100)
    for number in range(10):
        cache.put(number, Picture(bytes(30), JPEG))
        cache.get(0)
    assert [number for number in range(10) if cache.get(number)] == [0, 8, 9]
    cache.put(0, Picture(bytes(200), JPEG))
    assert all(cache.get(number) is None for number in range(10))
    cache.clear()
    for number in range(3):
        cache.put(number, Picture(bytes(30), JPEG))
    assert all(cache.get(number) for number in range(3))


async def test_numbers_are_never_used_twice(new_store) -> None:
    store = new_store()
    await store.open()
    old = picture(store)
    await keep(store, "VC01", old)
    await store.forget_camera("VC01")
    await store.close()
    again = new_store()
    assert (await again.open()).cameras == []
    assert again.new_media_id() > old.id


async def test_keys_are_remembered_and_bounded(new_store) -> None:
    store = new_store()
    await store.open()
    with patch("custom_components.camera_push.storage.database.MAX_KEYS", 150):
        for start in range(0, 400, 100):
            await asyncio.gather(*(keep(store, "VC01", key=f"{n:03d}") for n in range(start, start + 100)))
        await keep(store, "VC02", key="000")
    await store.close()
    cameras = {camera.camera_id: camera.keys for camera in (await new_store().open()).cameras}
    assert cameras["VC02"] == ["000"]
    assert cameras["VC01"] == [f"{n:03d}" for n in range(400 - len(cameras["VC01"]), 400)]
    assert 150 <= len(cameras["VC01"]) < 260


async def test_old_items_go_but_never_the_newest(new_store, root: Path) -> None:
    store = new_store(days=14)
    await store.open()
    ages = (40, 30, 20, 13, 1)
    await keep(store, "VC01", *(picture(store, NOW - timedelta(days=days)) for days in ages))
    await keep(store, "VC02", *(picture(store, NOW - timedelta(days=days)) for days in (90, 60)))
    await store.tidy()
    assert [name.partition("/")[0] for name in kept(root)] == ["VC01", "VC01", "VC02"]
    assert not any(not list(folder.iterdir()) for folder in root.glob("VC*/2*"))


async def test_size_is_bounded(new_store, root: Path) -> None:
    store = new_store(bytes=10_000)
    await store.open()
    for number in range(60):
        await keep(store, "VC01", picture(store, NOW + timedelta(seconds=number), b"x" * 1000))
        # Never over the limit, and no more deleted than it takes.
        assert min(number + 1, 9) <= len(kept(root)) <= 10
    assert sum((root / name).stat().st_size for name in kept(root)) <= 10_000
    await store.close()
    again = new_store(bytes=10_000)
    await again.open()
    assert (await again.library.totals())[1] == len(kept(root)) * 1000


async def test_picture_that_cannot_be_written_keeps_nothing_else_from_being_kept(
    new_store, root: Path
) -> None:
    store = new_store()
    await store.open()
    (root / "BAD").write_text("in the way")
    results = await asyncio.gather(
        keep(store, "GOOD1", picture(store)),
        keep(store, "BAD", picture(store)),
        keep(store, "GOOD2", picture(store)),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [type(None), StoreError, type(None)]
    assert len(kept(root)) == 2
    await store.close()
    assert [camera.camera_id for camera in (await new_store().open()).cameras] == ["BAD", "GOOD1", "GOOD2"]


async def test_failing_database_leaves_no_file(new_store, root: Path) -> None:
    store = new_store()
    await store.open()
    with patch.object(MediaTable, "put", side_effect=OSError("disk full")), pytest.raises(StoreError):
        await keep(store, "VC01", picture(store))
    # The connection is closed after an error of the database, and opened again.
    store._archive.database._connection.execute("PRAGMA query_only=1")  # noqa: SLF001  # A fault is injected.
    with pytest.raises(StoreError):
        await keep(store, "VC01", picture(store))
    assert kept(root) == []
    await keep(store, "VC01", picture(store))
    assert len(kept(root)) == 1


async def test_unexpected_error_keeps_nobody_waiting(new_store) -> None:
    store = new_store()
    await store.open()
    with (
        patch.object(store._archive, "commit", side_effect=RuntimeError("boom")),  # noqa: SLF001  # A fault is injected.
        pytest.raises(StoreError),
    ):
        await keep(store, "VC01")
    await keep(store, "VC01")


async def test_retention_that_fails_does_not_fail_the_push(new_store, caplog, root: Path) -> None:
    store = new_store(bytes=10)
    await store.open()
    with patch.object(store._archive, "_retain_size", side_effect=OSError("read-only")):  # noqa: SLF001  # A fault is injected.
        await keep(store, "VC01", picture(store))
    assert "Could not delete" in caplog.text
    assert len(kept(root)) == 1


async def test_closed_store_takes_nothing(new_store, root: Path) -> None:
    store = new_store()
    await store.open()
    waiting = asyncio.gather(*(keep(store, "VC01", picture(store)) for _ in range(300)))
    await asyncio.sleep(0)
    await store.close()
    await waiting
    with pytest.raises(StoreClosedError):
        await keep(store, "VC01")
    assert len(kept(root)) == 300


async def test_forgetting_waits_for_what_is_on_its_way(new_store, root: Path) -> None:
    store = new_store()
    await store.open()
    waiting = asyncio.gather(*(keep(store, "VC01", picture(store)) for _ in range(250)))
    await asyncio.sleep(0)
    await store.forget_camera("VC01")
    await waiting
    assert kept(root) == []


async def test_commit_that_the_disk_refuses_leaves_no_file(new_store, root: Path) -> None:
    store = new_store()
    await store.open()
    database = store._archive.database  # noqa: SLF001  # A fault is injected.
    real = database.transaction

    @contextmanager
    def refusing(*, durable: bool):
        with real(durable=durable):
            yield
            raise sqlite3.OperationalError("database or disk is full")

    with patch.object(database, "transaction", refusing), pytest.raises(StoreError, match="full"):
        await keep(store, "VC01", picture(store))
    assert kept(root) == []
    await store.close()
    assert (await new_store().open()).cameras == []


async def test_file_that_the_disk_refuses_leaves_no_file(new_store, root: Path) -> None:
    store = new_store()
    await store.open()
    with patch("os.fsync", side_effect=OSError("no space left on device")), pytest.raises(StoreError):
        await keep(store, "VC01", picture(store))
    assert [path for path in root.rglob("*") if path.suffix == ".jpg"] == []


async def test_sender_that_gives_up_does_not_disturb_the_others(new_store, root: Path) -> None:
    store = new_store()
    await store.open()
    tasks = [asyncio.create_task(keep(store, f"VC{n}", picture(store))) for n in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [type(None), asyncio.CancelledError, type(None)]
    assert len(kept(root)) == 3


async def test_only_what_is_shown_is_kept(new_store, root: Path) -> None:
    store = new_store()
    await store.open()
    old, new = picture(store), picture(store)
    await keep(store, "VC01", old)
    await keep(store, "VC02", picture(store))
    await store.commit(Commit(camera_id="VC01", record="{}", media=(new,), only=frozenset({new.id})))
    assert len(kept(root)) == 2
    assert await store.library.get(old.id) is None
    assert (await store.library.totals())[1] == 200


async def test_look_ups_are_quick_and_do_not_block_with_200_000_items(new_store, root: Path) -> None:
    """No time is asserted, machines are noisy: the indexes have to be used, and pages are bounded."""

    def fill() -> None:
        labels = ("motion", "humanoid", "plate", "vehicle")
        root.mkdir()
        with closing(Database(root / "index.sqlite")) as database, database.transaction(durable=False):
            database.media.places = Places.unopened(folders_in(root))
            for number in range(200_000):
                at = NOW - timedelta(minutes=number)
                database.media.put(
                    StoredMedia(
                        id=number + 1,
                        camera_id=f"VC{number % 20:02d}",
                        label=labels[number % 4],
                        taken_at=at,
                        day=f"{at:%Y-%m-%d}",
                        path=root / f"VC{number % 20:02d}" / f"{at:%Y-%m-%d}" / f"{number}.jpg",
                        size=100_000,
                        type=JPEG,
                        plate=f"P{number % 1000}" if number % 4 == 2 else None,
                    )
                )
            database.set_complete()

    await asyncio.to_thread(fill)
    store = new_store(days=10_000, bytes=10**15)
    await store.open()
    library = store.library
    day = (await library.days("VC03"))[1]
    page = await library.find(MediaFilter(camera_ids=frozenset({"VC03"}), day=day), 1000)
    assert len(page) == 72
    assert page == sorted(page, key=lambda item: item.taken_at, reverse=True)
    assert len(await library.find(MediaFilter(label="plate"), 1000)) == 1000
    assert len(await library.find(MediaFilter(plates=frozenset({"P2"})), 1000)) == 200
    assert await library.labels() == ["humanoid", "motion", "plate", "vehicle"]
    assert len(await library.plates(1000)) == 250
    for wanted in (
        MediaFilter(),
        MediaFilter(camera_ids=frozenset({"VC03"}), day=day),
        MediaFilter(label="plate"),
        MediaFilter(plates=frozenset({"P2"})),
        MediaFilter(after=NOW - timedelta(days=1)),
    ):
        where, values = where_clause(wanted)
        with closing(sqlite3.connect(root / "index.sqlite")) as index:
            query = (
                f"EXPLAIN QUERY PLAN SELECT * FROM media {where} ORDER BY taken_at DESC, id DESC LIMIT 1000"
            )
            steps = " ".join(step[3] for step in index.execute(query, values))
        assert "INDEX" in steps
        assert "TEMP B-TREE FOR ORDER BY" not in steps


async def test_closed_store_says_so(new_store) -> None:
    store = new_store()
    await store.open()
    await store.close()
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        await store.read(1)
