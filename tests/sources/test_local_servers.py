"""A server in the internet, whatever it names or comes to be, does not have us ask in the local network."""

import asyncio
from collections.abc import AsyncIterator
import socket
from unittest.mock import patch

from aiohttp import web
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_socket import socket_allow_hosts

from custom_components.camera_push.sources.local_servers import CONF_LOCAL_SERVERS
from tests.common import configure, eventually, only_global
from tests.config_flows import start_reauth, start_reconfigure, submit
from tests.emulators.omni import OmniPlatform
from tests.emulators.pictures import jpeg
from tests.emulators.vxg import VxgServer
from tests.sources.omni import helpers as omni
from tests.sources.vxg import helpers as vxg

# Emulators are at 127.0.0.1; what has a secret is at another address of the local network.
FAR, INSIDE = "127.0.0.1", "127.0.0.2"


class Inside:
    """A device in the local network that shows whoever asks a picture."""

    def __init__(self) -> None:
        self.port = 0
        self.asked: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        return web.Response(body=jpeg("inside"), content_type="image/jpeg")


@pytest.fixture
async def inside(socket_enabled: None) -> AsyncIterator[Inside]:
    """Return a device in the local network."""
    socket_allow_hosts([FAR, INSIDE])
    it = Inside()
    app = web.Application()
    app.router.add_get("/{tail:.*}", it.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "0.0.0.0", 0).start()
    it.port = runner.addresses[0][1]
    yield it
    await runner.cleanup()


def names(hass: HomeAssistant, found: dict[str, str]):
    """Have names lead to addresses, which can change."""
    look_up = socket.getaddrinfo

    async def getaddrinfo(host, port, **options):
        return look_up(found.get(host, host), port, **options)

    return patch.object(hass.loop, "getaddrinfo", getaddrinfo)


class TestVxg:
    """Its links lead to any host, and its own name wherever its owner wants."""

    @pytest.mark.parametrize("host", [INSIDE, "inside.example", "0.0.0.0", "[::ffff:127.0.0.2]"])
    async def test_links(self, hass, server: VxgServer, cloud, inside: Inside, host: str) -> None:
        with only_global(FAR), names(hass, {"inside.example": INSIDE}):
            await vxg.add_account(hass, server)
            server.happen(picture=True)
            await eventually(lambda: len(cloud) == 1)
            # What is in the internet is fetched.
            assert cloud[0].data["picture"] is not None
            server.happen()["thumb"] = {"url": f"http://{host}:{inside.port}/picture.jpg"}
            await eventually(lambda: len(cloud) == 2)
        assert cloud[1].data["picture"] is None
        assert inside.asked == []

    async def test_links_of_a_local_server(self, hass, server, cloud, inside) -> None:
        await vxg.add_account(hass, server)
        server.happen()["thumb"] = {"url": f"http://{INSIDE}:{inside.port}/picture.jpg"}
        await eventually(lambda: len(cloud) == 1)
        assert cloud[0].data["picture"] is not None
        assert inside.asked == ["/picture.jpg"]

    async def test_name_that_moves_in(self, hass, server, inside) -> None:
        """It was in the internet when it was set up: it is not asked for again what it is now."""
        server.closes = True
        found = {"cloud.example": FAR}
        url = f"http://cloud.example:{server.port}"
        with only_global(FAR), names(hass, found):
            flow = await vxg.start(hass, "vxg_key")
            result = await submit(hass, flow, {"url": url, "api_key": server.key})
            assert result["type"] is FlowResultType.CREATE_ENTRY
            entry = result["result"]
            assert entry.data[CONF_LOCAL_SERVERS] == {"cloud.example": False}
            await hass.config_entries.async_unload(entry.entry_id)
        server.requests.clear()
        # Now the same name leads to where our own network is.
        with only_global("192.0.2.1"), names(hass, found):
            await hass.config_entries.async_setup(entry.entry_id)
            assert entry.state is ConfigEntryState.SETUP_RETRY
            assert server.requests == []

    async def test_server_that_its_user_moved_in(self, hass, server) -> None:
        """Only whoever sets it up again has it asked for again."""
        # A connection that is there already leads to where it was made.
        server.closes = True
        with only_global(FAR):
            entry = await vxg.add_account(hass, server)
            assert entry.data[CONF_LOCAL_SERVERS] == {FAR: False}
            await hass.config_entries.async_unload(entry.entry_id)
        flow = await start_reauth(hass, entry)
        assert (await submit(hass, flow, {"api_key": server.key}))["errors"] == {"base": "cannot_connect"}
        flow = await start_reconfigure(hass, entry)
        result = await submit(hass, flow, {"url": server.url})
        assert result["reason"] == "vxg_reconfigured"
        assert entry.data[CONF_LOCAL_SERVERS] == {FAR: True}

    async def test_name_of_which_one_address_is_in_the_internet(self, hass, server) -> None:
        flow = await vxg.start(hass, "vxg_key")

        async def getaddrinfo(host, port, **options):
            return [
                found for address in (FAR, INSIDE) for found in socket.getaddrinfo(address, port, **options)
            ]

        with only_global(FAR), patch.object(hass.loop, "getaddrinfo", getaddrinfo):
            url = f"http://cloud.example:{server.port}"
            result = await submit(hass, flow, {"url": url, "api_key": server.key})
        assert result["result"].data[CONF_LOCAL_SERVERS] == {"cloud.example": False}

    @pytest.mark.parametrize("error", [socket.gaierror(socket.EAI_NONAME, "no"), UnicodeError("long")])
    async def test_name_that_is_not_found(self, hass, server, error) -> None:
        flow = await vxg.start(hass, "vxg_key")
        with patch.object(hass.loop, "getaddrinfo", side_effect=error):
            result = await submit(hass, flow, {"url": "http://nobody.example", "api_key": server.key})
        assert result["errors"] == {"base": "cannot_connect"}


