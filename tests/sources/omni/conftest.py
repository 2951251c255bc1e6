"""Fixtures of this folder's tests: in short, what others know by a longer name."""

from homeassistant.config_entries import ConfigEntry
import pytest


@pytest.fixture(autouse=True)
def _quick(quick_omni: None) -> None:
    """Shorten what waits in all of them."""


@pytest.fixture
def entry(omni_entry: ConfigEntry) -> ConfigEntry:
    """Return an entry that is connected."""
    return omni_entry


@pytest.fixture
def webhook_entry(omni_webhook_entry: ConfigEntry) -> ConfigEntry:
    """Return an entry that the platform pushes to."""
    return omni_webhook_entry
