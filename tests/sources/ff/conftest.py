"""Fixtures of this folder's tests."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from tests.common import configure, free_port


@pytest.fixture
async def ftp_port(hass: HomeAssistant, ff_entry: ConfigEntry, socket_enabled: None) -> int:
    """Return the port that the entry's FTP server listens at."""
    number = free_port()
    result = await configure(hass, ff_entry, ftp={"port": number, "username": "camera", "password": "secret"})
    assert result["type"] == "create_entry"
    return number


@pytest.fixture
async def tcp_port(hass: HomeAssistant, ff_entry: ConfigEntry, socket_enabled: None) -> int:
    """Return the port that the entry listens at."""
    number = free_port()
    await configure(hass, ff_entry, tcp={"port": number})
    return number
