"""Files of the store: written whole or not at all, in folders that a person can read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, tzinfo
import os
from pathlib import Path
from typing import Final

from ..core.ids import folder_name
from ..core.media import Clip
from .model import NewMedia, StoredMedia

# Temporary names begin like this; whatever still has one at start-up was never finished.
INCOMING: Final = "incoming"


def place(root: Path, camera_id: str, media: NewMedia, time_zone: tzinfo) -> Path:
    """Return a free path for an item: camera / date / time_label.extension, in local time."""
    local = media.taken_at.astimezone(time_zone)
    folder = root / folder_name(camera_id) / f"{local:%Y-%m-%d}"
    stem = f"{local:%H-%M-%S}.{local.microsecond // 1000:03d}_{media.label}"
    extension = media.content.type.extension
    path = folder / f"{stem}.{extension}"
    return folder / f"{stem}_{media.id}.{extension}" if path.exists() else path


def write(root: Path, camera_id: str, media: NewMedia, time_zone: tzinfo) -> StoredMedia:
    """Write an item and return it; raises OSError and then leaves no file.

    The content is on the disk before the file gets its name. The file's modification time is
    when the item was taken, so that the index can be made anew from the files.
    """
    path = place(root, camera_id, media, time_zone)
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(media.content, Clip):
        temporary = media.content.path
        size = media.content.size
    else:
        temporary = root / INCOMING / str(media.id)
        size = len(media.content.data)
    try:
        with temporary.open("ab") as file:
            if not isinstance(media.content, Clip):
                file.write(media.content.data)
            file.flush()
            os.fsync(file.fileno())
        seconds = media.taken_at.timestamp()
        os.utime(temporary, (seconds, seconds))
        temporary.rename(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    return StoredMedia(
        id=media.id,
        camera_id=camera_id,
        label=media.label,
        taken_at=media.taken_at,
        path=path,
        size=size,
        type=media.content.type,
    )


def delete(path: Path) -> None:
    """Delete a file and the folders that it leaves empty; a file that is gone already is fine."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
        path.parent.rmdir()
        path.parent.parent.rmdir()


def clean_incoming(root: Path) -> None:
    """Make the folder for unfinished files, empty."""
    incoming = root / INCOMING
    incoming.mkdir(parents=True, exist_ok=True)
    for file in incoming.iterdir():
        file.unlink(missing_ok=True)


def orphans(root: Path, known: Callable[[], set[str]], before: datetime) -> list[Path]:
    """Return files last changed before `before` that the index does not know.

    Files are listed before the index is read, and new ones are left alone: what is being
    written meanwhile is no orphan.
    """
    files = [
        (path, relative)
        for path in root.glob("*/*/*")
        if not (relative := path.relative_to(root).as_posix()).startswith(INCOMING)
        and path.is_file()
        and path.stat().st_ctime < before.timestamp()
    ]
    paths = known()
    return [path for path, relative in files if relative not in paths]