class TestOmni:
    """The platform's own name."""

    async def test_websocket(self, hass, platform: OmniPlatform, people) -> None:
        found = {"platform.example": FAR}
        address = omni.filled_in(platform, url=f"http://platform.example:{platform.port}")
        with only_global(FAR), names(hass, found):
            result = await submit(hass, await omni.start(hass), address)
            assert result["type"] is FlowResultType.CREATE_ENTRY
            entry = result["result"]
            assert entry.data[CONF_LOCAL_SERVERS] == {"platform.example": False}
            await eventually(lambda: len(platform.sockets) == 1)
        connections = platform.connections
        with only_global("192.0.2.1"), names(hass, found):
            await hass.config_entries.async_reload(entry.entry_id)
            assert entry.state is ConfigEntryState.SETUP_RETRY
        assert platform.connections == connections

    async def test_webhook(self, hass, platform, omni_webhook_entry, poster, people) -> None:
        """Pictures come from where the platform was when the options were set."""
        entry = omni_webhook_entry
        found = {"platform.example": FAR}
        url = f"http://platform.example:{platform.port}"

        async def push() -> None:
            event = platform.event()
            for key in ("image_link", "original_image_link"):
                event["event"][key] = event["event"][key].replace(FAR, "platform.example")
            assert (await platform.post(poster, entry.data["webhook_id"], event)).status == 200

        with only_global(FAR), names(hass, found):
            await configure(hass, entry, platform={"url": url, "verify_ssl": True})
            assert entry.data[CONF_LOCAL_SERVERS] == {"platform.example": False}
        with only_global("192.0.2.1"), names(hass, found):
            await hass.config_entries.async_reload(entry.entry_id)
            await push()
        assert people[-1].data["picture"] is None
        assert platform.asked == []

    async def test_name_that_is_found_later(self, hass, platform, omni_webhook_entry) -> None:
        """That pictures cannot be had keeps no entry from being set up."""
        entry = omni_webhook_entry
        url = f"http://platform.example:{platform.port}"

        async def getaddrinfo(*_, **__):
            raise socket.gaierror(socket.EAI_AGAIN, "not now")

        with patch.object(hass.loop, "getaddrinfo", getaddrinfo):
            await configure(hass, entry, platform={"url": url, "verify_ssl": True})
        assert entry.state is ConfigEntryState.LOADED
        assert CONF_LOCAL_SERVERS not in entry.data
        with names(hass, {"platform.example": FAR}):
            await hass.config_entries.async_reload(entry.entry_id)
        assert entry.data[CONF_LOCAL_SERVERS] == {"platform.example": True}
        await asyncio.sleep(0)
