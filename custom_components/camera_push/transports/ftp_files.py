"""The files of an FTP session: their sizes, and those that wait for their final names."""

import asyncio
from collections.abc import Callable
from pathlib import PurePosixPath
from posixpath import normpath
import re
from typing import Final

from ..domain.errors import ProtocolError, Refusal
from .ftp_inbox import Upload

# How long a file under a temporary name waits for its final one, and how many files of a client may wait.
RENAME_SECONDS: Final = 60
MAX_UNNAMED: Final = 4
# As long as the system's own.
MAX_PATH_LENGTH: Final = 4096
# Sizes that are remembered, for clients that ask whether all of a file has arrived.
_MAX_SIZES: Final = 100

# Clients that upload and rename add to a name at its end (x.jpg.part, x.tmp) or at its beginning (.x.jpg), or
# take another one (tmp1).
_PICTURE: Final = re.compile(r"\.(?:jpe?g|png|bmp|gif|webp)", re.IGNORECASE)
_ADDED: Final = re.compile(r"\.(?:te?mp|part(?:ial)?|filepart|upload|new)", re.IGNORECASE)
_HIDDEN: Final = re.compile(r"\.(?:in\.)?")


def resolved(folder: PurePosixPath, path: str) -> PurePosixPath:
    """Return the path that a client in a folder means; raises ProtocolError."""
    path = path if path.startswith("/") else f"{folder}/{path}"
    if len(path) > MAX_PATH_LENGTH:
        raise ProtocolError("The path is too long.", Refusal.SIZE)
    return PurePosixPath(normpath(f"/{path.lstrip('/')}"))


def likely_name(path: PurePosixPath) -> PurePosixPath:
    """Return a path without the temporary part of its name."""
    name = _HIDDEN.sub("", path.name, count=1) if path.name.startswith(".") else path.name
    stem, _, _ = name.rpartition(".")
    if _PICTURE.fullmatch(PurePosixPath(stem).suffix):
        name = stem
    return path.with_name(name) if name else path


class SessionFiles:
    """The files of one client; `hand_on` is called with one whose final name never came.

    `is_telling` tells whether a name without a picture's ending says what its file is.
    """

    def __init__(
        self,
        hand_on: Callable[[PurePosixPath, Upload], object],
        is_telling: Callable[[PurePosixPath], bool],
    ) -> None:
        self._hand_on = hand_on
        self._is_telling = is_telling
        self._is_closed = False
        self._sizes: dict[PurePosixPath, int] = {}
        self._unnamed: dict[PurePosixPath, tuple[Upload, asyncio.TimerHandle]] = {}

    def is_temporary(self, path: PurePosixPath) -> bool:
        """Tell whether a file has a name that it is going to lose."""
        if path.name.startswith("."):
            return True
        if _PICTURE.fullmatch(path.suffix):
            return False
        stem = PurePosixPath(path.stem)
        is_added = _ADDED.fullmatch(path.suffix) or _PICTURE.match(path.suffix) or _PICTURE.match(stem.suffix)
        return bool(is_added) or not self._is_telling(path)

    def note_size(self, path: PurePosixPath, size: int) -> None:
        """Remember how large a file is."""
        self._sizes.pop(path, None)
        self._sizes[path] = size
        if len(self._sizes) > _MAX_SIZES:
            del self._sizes[next(iter(self._sizes))]

    def size(self, path: PurePosixPath) -> int | None:
        """Return the size of a file that was stored in this session, None for any other."""
        return self._sizes.get(path)

    def keep(self, path: PurePosixPath, upload: Upload) -> None:
        """Keep a file until it gets its final name, for a while; hand it on where that cannot come."""
        if self._is_closed:
            self._hand_on(likely_name(path), upload)
            return
        if path in self._unnamed:
            # Stored again: the new one takes its place.
            self.take(path).reservation.give_back_all()
        elif len(self._unnamed) >= MAX_UNNAMED:
            self._give_up(next(iter(self._unnamed)))
        timer = asyncio.get_running_loop().call_later(RENAME_SECONDS, self._give_up, path)
        self._unnamed[path] = (upload, timer)

    def is_kept(self, path: PurePosixPath) -> bool:
        """Tell whether a file waits for its final name."""
        return path in self._unnamed

    def take(self, path: PurePosixPath) -> Upload:
        """Return a file that waits, which is not kept any longer."""
        upload, timer = self._unnamed.pop(path)
        timer.cancel()
        return upload

    def rename(self, old: PurePosixPath, new: PurePosixPath) -> None:
        """Have a file's size remembered by another name."""
        if (size := self._sizes.pop(old, None)) is not None:
            self.note_size(new, size)

    def _give_up(self, path: PurePosixPath) -> None:
        self._hand_on(likely_name(path), self.take(path))

    def close(self) -> None:
        """Hand on the files that still wait: their final names will not come any more."""
        self._is_closed = True
        for path in tuple(self._unnamed):
            self._give_up(path)
