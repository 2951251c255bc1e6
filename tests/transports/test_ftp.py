"""FTP: uploads that are renamed, and what is answered to what we do not do."""

import asyncio
from ftplib import FTP
from unittest.mock import patch

from homeassistant.util import dt as dt_util
import pytest

from custom_components.camera_push.domain.quota import FREE_BYTES
from tests.common import configure, entity_id, eventually, free_port, shown
from tests.emulators.ff_ftp import CROP, VIEW, FtpClient, name, path
from tests.emulators.ff_tcp import TcpLink
from tests.transports.helpers import LOGIN, ftp_state as state

SERVER = "custom_components.camera_push.transports.ftp_server"
INBOX = "custom_components.camera_push.transports.ftp_inbox"
FILES = "custom_components.camera_push.transports.ftp_files"


async def test_replies_that_nobody_reads(ff_entry, port) -> None:
    """A client that only talks is not listened to any more."""
    _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
    transport = writer.transport
    assert isinstance(transport, asyncio.Transport)
    transport.pause_reading()
    with patch(f"{SERVER}.COMMANDS_PER_SECOND", 1_000_000):
        sent = 0
        while sent < 30_000_000:
            writer.write(b"NOOP\r\n" * 10_000)
            sent += 60_000
            try:
                await asyncio.wait_for(writer.drain(), 1)
            except TimeoutError:
                break
    assert sent < 30_000_000
    writer.transport.abort()
    await eventually(lambda: state(ff_entry)["connected"] == 0)


