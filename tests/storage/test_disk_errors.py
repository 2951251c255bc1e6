"""A disk that takes some of what is to be kept, and not the rest."""

import asyncio
from contextlib import closing
import json
import os
from pathlib import Path
import sqlite3
from typing import Any
from unittest.mock import patch

from custom_components.camera_push.domain.history import EventKind, HistoryEvent
from custom_components.camera_push.storage.model import Commit
from custom_components.camera_push.storage.snapshot import INDEX
from custom_components.camera_push.storage.store import StoreError
from tests.storage.helpers import NOW, keep, kept, picture

_FSYNC = os.fsync


def _path_of(descriptor: int) -> Path:
    return Path(f"/proc/self/fd/{descriptor}").readlink()


def _rows(root: Path) -> list[str]:
    with closing(sqlite3.connect(root / INDEX)) as index:
        return [camera_id for (camera_id,) in index.execute("SELECT camera_id FROM media ORDER BY id")]


async def test_folder_that_fails_costs_the_pictures_in_it_and_no_others(new_store, root: Path) -> None:
    store = new_store()
    await store.open()

    def sync(descriptor: int) -> None:
        if (path := _path_of(descriptor)).is_dir() and path.parent.name == "BAD":
            raise OSError("Input/output error")
        _FSYNC(descriptor)

    with patch("os.fsync", sync):
        results = await asyncio.gather(
            keep(store, "GOOD", picture(store)),
            keep(store, "BAD", picture(store), key="key"),
            keep(store, "QUIET"),
            return_exceptions=True,
        )
    assert [type(result) for result in results] == [type(None), StoreError, type(None)]
    assert [path.partition("/")[0] for path in kept(root)] == ["GOOD"]
    assert _rows(root) == ["GOOD"]
    await store.close()
    # The record and the key of the one whose picture was lost are kept as well.
    cameras = {camera.camera_id: camera.keys for camera in (await new_store().open()).cameras}
    assert cameras == {"GOOD": [], "BAD": ["key"], "QUIET": []}


async def test_folder_that_was_not_on_the_disk_is_made_again(new_store, root: Path) -> None:
    store = new_store()
    await store.open()
    rename = Path.rename

    def fail(path: Path, target: Path) -> Path:
        raise OSError(f"{path} cannot become {target}")

    with patch.object(Path, "rename", fail):
        results = await asyncio.gather(keep(store, "VC01", picture(store)), return_exceptions=True)
    assert [type(result) for result in results] == [StoreError]
    assert not (root / "VC01").exists()
    synced: set[Path] = set()

    def sync(descriptor: int) -> None:
        synced.add(_path_of(descriptor))
        _FSYNC(descriptor)

    with patch("os.fsync", sync), patch.object(Path, "rename", rename):
        await keep(store, "VC01", picture(store))
    (day,) = (path for path in (root / "VC01").iterdir() if path.is_dir())
    assert {root, root / "VC01", root / "VC01" / "camera.json", day} <= synced


async def test_new_folders_of_a_store_are_on_the_disk(new_store, root: Path) -> None:
    synced: set[Path] = set()

    def sync(descriptor: int) -> None:
        synced.add(_path_of(descriptor))
        _FSYNC(descriptor)

    with patch("os.fsync", sync):
        await new_store().open()
    assert root.parent in synced


async def test_camera_is_named_once_there_is_room(new_store, root: Path) -> None:
    store = new_store()
    await store.open()

    def run_full(_note: object, file) -> None:
        file.write("{")
        file.flush()
        raise OSError("No space left on device")

    with patch.object(json, "dump", run_full):
        results = await asyncio.gather(keep(store, "VC:01", picture(store)), return_exceptions=True)
    assert [type(result) for result in results] == [StoreError]
    await keep(store, "VC:01", picture(store))
    (note,) = root.glob("*/camera.json")
    assert json.loads(note.read_text()) == {"camera_id": "VC:01"}


async def test_error_that_ends_the_transaction_leaves_no_row_without_its_file(new_store, root: Path) -> None:
    store = new_store()
    await store.open()
    with closing(sqlite3.connect(root / INDEX)) as index:
        index.execute(
            "CREATE TRIGGER full BEFORE INSERT ON camera WHEN new.camera_id = 'BAD' "
            "BEGIN SELECT RAISE(ROLLBACK, 'database or disk is full'); END"
        )
        index.commit()
    await asyncio.gather(
        *(keep(store, camera_id, picture(store)) for camera_id in ("GOOD1", "BAD", "GOOD2")),
        return_exceptions=True,
    )
    assert len(_rows(root)) == len(kept(root))
    # It goes on with the next ones.
    await keep(store, "GOOD3", picture(store))
    assert "GOOD3" in _rows(root)
    assert len(_rows(root)) == len(kept(root))


async def test_listener_that_raises_stops_no_commit(new_store) -> None:
    store = new_store()
    await store.open()
    visit = HistoryEvent(
        id=store.new_media_id(),
        kind=EventKind.VISIT,
        camera_id="VC01",
        at=NOW,
        first_at=NOW,
        last_at=NOW,
        received_at=NOW,
    )
    errors: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: errors.append(context))

    def fail(_changed: frozenset[int], _deleted: frozenset[int]) -> None:
        raise RuntimeError("boom")

    store.history.on_changed(fail)
    await store.commit(Commit(camera_id="VC01", record="{}", event=visit))
    await asyncio.wait_for(keep(store, "VC01"), 60)
    await asyncio.wait_for(store.close(), 60)
    assert [str(error["exception"]) for error in errors] == ["boom"]
