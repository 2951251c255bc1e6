"""Deletes all that was kept for an entry; noted before, so that it is finished after a kill.

The note lies beside the folder of the index: a backup may still be reading that.
"""

from collections.abc import Collection
from pathlib import Path
import shutil
from typing import Final

from .places import StoreFolders, make_folder

_NOTE: Final = ".removed"


def _note(folders: StoreFolders) -> Path:
    return folders.index.with_name(f"{folders.index.name}{_NOTE}")


def note(folders: StoreFolders) -> None:
    """Note that a store is to be deleted; raises OSError."""
    make_folder(folders.index.parent)
    _note(folders).touch()


def delete(folders: StoreFolders) -> None:
    """Delete a store that is closed, and the note of it."""
    for folder in (folders.cache, *folders.media.values(), folders.index):
        shutil.rmtree(folder, ignore_errors=True)
    if not folders.index.exists():
        _note(folders).unlink(missing_ok=True)


def unfinished(parent: Path, kept: Collection[str]) -> list[str]:
    """Return the names of the folders in `parent` that were to be deleted.

    The notes of those in `kept` are deleted: their entries are there again, as after a backup is restored.
    """
    found = [path for path in parent.glob(f"*{_NOTE}") if path.is_file()]
    for path in found:
        if path.name.removesuffix(_NOTE) in kept:
            path.unlink(missing_ok=True)
    return [name for path in found if (name := path.name.removesuffix(_NOTE)) not in kept]
