"""The length of clips, from the head of their files."""

from functools import lru_cache
from pathlib import Path
import struct
from typing import BinaryIO, Final

from ..domain.media import MP4
from .model import StoredMedia

_REMEMBERED: Final = 4096
_MAX_BOXES: Final = 1000
_MAX_SECONDS: Final = 24 * 3600


def clip_seconds(media: StoredMedia) -> float | None:
    """Return the length of a clip, None if its file does not tell; reads the disk the first time."""
    if media.type != MP4:
        return None
    return _mp4_seconds(media.path, media.size)


@lru_cache(_REMEMBERED)
def _mp4_seconds(path: Path, size: int) -> float | None:
    """Return the length that an MP4 file's movie header has; a file of another size is another file."""
    try:
        with path.open("rb") as file:
            end = _enter(file, b"moov", size)
            if end is None or _enter(file, b"mvhd", end) is None:
                return None
            header = file.read(32)
        if header[0] == 1:
            scale, duration = struct.unpack(">IQ", header[20:32])
        else:
            scale, duration = struct.unpack(">II", header[12:20])
    except OSError, struct.error, IndexError:
        return None
    seconds = duration / scale if scale else 0
    return seconds if 0 < seconds <= _MAX_SECONDS else None


def _enter(file: BinaryIO, wanted: bytes, end: int) -> int | None:
    """Move to the content of the next box of a kind before `end`; return where that box ends."""
    for _ in range(_MAX_BOXES):
        start = file.tell()
        head = file.read(16)
        if start >= end or len(head) < 8:
            return None
        length = int.from_bytes(head[:4])
        content = 8
        if length == 1:
            length, content = int.from_bytes(head[8:16]), 16
        elif length == 0:
            length = end - start
        if head[4:8] == wanted:
            file.seek(start + content)
            return start + length
        if length < content:
            return None
        file.seek(start + length)
    return None
