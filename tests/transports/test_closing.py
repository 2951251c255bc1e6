"""Ports close whatever has just connected to them."""

import asyncio
import socket

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from tests.common import configure, free_port

PORTS = {
    "tcp": {},
    "ftp": {"username": "camera", "password": "secret"},
}


# asyncio's own, about a connection that it accepted in the very step in which its server was closed.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("kind", PORTS)
async def test_connections_that_are_not_served_yet(
    hass: HomeAssistant, ff_entry: ConfigEntry, socket_enabled: None, kind: str
) -> None:
    """They are accepted, but nothing of ours has seen them."""
    port = free_port()
    await configure(hass, ff_entry, **{kind: {"port": port, **PORTS[kind]}})
    receivers = ff_entry.runtime_data.receivers
    for steps in range(8):
        connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(3)]
        for _ in range(steps):
            await asyncio.sleep(0)
        async with asyncio.timeout(30):
            await receivers.async_close()
        for connection in connections:
            connection.close()
        await receivers.async_open()
        assert receivers.up() == [True]
