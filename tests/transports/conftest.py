"""Fixtures of the tests of transports."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from tests.common import configure, free_port
from tests.transports.helpers import LOGIN


@pytest.fixture
async def port(hass: HomeAssistant, ff_entry: ConfigEntry, socket_enabled: None) -> int:
    """Return the port that the entry's FTP server listens at."""
    number = free_port()
    await configure(hass, ff_entry, ftp={"port": number, **LOGIN})
    return number
