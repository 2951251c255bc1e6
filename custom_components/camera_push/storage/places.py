"""Where a store's parts lie: the index in the configuration, pictures and clips where the user wants them."""

from collections.abc import Mapping
from dataclasses import dataclass
import errno
import os
from pathlib import Path
from typing import Final, Self

from ..domain.options import MediaPlace

INCOMING: Final = "incoming"
THUMBNAILS: Final = "thumbnails"
# For their owner only: pictures of people and plates are nobody else's business.
FOLDER_MODE: Final = 0o700


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFolders:
    """The folders that a store may use.

    `index` is for the index and the history. `cache` is for what backups leave out: thumbnails and unfinished
    files. `media` are the folders for pictures and clips that there are; `chosen` is the one that the user
    wants, None for the best one. Paths in the index are relative to `base`, where they lie within it.
    """

    base: Path
    index: Path
    cache: Path
    media: Mapping[MediaPlace, Path]
    chosen: MediaPlace | None = None

    def choose(self, before: MediaPlace | None) -> MediaPlace:
        """Return where new pictures and clips go; `before` is where they went until now.

        Unless the user chose, that is the media folder if it exists and can be written. One that was used and
        is away, as network shares may be, is not left for that.
        """
        if self.chosen is not None and self.chosen in self.media:
            return self.chosen
        media = self.media.get(MediaPlace.MEDIA)
        if media is None:
            return MediaPlace.CONFIGURATION
        is_usable = os.access(_existing(media), os.W_OK) and media.parent.parent.is_dir()
        return MediaPlace.MEDIA if is_usable or before is MediaPlace.MEDIA else MediaPlace.CONFIGURATION

    def parent_of(self, place: MediaPlace) -> Path:
        """Return the folder that has to be there for a place: it is not ours to make."""
        return self.media[place].parent.parent if place is MediaPlace.MEDIA else self.base

    def dump(self, path: Path) -> str:
        """Return a folder as the index names it."""
        return (path.relative_to(self.base) if path.is_relative_to(self.base) else path).as_posix()

    def load(self, text: str) -> Path:
        """Return the folder that the index names so."""
        return self.base / text


def _existing(path: Path) -> Path:
    """Return the nearest folder above a path that exists."""
    return next((folder for folder in (path, *path.parents) if folder.exists()), path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The folders that a store's files are in, by the numbers that the index has for them.

    New ones go to `target`. Files are written in `incoming`, on the same file system, and renamed.
    """

    roots: Mapping[int, Path]
    target: int
    incoming: Path
    thumbnails: Path

    @classmethod
    def unopened(cls, folders: StoreFolders) -> Self:
        """Return the places while the index has not said which there are."""
        return cls(
            roots={0: folders.index},
            target=0,
            incoming=folders.cache / INCOMING,
            thumbnails=folders.cache / THUMBNAILS,
        )

    @property
    def root(self) -> Path:
        """Return the folder that new pictures and clips go to."""
        return self.roots[self.target]

    def path(self, place: int, name: str) -> Path:
        """Return the path of a file that the index names so."""
        return self.roots[place] / name

    def name(self, place: int, path: Path) -> str:
        """Return how the index names a file."""
        return str(path).removeprefix(f"{self.roots[place]}/")


def make_folder(folder: Path, *, within: Path | None = None) -> None:
    """Make a folder with those above it, and have them on the disk; raises OSError.

    With `within`, that one has to exist: it may be a share that is away.
    """
    if within is not None and not within.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(within))
    new = [it for it in (folder, *folder.parents) if not it.exists()]
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    for made in new:
        sync(made.parent)


def sync(path: Path) -> None:
    """Have the content of a file, or the names in a folder, on the disk; raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def incoming_for(root: Path, cache: Path) -> Path:
    """Return the folder in which files for `root` are written, and make it; raises OSError.

    That is in the cache, which backups leave out, unless it is on another file system.
    """
    ours, theirs = cache / INCOMING, root / INCOMING
    make_folder(ours)
    probe, moved = ours / "probe", root / "probe"
    probe.write_bytes(b"probe")
    try:
        probe.rename(moved)
    except OSError as err:
        if err.errno != errno.EXDEV:
            raise
        make_folder(theirs)
        return theirs
    finally:
        for left in (probe, moved):
            left.unlink(missing_ok=True)
    return ours
