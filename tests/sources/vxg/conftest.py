"""Fixtures of this folder's tests: in short, what others know by a longer name."""

from homeassistant.config_entries import ConfigEntry
import pytest


@pytest.fixture(autouse=True)
def _quick(quick_vxg: None) -> None:
    """Shorten what waits in all of them."""


@pytest.fixture
def entry(vxg_entry: ConfigEntry) -> ConfigEntry:
    """Return an entry for one channel that polls."""
    return vxg_entry