class TestRename:
    """Clients that upload under a temporary name and rename: the final name says what it is."""

    @pytest.mark.parametrize(
        "temporary", ["{}.tmp", "{}.part", ".{}", ".in.{}.", "{}_", "upload.tmp", "tmpX1", "20260101"]
    )
    async def test_handed_on_with_its_final_name(self, hass, ff_entry, port, plates, temporary) -> None:
        at = dt_util.now()
        final = path("gate", at, name(at))
        folder, _, file_name = final.rpartition("/")
        old = f"{folder}/{temporary.format(file_name)}"
        async with FtpClient(port) as client:
            await client.login()
            assert (await client.store(old, VIEW))[0] == 226
            await hass.async_block_till_done()
            assert plates == []
            assert ff_entry.runtime_data.hub.cameras == {}
            assert (await client.command(f"SIZE {old}"))[1] == f"213 {len(VIEW)}"
            assert (await client.command(f"RNFR {old}"))[0] == 350
            assert (await client.command(f"RNTO {final}"))[0] == 250
            await hass.async_block_till_done()
            assert [event.data["plate"] for event in plates] == ["47ATDPN"]
            assert await shown(hass, ff_entry, "snapshot") == VIEW
            assert (await client.command(f"SIZE {final}"))[1] == f"213 {len(VIEW)}"
            assert (await client.command(f"SIZE {old}"))[0] == 550
        assert state(ff_entry)["waiting_bytes"] == 0
        assert state(ff_entry)["files"] == 1

    async def test_refused_with_its_final_name(self, ff_entry, port) -> None:
        async with FtpClient(port) as client:
            await client.login()
            assert (await client.store("gate/a.tmp", b"hello"))[0] == 226
            await client.command("RNFR gate/a.tmp")
            code, text = await client.command("RNTO gate/a.jpg")
            assert (code, text[:15]) == (550, "550 The picture")
        assert state(ff_entry)["refused"] == {"picture": 1}

    async def test_several_names(self, hass, ff_entry, port) -> None:
        """From one temporary name to another one, and a file that was handed on already."""
        async with FtpClient(port) as client:
            await client.login()
            await client.store("gate/a.tmp", VIEW)
            for old, new in (("a.tmp", "a.part"), ("a.part", "a.jpg"), ("a.jpg", "b.jpg")):
                assert (await client.command(f"RNFR gate/{old}"))[0] == 350
                assert (await client.command(f"RNTO gate/{new}"))[0] == 250
            assert (await client.command("RNTO gate/c.jpg"))[0] == 503
            assert (await client.command("RNFR gate/a.jpg"))[0] == 550
        await hass.async_block_till_done()
        assert state(ff_entry)["files"] == 1
        assert await shown(hass, ff_entry, "snapshot") == VIEW

    async def test_final_name_that_never_comes(self, hass, ff_entry, port, plates) -> None:
        """After a while, it is what it would have been called: nothing is lost."""
        at = dt_util.now()
        with patch(f"{FILES}.RENAME_SECONDS", 0.2):
            async with FtpClient(port) as client:
                await client.login()
                assert (await client.store(f"{path('gate', at, name(at))}.tmp", VIEW))[0] == 226
                await eventually(lambda: len(plates) == 1)
                assert (await client.command(f"RNFR {path('gate', at, name(at))}.tmp"))[0] == 350
                assert (await client.command(f"RNTO {path('gate', at, name(at))}"))[0] == 250
        await hass.async_block_till_done()
        assert [event.data["vehicle"]["color"] for event in plates] == ["BLACK"]
        assert state(ff_entry)["waiting_bytes"] == 0

    async def test_client_that_hangs_up_before_it_renames(self, hass, ff_entry, port, plates) -> None:
        at = dt_util.now()
        async with FtpClient(port) as client:
            await client.login()
            assert (await client.store(f"{path('gate', at, name(at))}.tmp", VIEW))[0] == 226
        await eventually(lambda: len(plates) == 1)

    async def test_reload_before_it_is_renamed(self, hass, ff_entry, port, plates) -> None:
        """It was answered: it is told while there are entities, and stored."""
        at = dt_util.now()
        async with FtpClient(port) as client:
            await client.login()
            await client.store(path("gate", at, name(at, "FIRST")), VIEW)
            await eventually(lambda: len(plates) == 1)
            await hass.async_block_till_done()
            assert (await client.store(f"{path('gate', at, name(at))}.tmp", CROP))[0] == 226
            assert await hass.config_entries.async_reload(ff_entry.entry_id)
        await hass.async_block_till_done()
        assert [event.data["plate"] for event in plates] == ["FIRST", "47ATDPN"]
        assert hass.states.get(entity_id(hass, ff_entry, "sensor", "gate", "plate")).state == "47ATDPN"
        assert await shown(hass, ff_entry, "snapshot") == CROP
        assert ff_entry.runtime_data.traffic.refused.total() == 0

    async def test_unload_that_fails(self, hass, ff_entry, port, plates) -> None:
        """The entry goes on to receive."""
        with patch.object(hass.config_entries, "async_unload_platforms", return_value=False):
            assert not await hass.config_entries.async_unload(ff_entry.entry_id)
        async with FtpClient(port) as client:
            await client.login()
            at = dt_util.now()
            assert (await client.store(path("gate", at, name(at)), VIEW))[0] == 226
        await eventually(lambda: len(plates) == 1)
        await hass.async_block_till_done()
        assert hass.states.get(entity_id(hass, ff_entry, "sensor", "gate", "plate")).state == "47ATDPN"

    async def test_end_of_the_session_before_the_end_of_the_file(self, hass, ff_entry, port, plates) -> None:
        """Its name cannot come any more once all of it is here: nothing is waited for."""
        at = dt_util.now()
        async with FtpClient(port) as client:
            await client.login()
            host, data_port = await client.data_port()
            async with TcpLink(data_port, host) as data:
                await client.command(f"STOR {path('gate', at, name(at))}.tmp")
                await data.send_bytes(VIEW)
                client.writer.close()
                await eventually(lambda: state(ff_entry)["connected"] == 0)
                assert plates == []
                data.writer.close()
                await eventually(lambda: len(plates) == 1)

    async def test_bounded(self, hass, ff_entry, socket_enabled) -> None:
        """So many wait at once, within the memory that there is; the first that came is handed on first."""
        number = free_port()
        with patch(f"{INBOX}.MAX_WAITING_BYTES", 100_000):
            await configure(hass, ff_entry, ftp={"port": number, **LOGIN})
        large = VIEW + bytes(FREE_BYTES) + b"\xff\xd9"
        async with FtpClient(number) as client:
            await client.login()
            codes = [(await client.store(f"gate/{at}.tmp", large))[0] for at in range(6)]
            # Each takes what is free beside the quota, and a little of that.
            assert set(codes) == {226}
            await eventually(lambda: state(ff_entry)["files"] == 2)
            assert state(ff_entry)["waiting_bytes"] == 4 * (len(large) - FREE_BYTES)
            assert (await client.store("gate/large.tmp", bytes(100_000) + large))[0] == 451
            # The same name again.
            assert (await client.store("gate/5.tmp", large))[0] == 226
            assert state(ff_entry)["waiting_bytes"] == 4 * (len(large) - FREE_BYTES)
        await eventually(lambda: state(ff_entry)["waiting_bytes"] == 0)
        assert state(ff_entry)["files"] == 6


