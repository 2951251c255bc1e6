"""An index that is damaged, lost, locked or of another release."""

import asyncio
from contextlib import closing
from datetime import timedelta
from pathlib import Path
import sqlite3
from unittest.mock import patch

import pytest

from custom_components.camera_push.domain.media import JPEG
from custom_components.camera_push.domain.record import CameraRecord
from custom_components.camera_push.storage.database import Database
from custom_components.camera_push.storage.library import LibraryError
from custom_components.camera_push.storage.model import Commit
from custom_components.camera_push.storage.store import StoreError
from tests.storage.helpers import NOW, keep, kept, picture


async def test_trying_whether_the_disk_is_back_changes_nothing(new_store, root: Path) -> None:
    store = new_store()
    with (
        patch("custom_components.camera_push.storage.files.probe", side_effect=OSError("read-only")),
        pytest.raises(StoreError),
    ):
        await store.probe()
    await store.probe()
    assert not (root / "index.sqlite").exists()
    # An index that is damaged is made anew when the store is opened: then, and not before.
    (root / "index.sqlite").write_bytes(b"no index" * 1000)
    await store.probe()
    assert (root / "index.sqlite").read_bytes() == b"no index" * 1000
    assert not (root / "index.damaged").exists()
    assert (await store.open()).cameras == []
    assert (root / "index.damaged").exists()


async def test_index_of_a_newer_version_is_left_alone(new_store, root: Path) -> None:
    store = new_store()
    await store.open()
    await store.close()
    with closing(sqlite3.connect(root / "index.sqlite")) as connection:
        connection.execute("PRAGMA user_version=99")
    again = new_store()
    with pytest.raises(StoreError, match="newer release"):
        await again.open()
    with pytest.raises(StoreError, match="newer release"):
        await again.probe()
    with pytest.raises(LibraryError, match="not open"):
        await again.library.get(1)
    assert sorted(path.name for path in root.glob("index*")) == ["index.sqlite"]
    with closing(sqlite3.connect(root / "index.sqlite")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (99,)


async def test_locked_index_is_not_taken_for_damaged(new_store, root: Path) -> None:
    store = new_store()
    locked = sqlite3.OperationalError("database is locked")
    with (
        patch("custom_components.camera_push.storage.opening.Database", side_effect=locked),
        pytest.raises(StoreError, match="locked"),
    ):
        await store.open()
    assert not (root / "index.damaged").exists()


async def test_damage_found_while_reading(new_store, root: Path) -> None:
    store = new_store()
    damaged = sqlite3.DatabaseError("database disk image is malformed")
    with patch("custom_components.camera_push.storage.database.Database.cameras", side_effect=[damaged, []]):
        assert (await store.open()).cameras == []
    assert (root / "index.damaged").exists()
    await keep(store, "VC01", picture(store))


async def test_lost_index_is_made_anew_from_the_files(new_store, root: Path) -> None:
    store = new_store()
    await store.open()
    first = picture(store, NOW - timedelta(hours=2), b"first")
    clip = picture(store, NOW - timedelta(hours=2), b"same time")
    last = picture(store, NOW, b"last", "smoke_alarm")
    await keep(store, "VC01", first, clip, last)
    await keep(
        store, "gate/../ä", picture(store, NOW, b"view", "vehicle"), picture(store, NOW, b"crop", "plate")
    )
    names, before = kept(root), await store.library.totals()
    await store.close()
    (root / "index.sqlite").unlink()
    (root / "VC01" / "2026-01-01").mkdir()
    (root / "VC01" / "2026-01-01" / "holiday.jpg").write_bytes(b"what is this")
    (root / "nobody").mkdir()
    (root / "nobody" / "camera.json").write_text("{")

    again = new_store()
    cameras = {camera.camera_id: CameraRecord.load(camera.record) for camera in (await again.open()).cameras}
    assert set(cameras) == {"VC01", "gate/../ä"}
    shown = cameras["VC01"].pictures["snapshot"]
    assert (shown.type, shown.captured_at) == (JPEG, NOW)
    assert await again.read(shown.media_id) == b"last"
    media = await again.library.get(shown.media_id)
    assert (media.label, media.taken_at) == ("smoke_alarm", NOW)
    assert await again.read(cameras["gate/../ä"].pictures["plate"].media_id) == b"crop"
    assert await again.library.totals() == before
    await again.tidy()
    assert set(names) < set(kept(root))


async def test_index_that_could_not_be_made_anew_is_made_later(new_store, root: Path) -> None:
    """A disk that is full while the index is lost: until it is complete, no file counts as nobody's."""
    store = new_store()
    await store.open()
    await keep(store, "VC01", picture(store))
    await store.close()
    (root / "index.sqlite").unlink()
    again = new_store()
    with (
        patch.object(Database, "put_camera", side_effect=sqlite3.OperationalError("disk is full")),
        pytest.raises(StoreError, match="full"),
    ):
        await again.open()
    with pytest.raises(StoreError, match="not open"):
        await keep(again, "VC02", picture(again))
    with pytest.raises(StoreError, match="not open"):
        await again.tidy()
    await again.close()
    last = new_store()
    assert [camera.camera_id for camera in (await last.open()).cameras] == ["VC01"]
    await last.tidy()
    assert len(kept(root)) == 1


async def test_store_that_could_not_be_read_is_not_written_to(new_store) -> None:
    store = new_store()
    await store.open()
    await store.commit(Commit(camera_id="VC01", record='"what is known"', key="a"))
    await store.close()
    again = new_store()
    failed = sqlite3.OperationalError("disk I/O error")
    with patch.object(Database, "cameras", side_effect=failed), pytest.raises(StoreError, match="I/O"):
        await again.open()
    with pytest.raises(StoreError, match="not open"):
        await keep(again, "VC01")
    await again.close()
    (camera,) = (await new_store().open()).cameras
    assert (camera.record, camera.keys) == ('"what is known"', ["a"])


async def test_closed_store_opens_nothing_again(new_store, root: Path) -> None:
    """What goes on in the background while an entry is unloaded: it left the index open."""
    store = new_store()
    await store.open()
    results = await asyncio.gather(store.close(), store.tidy(), return_exceptions=True)
    assert isinstance(results[1], StoreError)
    held = [Path(link).resolve() for link in Path("/proc/self/fd").iterdir()]
    assert not [path for path in held if root in path.parents]
