"""FTP: who may connect and log in, and how often."""

import asyncio
from contextlib import AsyncExitStack
import time
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry

from custom_components.camera_push.transports.ftp_server import FtpServer
from custom_components.camera_push.transports.locality import PRIVATE_NETWORKS, parse_networks
from tests.common import configure, eventually, free_port
from tests.emulators.ff_ftp import CROP, VIEW, FtpClient
from tests.emulators.ff_tcp import TcpLink
from tests.transports.helpers import LOGIN, ftp_state as state

SERVER = "custom_components.camera_push.transports.ftp_server"
LOGIN_MODULE = "custom_components.camera_push.transports.ftp_login"
SESSION = "custom_components.camera_push.transports.ftp_session"


def server_of(entry: ConfigEntry) -> FtpServer:
    (receiver,) = [it for it in entry.runtime_data.receivers._receivers if it.kind == "ftp"]  # noqa: SLF001  # No option sets its networks.
    return receiver


class TestLogin:
    """Guessing passwords is slow, and nobody holds a connection without one."""

    async def test_three_wrong_passwords_close_the_connection(self, port) -> None:
        with patch(f"{LOGIN_MODULE}.WRONG_PASSWORD_SECONDS", 0):
            async with FtpClient(port, password="wrong") as client:
                assert [await client.login() for _ in range(3)] == [530] * 3
                assert await client.reply() == (0, "")
            async with FtpClient(port) as client:
                assert await client.login() == 230

    async def test_pipelined_passwords(self, ff_entry, port) -> None:
        """A thousand in one go are three, one after the other."""
        logged_in = []
        with (
            patch.object(
                ff_entry.runtime_data.receiver,
                "async_logged_in",
                lambda address, section, success: logged_in.append(success),
            ),
            patch(f"{LOGIN_MODULE}.WRONG_PASSWORD_SECONDS", 0.3),
        ):
            began = time.monotonic()
            async with FtpClient(port) as client:
                client.writer.write(b"USER camera\r\n" + b"PASS wrong\r\n" * 1000 + b"PASS secret\r\n")
                answers = [await client.reply() for _ in range(5)]
            assert [code for code, _ in answers] == [331, 530, 530, 530, 0]
            assert time.monotonic() - began >= 0.6
        assert logged_in == [False] * 3

    async def test_the_address_is_delayed(self, port) -> None:
        """Whatever the connection, even if it hangs up; other addresses are not."""
        with patch(f"{LOGIN_MODULE}.WRONG_PASSWORD_SECONDS", 2):
            began = time.monotonic()
            async with FtpClient(port, password="wrong") as client:
                assert await client.login() == 530
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=("127.0.0.7", 0))
            async with FtpClient(port) as client:
                same_address = asyncio.create_task(client.login())
                writer.write(b"USER camera\r\nPASS secret\r\n")
                assert [(await reader.readline())[:3] for _ in range(3)] == [b"220", b"331", b"230"]
                assert await same_address == 230
            assert time.monotonic() - began >= 2
            writer.close()

    async def test_many_connections_gain_nothing(self, ff_entry, port) -> None:
        with patch(f"{LOGIN_MODULE}.WRONG_PASSWORD_SECONDS", 0.2):
            began = time.monotonic()
            async with AsyncExitStack() as stack:
                clients = [
                    await stack.enter_async_context(FtpClient(port, password="wrong")) for _ in range(8)
                ]
                assert await asyncio.gather(*(client.login() for client in clients)) == [530] * 8
            assert time.monotonic() - began >= 7 * 0.2

    async def test_time_to_log_in(self, ff_entry, port) -> None:
        async with FtpClient(port) as camera:
            assert await camera.login() == 230
            with patch(f"{SESSION}.LOGIN_SECONDS", 0.3):
                async with FtpClient(port) as silent, FtpClient(port) as busy:
                    busy.writer.write(b"NOOP\r\n" * 10)
                    while (code := (await busy.reply())[0]) == 200:
                        pass
                    assert code == (await silent.reply())[0] == 421
                    assert await silent.reply() == await busy.reply() == (0, "")
            assert (await camera.store("gate/a.jpg", VIEW))[0] == 226
        assert state(ff_entry)["refused"] == {"timeout": 2}

    async def test_networks(self, hass, ff_entry, port) -> None:
        """Those of private addresses, where nothing else is set."""
        assert server_of(ff_entry)._settings.networks == parse_networks(PRIVATE_NETWORKS)  # noqa: SLF001  # The default lets in every address that a test has.
        async with FtpClient(port) as client:
            assert await client.login() == 230
        ftp = {"port": port, **LOGIN, "networks": ["127.0.0.7", "192.0.2.0/24"]}
        await configure(hass, ff_entry, ftp=ftp)
        async with TcpLink(port) as stranger:
            assert await stranger.is_closed()
        async with TcpLink(port, local="127.0.0.7") as camera:
            assert (await camera.reader.readline()).startswith(b"220")
        assert state(ff_entry)["refused"] == {"network": 1}


async def test_an_address_has_its_share(hass, ff_entry, socket_enabled) -> None:
    """However many connections it opens, cameras at other addresses stay, and who logged in does."""
    number = free_port()
    with patch.multiple(SERVER, MAX_CONNECTIONS=6, MAX_CONNECTIONS_OF_ONE=4):
        await configure(hass, ff_entry, ftp={"port": number, **LOGIN})
    async with FtpClient(number) as camera, AsyncExitStack() as stack:
        assert await camera.login() == 230
        for _ in range(20):
            reader, writer = await asyncio.open_connection("127.0.0.1", number, local_addr=("127.0.0.7", 0))
            stack.callback(writer.close)
        await eventually(lambda: state(ff_entry)["gave_way"] == 16)
        assert (await reader.readline()).startswith(b"220")
        for _ in range(5):
            last = await stack.enter_async_context(FtpClient(number))
        assert await last.login() == 230
        assert (await last.store("gate/a.jpg", VIEW))[0] == 226
        assert (await camera.store("gate/b.jpg", CROP))[0] == 226
    await eventually(lambda: state(ff_entry)["connected"] == 0)