class TestAnswers:
    """What is not offered is said."""

    @pytest.mark.parametrize("command", ["PORT 127,0,0,1,200,10", "EPRT |1|127.0.0.1|51210|"])
    async def test_active_mode(self, port, command) -> None:
        async with FtpClient(port) as client:
            await client.login()
            code, text = await client.command(command)
            assert (code, "passive mode" in text) == (502, True)

    async def test_features(self, port) -> None:
        async with FtpClient(port) as client:
            code, text = await client.command("FEAT")
            assert code == 211
            assert text.splitlines() == ["211-Features:", " EPSV", " PASV", " SIZE", " UTF8", "211 End"]
            assert (await client.command("OPTS UTF8 ON"))[0] == 200

    async def test_paths(self, port) -> None:
        """Folders are resolved without being there; a path is no longer than the system's own."""
        async with FtpClient(port) as client:
            await client.login()
            for line, folder in (
                ("CWD gate/a", "/gate/a"),
                ("CWD ../b//./c/", "/gate/b/c"),
                ("CWD //x/../../y", "/y"),
                ("CDUP", "/"),
                ("CWD ../..", "/"),
            ):
                assert (await client.command(line))[0] == 250
                assert (await client.command("PWD"))[1] == f'257 "{folder}"'
            assert (await client.command(f"CWD {'a/' * 2000}"))[0] == 250
            assert await client.command(f"CWD {'a/' * 1000}") == (552, "552 The path is too long.")
            assert (await client.command("CWD /gate"))[0] == 250

    async def test_size_of_what_is_not_there(self, port) -> None:
        async with FtpClient(port) as client:
            assert (await client.command("SIZE gate/a.jpg"))[0] == 530
            assert (await client.command("RNFR gate/a.jpg"))[0] == 530
            assert (await client.command("RNTO gate/a.jpg"))[0] == 530
            await client.login()
            assert (await client.store("gate/bad.jpg", b"hello"))[0] == 550
            for file_name in ("a.jpg", "bad.jpg"):
                assert (await client.command(f"SIZE gate/{file_name}"))[0] == 550
            for number in range(3):
                await client.store(f"gate/{number}.jpg", VIEW)
            assert (await client.command("SIZE /gate/1.jpg"))[1] == f"213 {len(VIEW)}"

    async def test_python(self, hass, ff_entry, port, plates) -> None:
        """The standard library's client uploads, asks for the size, and renames."""
        at = dt_util.now()
        final = path("gate", at, name(at))

        def upload() -> int | None:
            with FTP() as ftp:
                ftp.connect("127.0.0.1", port, timeout=30)
                ftp.login("camera", "secret")
                ftp.voidcmd("TYPE I")
                with ftp.transfercmd(f"STOR {final}.tmp") as connection:
                    connection.sendall(VIEW)
                ftp.voidresp()
                size = ftp.size(f"{final}.tmp")
                ftp.rename(f"{final}.tmp", final)
                return size

        assert await hass.async_add_executor_job(upload) == len(VIEW)
        await eventually(lambda: len(plates) == 1)


async def test_data_connection_of_somebody_who_is_gone(ff_entry, port) -> None:
    """A data connection that is reset at once is no error of ours."""
    async with FtpClient(port) as client:
        await client.login()
        host, data_port = await client.data_port()
        async with TcpLink(data_port, host) as data:
            data.writer.transport.abort()
        await client.command("STOR gate/a.jpg")
        assert (await client.reply())[0] in (425, 426, 550)
