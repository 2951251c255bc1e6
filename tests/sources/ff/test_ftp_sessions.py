"""The FTP port of an entry: nothing but to leave files, for who knows the password, while it is loaded."""

import asyncio
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.common import configure, folders_of, free_port, issues, states
from tests.emulators.ff_ftp import VIEW, FtpClient, deliver
from tests.emulators.ff_tcp import TcpLink

LOGIN = "custom_components.camera_push.transports.ftp_login"


class TestWriteOnly:
    """Cameras can leave pictures, and do nothing else."""

    @pytest.mark.parametrize(
        "command",
        [
            "LIST",
            "NLST",
            "MLSD",
            "MLST /",
            "RETR gate/a.jpg",
            "DELE gate/a.jpg",
            "RMD gate",
            "RNFR gate",
            "RNTO other",
            "APPE gate/a.jpg",
            "REST 5",
            "SITE CHMOD 777 /",
        ],
    )
    async def test_nothing_else(self, hass, ff_entry, ftp_port, command) -> None:
        await deliver(ftp_port, "gate/a.jpg")
        async with FtpClient(ftp_port) as client:
            await client.login()
            await client.data_port()
            before = states(hass)
            assert (await client.command(command))[0] in (502, 503, 550)
            assert states(hass) == before

    async def test_no_way_to_the_disk(self, hass, ff_entry, ftp_port, tmp_path: Path) -> None:
        for target in ("../../../../evil/x.jpg", f"{tmp_path}/x.jpg", "/etc/x.jpg", "a/../../b/x.jpg"):
            await deliver(ftp_port, target)
        await hass.async_block_till_done()
        assert not list(tmp_path.rglob("x.jpg"))
        files = {file for file in tmp_path.rglob("*") if file.is_file()}
        folder = folders_of(hass, ff_entry).index
        assert all(file.is_relative_to(folder) for file in files)
        first = tmp_path.parts[1]
        assert set(ff_entry.runtime_data.hub.cameras) == {"evil", first, "etc", "b"}

    @pytest.mark.parametrize("command", ["STOR a/b.jpg", "CWD a", "MKD a", "PASV", "EPSV", "PWD", "LIST"])
    async def test_nothing_before_login(self, ff_entry, ftp_port, command) -> None:
        async with FtpClient(ftp_port) as client:
            assert (await client.command(command))[0] in (503, 530, 550)
            assert (await client.command("PASS secret"))[0] == 503
        assert ff_entry.runtime_data.hub.cameras == {}

    async def test_store_without_a_data_port(self, ftp_port) -> None:
        async with FtpClient(ftp_port) as client:
            await client.login()
            assert (await client.command("STOR gate/a.jpg"))[0] == 503


class TestLogin:
    """User and password."""

    @pytest.fixture(autouse=True)
    def quick(self):
        with patch(f"{LOGIN}.WRONG_PASSWORD_SECONDS", 0):
            yield

    @pytest.mark.parametrize(
        ("user", "password"), [("camera", "wrong"), ("other", "secret"), ("camera", ""), ("anonymous", "x@y")]
    )
    async def test_wrong(self, ff_entry, ftp_port, user, password) -> None:
        async with FtpClient(ftp_port, user, password) as client:
            assert await client.login() == 530
            assert (await client.command("PASV"))[0] == 530
            assert (await client.command("STOR gate/a.jpg"))[0] == 530
            client.user, client.password = "camera", "secret"
            assert await client.login() == 230
            assert (await client.store("gate/a.jpg", VIEW))[0] == 226

    async def test_ten_in_a_row_are_an_issue(self, hass, ff, ftp_port) -> None:
        await ff.read()
        for number in range(10):
            assert "wrong_credentials" not in issues(hass), number
            async with FtpClient(ftp_port, password="wrong") as client:
                assert await client.login() == 530
        assert "wrong_credentials" in issues(hass)
        async with FtpClient(ftp_port) as client:
            assert await client.login() == 230
        assert "wrong_credentials" not in issues(hass)


async def test_closed_while_not_loaded(hass, ff_entry, ftp_port) -> None:
    async with FtpClient(ftp_port) as client:
        await client.login()
        await hass.config_entries.async_unload(ff_entry.entry_id)
        assert (await client.command("NOOP"))[0] == 0
    with pytest.raises(ConnectionRefusedError):
        await FtpClient(ftp_port).__aenter__()
    await hass.config_entries.async_setup(ff_entry.entry_id)
    assert (await deliver(ftp_port, "gate/a.jpg"))[0] == 226


