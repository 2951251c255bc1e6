"""Fixtures of the tests of the store."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from custom_components.camera_push.storage.retention import Retention
from custom_components.camera_push.storage.store import Store
from tests.stores import folders_in


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the folder of stores."""
    return tmp_path / "store"


@pytest.fixture
async def new_store(root: Path) -> AsyncIterator[Callable[..., Store]]:
    """Return a function that makes a store; all are closed in the end."""
    stores: list[Store] = []

    def new(**retention: int) -> Store:
        stores.append(Store(folders_in(root), ZoneInfo("Europe/Berlin"), Retention(**retention)))
        return stores[-1]

    yield new
    for store in stores:
        await store.close()
