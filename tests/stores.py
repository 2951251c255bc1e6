"""Stores of tests."""

from pathlib import Path

from custom_components.camera_push.domain.options import MediaPlace
from custom_components.camera_push.storage.places import StoreFolders


def folders_in(root: Path) -> StoreFolders:
    """Return folders for a store that has everything in one."""
    return StoreFolders(base=root, index=root, cache=root, media={MediaPlace.CONFIGURATION: root})
