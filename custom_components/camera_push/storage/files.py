"""Files of the store: written whole or not at all, in folders that a person can read."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
import errno
from functools import partial
import json
import os
from pathlib import Path
import re
import shutil
from typing import Final

from ..domain.ids import folder_name
from ..domain.media import H264, H265, MEDIA_TYPES, Clip
from .model import NewMedia, StoredMedia
from .places import FOLDER_MODE, INCOMING, THUMBNAILS, Places, sync

CAMERA_NOTE: Final = "camera.json"

_FILE_MODE: Final = 0o600
# Files and folders that are waited for at the same time.
_MAX_SYNCS: Final = 32

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_FILE_NAME: Final = re.compile(
    r"\d{2}-\d{2}-\d{2}\.\d{3}_(?P<label>[a-z_]+?)(?:_\d+)?\.(?P<extension>[a-z0-9]+)", re.ASCII
)


def name_of(camera_id: str, media: NewMedia, time_zone: tzinfo) -> str:
    """Return the name for an item in a place: camera / date / time_label.extension, in local time."""
    day, _, time = media.taken_at.astimezone(time_zone).isoformat(timespec="milliseconds").partition("T")
    stem = f"{time[:12].replace(':', '-')}_{media.label}"
    return f"{folder_name(camera_id)}/{day}/{stem}.{media.content.type.extension}"


def write_all(
    places: Places, items: Sequence[tuple[str, NewMedia]], time_zone: tzinfo
) -> dict[int, StoredMedia | OSError]:
    """Write items of cameras, and return by their numbers what became of them.

    The contents are on the disk before the files get their names, and these are there at the end; each is
    waited for once, for all items together.
    """
    contents = _at_once(partial(write, places), [media for _, media in items])
    written: dict[int, StoredMedia | OSError] = {}
    new_days: set[Path] = set()
    # The items that cannot be found again without a folder's names.
    needed_by: defaultdict[Path, list[int]] = defaultdict(list)
    for (camera_id, media), content in zip(items, contents, strict=True):
        if isinstance(content, OSError):
            written[media.id] = content
            continue
        path = _free_path(places, name_of(camera_id, media, time_zone), media.id)
        day = path.parent
        try:
            if not day.exists():
                # The first item of a camera, or of a day.
                _make_folders(day, camera_id)
                new_days.add(day)
            content.rename(path)
        except OSError as err:
            with suppress(OSError):
                content.unlink(missing_ok=True)
            # With its new folders: those that are there count as those that are on the disk.
            delete(path)
            written[media.id] = err
            continue
        for needed in (day, *(_above(day) if day in new_days else ())):
            needed_by[needed].append(media.id)
        written[media.id] = media.stored(camera_id, path, places.target)
    for ids, error in zip(needed_by.values(), _at_once(sync, list(needed_by)), strict=True):
        for media_id in ids:
            if error is not None and isinstance(item := written[media_id], StoredMedia):
                delete(item.path)
                written[media_id] = error
    return written


def _free_path(places: Places, name: str, media_id: int) -> Path:
    """Return where an item of a name goes: with its number, if another has that name."""
    path = places.root / name
    if any((root / name).exists() for root in places.roots.values()):
        return path.with_stem(f"{path.stem}_{media_id}")
    return path


def _at_once[T, R](function: Callable[[T], R], arguments: Sequence[T]) -> list[R | OSError]:
    """Call a function that waits for the disk with each argument, at the same time."""

    def call(argument: T) -> R | OSError:
        try:
            return function(argument)
        except OSError as err:
            return err

    if len(arguments) < 2:
        return [call(argument) for argument in arguments]
    with ThreadPoolExecutor(min(len(arguments), _MAX_SYNCS)) as threads:
        return list(threads.map(call, arguments))


def write(places: Places, media: NewMedia) -> Path:
    """Write an item to an unfinished file and return its path; raises OSError and then leaves no file.

    Its modification time is when the item was taken, so that the index can be made anew from the files.
    """
    content = media.content
    unfinished = content.path if isinstance(content, Clip) else places.incoming / str(media.id)
    try:
        with open(unfinished, "ab", opener=private) as file:
            if not isinstance(content, Clip):
                file.write(content.data)
            file.flush()
            seconds = media.taken_at.timestamp()
            os.utime(file.fileno(), (seconds, seconds))
            os.fsync(file.fileno())
    except OSError:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise
    return unfinished


def make_folders(path: Path, camera_id: str) -> None:
    """Have the folders of a camera and a day on the disk, for an item's file; raises OSError."""
    _make_folders(path.parent, camera_id)
    for needed in _above(path.parent):
        sync(needed)


def _make_folders(day: Path, camera_id: str) -> None:
    day.parent.mkdir(mode=FOLDER_MODE, exist_ok=True)
    _name_camera(day.parent / CAMERA_NOTE, camera_id)
    day.mkdir(mode=FOLDER_MODE, exist_ok=True)


def _above(day: Path) -> tuple[Path, ...]:
    """Return what has to be on the disk for the folder of a day to be found again."""
    return day.parent.parent, day.parent, day.parent / CAMERA_NOTE


