"""Fixtures of the tests of browsers."""

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from tests.web.helpers import Card


@pytest.fixture
async def media_source(hass: HomeAssistant) -> None:
    """Set up media sources before the server starts."""
    assert await async_setup_component(hass, "websocket_api", {})
    assert await async_setup_component(hass, "media_source", {})


@pytest.fixture
async def websocket_api(hass: HomeAssistant) -> None:
    """Set up the WebSocket API before the server starts."""
    assert await async_setup_component(hass, "websocket_api", {})


@pytest.fixture
async def card(hass: HomeAssistant, hass_ws_client) -> Card:
    """Return an administrator's card."""
    return Card(await hass_ws_client(hass))
