"""Fixtures of cameras that are set up from Home Assistant."""

from homeassistant.core import HomeAssistant
import pytest

from tests.sources.set_up import BASE


@pytest.fixture
async def cgi(request: pytest.FixtureRequest, socket_enabled: None):
    """Return the CGI server of a camera of the test module's system (`CAMERA`)."""
    server = request.module.CAMERA()
    async with server.serve():
        yield server


@pytest.fixture
def address(hass: HomeAssistant) -> None:
    """Let Home Assistant know its address."""
    hass.config.internal_url = BASE
