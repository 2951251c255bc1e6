"""A server in the internet cannot make us fetch from the local network, whatever it calls what is there."""

from collections.abc import AsyncIterator
import socket
from unittest.mock import patch

from aiohttp import (
    ClientConnectorError,
    ClientSession,
    InvalidUrlClientError,
    TCPConnector,
    ThreadedResolver,
    web,
)
from aiohttp.test_utils import TestServer
from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import HomeAssistant
import pytest
from pytest_socket import socket_allow_hosts

from custom_components.camera_push.transports.locality import (
    async_get_global_session,
    async_is_local_server,
    is_global,
)
from tests.common import only_global


@pytest.mark.parametrize(
    "address",
    [
        *(
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.8.8.8",
            "169.254.169.254",
        ),
        *(
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
        ),
        *("198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:192.168.1.1", "::ffff:0:0"),
        *("64:ff9b::c0a8:101", "64:ff9b::808:808", "64:ff9b:1::1", "2002:c0a8:101::1", "2002:808:808::1"),
        *(
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fe80::1%eth0",
            "fec0::1",
            "ff02::1",
        ),
        *("ff0e::1", "100::1", "5f00::1", "3fff::1"),
    ],
)
def test_not_in_the_internet(address: str) -> None:
    assert not is_global(address)


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "8.8.8.8", "100.63.0.1", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8"],
)
def test_in_the_internet(address: str) -> None:
    assert is_global(address)


@pytest.fixture
async def server(socket_enabled: None) -> AsyncIterator[TestServer]:
    """Return a server in the local network that has a secret, and one that leads there."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text="secret")

    async def lead(request: web.Request) -> web.Response:
        raise web.HTTPFound(request.query["to"])

    socket_allow_hosts(["127.0.0.1", "127.0.0.2", "0.0.0.0", "::1", "::ffff:127.0.0.1"])
    app = web.Application()
    app.router.add_get("/", answer)
    app.router.add_get("/lead", lead)
    server = TestServer(app, host="0.0.0.0")
    async with server:
        yield server


@pytest.fixture
async def session(hass: HomeAssistant, socket_enabled: None) -> AsyncIterator[ClientSession]:
    """Return the session, which Home Assistant closes."""
    session = async_get_global_session(hass)
    assert async_get_global_session(hass) is session
    yield session
    hass.bus.async_fire(EVENT_HOMEASSISTANT_CLOSE)
    await hass.async_block_till_done()
    assert session.closed


HOSTS = (
    "127.0.0.1",
    "localhost",
    "0.0.0.0",
    "127.1",
    "2130706433",
    "[::ffff:127.0.0.1]",
    "[::1]",
)


@pytest.mark.parametrize("host", HOSTS)
async def test_leads_nowhere(server: TestServer, session: ClientSession, host: str) -> None:
    url = f"http://{host}:{server.port}/"
    if host in ("127.0.0.1", "localhost", "0.0.0.0", "[::ffff:127.0.0.1]"):
        async with ClientSession() as ordinary, ordinary.get(url) as response:
            assert await response.text() == "secret"
    # Of odd spellings of an address, aiohttp wants to know nothing itself.
    with pytest.raises((ClientConnectorError, InvalidUrlClientError)):
        await session.get(url)


@pytest.mark.parametrize("host", HOSTS)
async def test_redirects_lead_nowhere(server: TestServer, session: ClientSession, host: str) -> None:
    with only_global("127.0.0.2"):
        async with session.get(f"http://127.0.0.2:{server.port}/") as response:
            assert await response.text() == "secret"
        with pytest.raises((ClientConnectorError, InvalidUrlClientError)):
            await session.get(f"http://127.0.0.2:{server.port}/lead?to=http://{host}:{server.port}/")


async def test_name_that_leads_elsewhere_later(server: TestServer, session: ClientSession) -> None:
    """Asked before, it was one in the internet; what counts is what is connected to."""
    answers = [["127.0.0.2"], ["127.0.0.1"], ["127.0.0.1", "127.0.0.2"]]

    async def resolve(self, host, port=0, family=socket.AF_INET):
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "family": socket.AF_INET,
                "proto": 0,
                "flags": socket.AI_NUMERICHOST,
            }
            for address in answers.pop(0)
        ]

    url = f"http://storage.example:{server.port}/"
    connector = session.connector
    assert isinstance(connector, TCPConnector)
    with only_global("127.0.0.2"), patch.object(ThreadedResolver, "resolve", resolve):
        async with session.get(url, headers={"Connection": "close"}) as response:
            assert response.status == 200
        connector.clear_dns_cache()
        with pytest.raises(ClientConnectorError):
            await session.get(url)
        connector.clear_dns_cache()
        # Of several, only those in the internet are tried.
        async with session.get(url) as response:
            assert response.status == 200


async def test_which_servers_are_local() -> None:
    assert await async_is_local_server("127.0.0.1")
    assert await async_is_local_server("localhost")
    assert await async_is_local_server("192.168.1.7")
    assert not await async_is_local_server("8.8.8.8")
    with only_global("127.0.0.1"):
        # One of several is enough.
        assert not await async_is_local_server("localhost")