async def test_commands_that_came_before_a_reload(hass, ff_entry, ftp_port) -> None:
    """Whoever sends a file and hangs up without waiting for answers has delivered it."""
    async with FtpClient(ftp_port) as client:
        await client.login()
        host, data_port = await client.data_port()
        async with TcpLink(data_port, host) as data:
            await data.send_bytes(VIEW)
        client.writer.write(b"NOOP\r\nSTOR gate/a.jpg\r\n")
        client.writer.close()
        await hass.config_entries.async_reload(ff_entry.entry_id)
    assert set(ff_entry.runtime_data.hub.cameras) == {"gate"}


async def test_passive_address_and_ports(hass, ff_entry, socket_enabled) -> None:
    number, first, last = free_port(), free_port(), free_port()
    ftp = {
        "port": number,
        "username": "camera",
        "password": "secret",
        "passive_ports": f"{first}-{last}",
        "passive_address": "192.0.2.9",
    }
    await configure(hass, ff_entry, ftp=ftp)
    async with FtpClient(number) as client:
        await client.login()
        host, data_port = await client.data_port()
    assert host == "192.0.2.9"
    assert first <= data_port <= last


async def test_passive_ports_are_used_again(hass, ff_entry, socket_enabled) -> None:
    number = free_port()
    ftp = {"port": number, "username": "camera", "password": "secret", "passive_ports": str(free_port())}
    await configure(hass, ff_entry, ftp=ftp)
    for _ in range(3):
        assert (await deliver(number, "gate/a.jpg"))[0] == 226
    async with FtpClient(number) as one, FtpClient(number) as two:
        await one.login()
        await two.login()
        await one.data_port()
        # Whoever has said no STOR yet gives way, and can ask again.
        host, data_port = await two.data_port()
        assert (await one.command("STOR gate/a.jpg"))[0] == 503
        assert (await two.command("STOR gate/b.jpg"))[0] == 150
        assert (await one.command("PASV"))[0] == 425
        async with TcpLink(data_port, host) as data:
            await data.send_bytes(VIEW)
        assert (await two.reply())[0] == 226
        assert (await one.store("gate/a.jpg", VIEW))[0] == 226
        assert (await two.store("gate/b.jpg", VIEW))[0] == 226


async def test_files_that_never_come_keep_no_other_camera_out(hass, ff_entry, socket_enabled) -> None:
    number, first = free_port(), free_port()
    ports = f"{first}-{first + 1}"
    ftp = {"port": number, "username": "camera", "password": "secret", "passive_ports": ports}
    await configure(hass, ff_entry, ftp=ftp)
    async with FtpClient(number) as one, FtpClient(number) as two:
        for client in (one, two):
            await client.login()
            await client.data_port()
            assert (await client.command("STOR gate/a.jpg"))[0] == 150
        async with FtpClient(number, local="127.0.0.9") as other:
            await other.login()
            assert (await other.store("gate/b.jpg", VIEW))[0] == 226
        assert (await one.reply())[0] == 425


async def test_slow_files_hold_no_passive_port(hass, ff_entry, socket_enabled) -> None:
    number = free_port()
    ftp = {"port": number, "username": "camera", "password": "secret", "passive_ports": str(free_port())}
    await configure(hass, ff_entry, ftp=ftp)
    async with FtpClient(number) as slow, FtpClient(number) as fast:
        await slow.login()
        await fast.login()
        host, data_port = await slow.data_port()
        async with TcpLink(data_port, host) as data:
            assert (await slow.command("STOR gate/a.jpg"))[0] == 150
            await data.send_bytes(VIEW[:100])
            assert (await fast.store("gate/b.jpg", VIEW))[0] == 226
            await data.send_bytes(VIEW[100:])
        assert (await slow.reply())[0] == 226


async def test_client_that_is_gone_holds_no_passive_port(hass, ff_entry, socket_enabled) -> None:
    number = free_port()
    ftp = {"port": number, "username": "camera", "password": "secret", "passive_ports": str(free_port())}
    await configure(hass, ff_entry, ftp=ftp)
    with patch("custom_components.camera_push.transports.ftp_data._GONE_SECONDS", 0.1):
        async with FtpClient(number) as gone:
            await gone.login()
            await gone.data_port()
            assert (await gone.command("STOR gate/a.jpg"))[0] == 150
        async with FtpClient(number) as camera:
            await camera.login()

            async def has_port() -> bool:
                return (await camera.command("PASV"))[0] == 227

            async with asyncio.timeout(10):
                while not await has_port():
                    await asyncio.sleep(0.05)
            assert (await camera.store("gate/b.jpg", VIEW))[0] == 226