def _name_camera(note: Path, camera_id: str) -> None:
    """Note in a camera's folder whose it is: not every id can be read off a folder's name."""
    if note.exists() and note.stat().st_size:
        return
    try:
        with open(note, "w", opener=private) as file:
            json.dump({"camera_id": camera_id}, file)
    except OSError:
        # A note that is cut off would never be written again.
        with suppress(OSError):
            note.unlink(missing_ok=True)
        raise


def rediscover(
    places: Places, next_id: Callable[[], int], known: Mapping[int, set[str]]
) -> list[StoredMedia]:
    """Return the items that the files themselves tell of, oldest first: for an index that was lost.

    What a file is, is in its name, and when it was taken, in its modification time. Plates and what is in a
    folder without a camera's note are not to be found again. Those in `known` are left out, by their names in
    each place; so are what was made of these.
    """
    found: list[tuple[float, int, Path, str, str]] = []
    for number, note in (
        (number, note) for number, root in places.roots.items() for note in root.glob(f"*/{CAMERA_NOTE}")
    ):
        try:
            camera_id = json.loads(note.read_text())["camera_id"]
        except OSError, ValueError, KeyError, TypeError:
            continue
        for path in note.parent.glob("*/*"):
            match = _FILE_NAME.fullmatch(path.name)
            if (
                match
                and match["extension"] in MEDIA_TYPES
                and _DAY.fullmatch(path.parent.name)
                and not _is_known(places.name(number, path), known.get(number, ()))
            ):
                found.append((path.stat().st_mtime, number, path, camera_id, match["label"]))
    return [
        StoredMedia(
            id=next_id(),
            camera_id=camera_id,
            label=label,
            taken_at=datetime.fromtimestamp(taken_at, UTC),
            day=path.parent.name,
            path=path,
            size=path.stat().st_size,
            type=MEDIA_TYPES[path.suffix[1:]],
            place=number,
        )
        for taken_at, number, path, camera_id, label in sorted(found)
    ]


def copy_to_place(places: Places, media: StoredMedia) -> Path | None:
    """Have an item's file where new ones go as well, and return its path there; None if it is gone.

    Raises OSError, also where the place that it is in is away.
    """
    name = places.name(media.place, media.path)
    path = places.root / name
    if path.exists() and not (media.path.exists() and path.samefile(media.path)):
        path = path.with_stem(f"{path.stem}_{media.id}")
    make_folders(path, media.camera_id)
    if not media.path.exists():
        if not places.roots[media.place].is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(places.roots[media.place]))
        return None
    with suppress(FileExistsError):
        try:
            os.link(media.path, path)
        except FileExistsError:
            raise
        except OSError:
            _copy(media.path, places.incoming / f"moved-{media.id}", path)
    sync(path.parent)
    return path


def _copy(source: Path, unfinished: Path, path: Path) -> None:
    """Copy a file to another file system; raises OSError."""
    try:
        with (
            source.open("rb") as content,
            open(unfinished, "wb", opener=private) as file,
        ):  # Path.open takes no opener.
            shutil.copyfileobj(content, file)
            file.flush()
            os.fsync(file.fileno())
        shutil.copystat(source, unfinished)
        unfinished.rename(path)
    except OSError:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise


def _is_known(name: str, known: Collection[str]) -> bool:
    """Tell whether a file is in the index, or is the MP4 file that was made of a raw clip that is."""
    stem = name.rpartition(".")[0]
    return name in known or any(f"{stem}.{raw.extension}" in known for raw in (H264, H265))


def delete(path: Path) -> None:
    """Delete a file and the folders that it leaves empty; a file that is gone already is fine."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
        path.parent.rmdir()
        if [left.name for left in path.parent.parent.iterdir()] == [CAMERA_NOTE]:
            (path.parent.parent / CAMERA_NOTE).unlink()
            path.parent.parent.rmdir()


def private(path: str, flags: int) -> int:
    """Open a file that only its owner may read, for `open`."""
    return os.open(path, flags, _FILE_MODE)


def probe(folder: Path) -> None:
    """Raise OSError unless a file can be written."""
    file = folder / "probe"
    file.write_bytes(b"probe")
    file.unlink()


def clean(folder: Path) -> None:
    """Delete all files in a folder for those that are not finished; raises OSError."""
    if folder.is_dir():
        for file in folder.iterdir():
            file.unlink(missing_ok=True)


def camera_folders(root: Path) -> list[Path]:
    """Return the folders of cameras."""
    return [path for path in root.iterdir() if path.is_dir() and path.name not in (INCOMING, THUMBNAILS)]


def files_in(folder: Path) -> Iterator[str]:
    """Yield the files in the days' folders of a camera that have names as we give them, as day/name.

    Plain texts: there can be very many.
    """
    with os.scandir(folder) as days:
        for day in days:
            if not day.is_dir(follow_symlinks=False):
                continue
            with os.scandir(day.path) as files:
                yield from (
                    f"{day.name}/{file.name}"
                    for file in files
                    if _FILE_NAME.fullmatch(file.name) and file.is_file(follow_symlinks=False)
                )
