"""Opens a store's index: as it is, as a backup has it, or anew from the files where it is damaged or lost."""

from collections.abc import Callable
from dataclasses import dataclass, replace
import logging
from pathlib import Path
import sqlite3
from typing import Final

from ..domain.media import PICTURE_TYPES
from ..domain.options import MediaPlace
from ..domain.record import CameraRecord, PictureRecord
from . import files, snapshot
from .database import Database
from .model import MediaFilter, Stored, StoredMedia
from .places import INCOMING, THUMBNAILS, Places, StoreFolders, incoming_for, make_folder
from .snapshot import INDEX

_LOGGER = logging.getLogger(__name__)

_PLACE: Final = "media_place"
_ADOPT: Final = "adopt_"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedIndex:
    """An index that is open, and what it says; `highest` is the highest number that was given to anything."""

    database: Database
    places: Places
    stored: Stored
    highest: int
    size: int


def open_index(folders: StoreFolders, new_id: Callable[[], int]) -> OpenedIndex:
    """Open or create the index; raises OSError or sqlite3.Error, and then nothing is open."""
    index = folders.index / INDEX
    if snapshot.take_over(folders):
        _LOGGER.warning("%s comes from a backup: comparing it with the files", index)
        return _open(folders, index, new_id, is_restored=True)
    try:
        return _open(folders, index, new_id)
    except sqlite3.DatabaseError as err:
        if isinstance(err, sqlite3.OperationalError):
            # Locked or out of reach: not the file's fault.
            raise
        _LOGGER.warning("The index %s is damaged (%s): making a new one from the files", index, err)
    index.replace(index.with_suffix(".damaged"))
    for companion in ("-wal", "-shm"):
        index.with_name(index.name + companion).unlink(missing_ok=True)
    return _open(folders, index, new_id)


def _open(
    folders: StoreFolders, index: Path, new_id: Callable[[], int], *, is_restored: bool = False
) -> OpenedIndex:
    database = Database(index)
    try:
        places, error = set_up_places(folders, database)
        database.media.places = places
        if database.is_new:
            _rebuild(database, places, new_id)
        elif is_restored:
            _reconcile(database, places, new_id)
        return _opened(database, places, error)
    except BaseException:
        database.close()
        raise


def open_read_only(folders: StoreFolders) -> OpenedIndex:
    """Open an index for reading, where nothing can be written; raises OSError or sqlite3.Error."""
    database = Database(folders.index / INDEX, is_read_only=True)
    try:
        numbers = database.place_numbers()
        unopened = Places.unopened(folders)
        roots = {**unopened.roots, **{number: folders.load(name) for name, number in numbers.items()}}
        return _opened(database, replace(unopened, roots=roots), None)
    except BaseException:
        database.close()
        raise


def _opened(database: Database, places: Places, error: OSError | None) -> OpenedIndex:
    highest, size = database.totals()
    return OpenedIndex(
        database=database,
        places=places,
        stored=Stored(
            cameras=database.cameras(),
            known=database.known(),
            settings=database.settings(),
            media_error=error,
        ),
        highest=highest,
        size=size,
    )


def set_up_places(folders: StoreFolders, database: Database) -> tuple[Places, OSError | None]:
    """Return where the files are, and why new ones cannot be written if they cannot be."""
    numbers = database.place_numbers()
    before = database.setting(_PLACE)
    chosen = folders.choose(MediaPlace(before) if before is not None else None)
    root = folders.media[chosen]
    with database.transaction(durable=False):
        # The files of earlier releases are beside the index.
        if (own := folders.dump(folders.index)) not in numbers:
            numbers[own] = database.add_place(own, 0)
        if (name := folders.dump(root)) not in numbers:
            numbers[name] = database.add_place(name)
        database.put_setting(_PLACE, chosen)
    roots = {number: folders.load(name) for name, number in numbers.items()}
    target = numbers[folders.dump(root)]
    thumbnails, incoming = folders.cache / THUMBNAILS, folders.cache / INCOMING
    error: OSError | None = None
    make_folder(thumbnails)
    try:
        # A folder that had something and is gone is a share that is away: nothing is put in its place.
        make_folder(root, within=root if database.media.has_in(target) else folders.parent_of(chosen))
        incoming = incoming_for(root, folders.cache)
        files.clean(incoming)
    except OSError as err:
        error = err
    return Places(roots=roots, target=target, incoming=incoming, thumbnails=thumbnails), error


def _rebuild(database: Database, places: Places, new_id: Callable[[], int]) -> None:
    """Fill a new index with what the files tell: pictures and clips, and cameras with their last pictures."""
    media = files.rediscover(places, new_id, {})
    records: dict[str, CameraRecord] = {}
    for item in media:
        record = records.setdefault(item.camera_id, CameraRecord(camera_id=item.camera_id))
        if item.type in PICTURE_TYPES:
            picture = PictureRecord(
                media_id=item.id, type=item.type, updated_at=item.taken_at, captured_at=item.taken_at
            )
            record.pictures["plate" if item.label == "plate" else "snapshot"] = picture
    with database.transaction(durable=True):
        for item in media:
            database.media.put(item)
        for camera_id, record in records.items():
            database.put_camera(camera_id, record.dump())
        _adopt_later(database, places)
        database.set_complete()


def _reconcile(database: Database, places: Places, new_id: Callable[[], int]) -> None:
    """Have an index that is older or newer than the files agree with them."""
    known: dict[int, set[str]] = {}
    gone: list[StoredMedia] = []
    for item in database.media.find(MediaFilter()):
        if item.path.exists():
            known.setdefault(item.place, set()).add(places.name(item.place, item.path))
        else:
            gone.append(item)
    found = files.rediscover(places, new_id, known)
    with database.transaction(durable=True):
        database.media.drop(gone)
        for item in found:
            database.media.put(item)
        _adopt_later(database, places)


def _adopt_later(database: Database, places: Places) -> None:
    """Note the places that are away: their files are taken for nobody's when they are back, but are not."""
    for number, root in places.roots.items():
        if not root.is_dir():
            database.put_setting(f"{_ADOPT}{number}", "1")


def adopt(database: Database, places: Places, new_id: Callable[[], int]) -> None:
    """Take over the files in places that are back, and that were away when the index was made or restored."""
    for number, root in places.roots.items():
        if database.setting(key := f"{_ADOPT}{number}") and root.is_dir():
            known: dict[int, set[str]] = {}
            for item in database.media.find(MediaFilter()):
                known.setdefault(item.place, set()).add(places.name(item.place, item.path))
            with database.transaction(durable=True):
                for item in files.rediscover(places, new_id, known):
                    database.media.put(item)
                database.drop_setting(key)
