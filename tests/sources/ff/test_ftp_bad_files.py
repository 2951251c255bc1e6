"""Files over FTP that are damaged, too large, cut off or too many, and clients that hang up."""

import asyncio
from contextlib import suppress
from datetime import datetime
import gc
from unittest.mock import patch

from homeassistant.util import dt as dt_util
import pytest

from custom_components.camera_push.domain.errors import unavailable
from custom_components.camera_push.domain.quota import FREE_BYTES
from tests.common import configure, eventually, free_port, shown, states
from tests.emulators.ff_ftp import CROP, VIEW, FtpClient, deliver, name, path
from tests.emulators.ff_tcp import TcpLink
from tests.emulators.hang_ups import HangUp, send_and_hang_up

MODULE = "custom_components.camera_push.transports.ftp_inbox"


def local_now() -> datetime:
    return dt_util.now().replace(tzinfo=None)


class TestBadFiles:
    """What is no whole picture."""

    @pytest.mark.parametrize(
        "data",
        [b"", b"hello", b"<html></html>", VIEW[: len(VIEW) // 2], b"\xff\xd8\xff"],
        ids=["empty", "text", "page", "half", "beginning"],
    )
    async def test_cost_only_the_picture(self, hass, ff_entry, ftp_port, plates, data) -> None:
        """The read is in the name; a whole picture that follows is shown."""
        at = local_now()
        there = path("gate", at, name(at, "BAD1"))
        assert (await deliver(ftp_port, there, data))[0] == 226
        await hass.async_block_till_done()
        assert [(event.data["plate"], event.data["picture"]) for event in plates] == [("BAD1", None)]
        assert (await deliver(ftp_port, there))[0] == 226
        await hass.async_block_till_done()
        assert await shown(hass, ff_entry, "snapshot") == VIEW

    @pytest.mark.parametrize("data", [b"", b"<html></html>", VIEW[: len(VIEW) // 2]])
    async def test_refused_without_a_read_in_the_name(self, hass, ff_entry, ftp_port, plates, data) -> None:
        await deliver(ftp_port, "gate/a.jpg")
        await hass.async_block_till_done()
        before = states(hass)
        code, text = await deliver(ftp_port, "gate/a.jpg", data)
        assert code == 550
        assert text.startswith("550 The picture")
        await hass.async_block_till_done()
        assert states(hass) == before
        assert plates == []

    async def test_too_large(self, ff_entry, ftp_port) -> None:
        with patch(f"{MODULE}.MAX_FILE_BYTES", 100_000):
            code, _ = await deliver(ftp_port, "gate/a.jpg", VIEW + bytes(200_000))
        assert code == 552
        assert ff_entry.runtime_data.hub.cameras == {}

    async def test_connection_lost_halfway(self, ff_entry, ftp_port) -> None:
        code, _ = await deliver(ftp_port, "gate/a.jpg", VIEW, abort=True)
        assert code in (426, 550)
        assert ff_entry.runtime_data.hub.cameras == {}
        assert (await deliver(ftp_port, "gate/a.jpg"))[0] == 226

    @pytest.mark.parametrize(("share", "code"), [(1, 226), (0.5, 426)])
    async def test_reset(self, hass, ff_entry, ftp_port, share, code) -> None:
        """A picture that is all there was sent whole; one that is not was broken off."""
        async with FtpClient(ftp_port) as client:
            await client.login()
            host, data_port = await client.data_port()
            assert (await client.command("STOR gate/a.jpg"))[0] == 150
            data = VIEW[: int(len(VIEW) * share)]
            await send_and_hang_up(host, data_port, data, HangUp.RESET)
            assert (await client.reply())[0] == code
        assert ("gate" in ff_entry.runtime_data.hub.cameras) is (code == 226)

    async def test_bad_device_id(self, ff_entry, ftp_port) -> None:
        assert (await deliver(ftp_port, f"{'x' * 65}/a.jpg"))[0] == 550
        assert ff_entry.runtime_data.hub.cameras == {}

    async def test_slow(self, ff_entry, ftp_port) -> None:
        with patch(f"{MODULE}.TRANSFER_TIMEOUT_SECONDS", 0.2):
            async with FtpClient(ftp_port) as client:
                await client.login()
                host, data_port = await client.data_port()
                async with TcpLink(data_port, host) as data:
                    assert (await client.command("STOR gate/a.jpg"))[0] == 150
                    await data.send_bytes(VIEW[:100])
                    assert (await client.reply())[0] == 426

    async def test_no_data_connection(self, ftp_port) -> None:
        with patch(f"{MODULE}.DATA_CONNECTION_TIMEOUT_SECONDS", 0.2):
            async with FtpClient(ftp_port) as client:
                await client.login()
                await client.data_port()
                assert (await client.command("STOR gate/a.jpg"))[0] == 150
                assert (await client.reply())[0] == 425

    async def test_abort(self, ff_entry, ftp_port) -> None:
        async with FtpClient(ftp_port) as client:
            await client.login()
            await client.data_port()
            await client.command("STOR gate/a.jpg")
            assert (await client.command("ABOR"))[0] == 426
            assert (await client.reply())[0] == 226
            assert (await client.store("gate/a.jpg", VIEW))[0] == 226

    async def test_two_for_one_data_connection(self, ff_entry, ftp_port) -> None:
        """One at a time."""
        async with FtpClient(ftp_port) as client:
            await client.login()
            host, data_port = await client.data_port()
            assert (await client.command("STOR gate/a.jpg"))[0] == 150
            assert (await client.command("STOR gate/b.jpg"))[0] == 425
            assert (await client.command("PASV"))[0] == 425
            async with TcpLink(data_port, host) as data:
                await data.send_bytes(VIEW)
            assert (await client.reply())[0] == 226

    async def test_aborted_while_it_is_refused(self, ff_entry, ftp_port, caplog) -> None:
        """Found by fuzzing: nobody was left to take the refusal."""
        reached, go_on = asyncio.Event(), asyncio.Event()

        async def refuse(messages) -> None:
            reached.set()
            await go_on.wait()
            raise unavailable()

        with patch.object(ff_entry.runtime_data.receiver, "async_receive", refuse):
            async with FtpClient(ftp_port) as client:
                await client.login()
                host, data_port = await client.data_port()
                async with TcpLink(data_port, host) as data:
                    await client.command("STOR gate/a.jpg")
                    await data.send_bytes(VIEW)
                await reached.wait()
                assert (await client.command("ABOR"))[0] == 426
                go_on.set()
                await eventually(lambda: ff_entry.runtime_data.traffic.refused["unavailable"] == 1)
        gc.collect()
        assert not [record for record in caplog.records if record.levelname == "ERROR"]

    async def test_data_from_somewhere_else(self, hass, ff_entry, ftp_port) -> None:
        """It is dropped, and the client's own waited for."""
        async with FtpClient(ftp_port) as client:
            await client.login()
            host, data_port = await client.data_port()
            async with TcpLink(data_port, host, local="127.0.0.2") as stranger:
                assert (await client.command("STOR gate/a.jpg"))[0] == 150
                with suppress(ConnectionError):
                    await stranger.send_bytes(CROP)
                assert await stranger.is_closed()
            async with TcpLink(data_port, host) as data:
                await data.send_bytes(VIEW)
            assert (await client.reply())[0] == 226
        await eventually(lambda: "gate" in ff_entry.runtime_data.hub.cameras)
        assert await shown(hass, ff_entry, "snapshot") == VIEW
        assert ff_entry.runtime_data.receivers.state()["ftp"]["refused"] == {"identity": 1}

    async def test_only_data_from_somewhere_else(self, ff_entry, ftp_port) -> None:
        with patch(f"{MODULE}.DATA_CONNECTION_TIMEOUT_SECONDS", 0.3):
            code, _ = await deliver(ftp_port, "gate/a.jpg", local="127.0.0.2")
        assert code == 425
        assert ff_entry.runtime_data.hub.cameras == {}

    async def test_memory_over_all_connections(self, hass, ff_entry, socket_enabled) -> None:
        with patch(f"{MODULE}.MAX_WAITING_BYTES", 100_000):
            number = free_port()
            ftp = {"port": number, "username": "camera", "password": "secret"}
            await configure(hass, ff_entry, ftp=ftp)
            assert (await deliver(number, "gate/a.jpg", VIEW + bytes(FREE_BYTES + 200_000)))[0] == 451
            assert (await deliver(number, "gate/a.jpg"))[0] == 226
        assert ff_entry.runtime_data.receivers.state()["ftp"]["waiting_bytes"] == 0

    async def test_error_of_ours(self, ff_entry, ftp_port, caplog) -> None:
        with patch.object(ff_entry.runtime_data.receiver, "async_receive", side_effect=RuntimeError("boom")):
            assert (await deliver(ftp_port, "gate/a.jpg"))[0] == 451
        assert "boom" in caplog.text
        caplog.clear()

    @pytest.mark.parametrize("line", [b"\xff\xfe", b"", b"A" * 1000, b"STOR", b"USER", b"TYPE \x00"])
    async def test_odd_commands(self, ftp_port, line, caplog) -> None:
        async with FtpClient(ftp_port) as client:
            assert (await client.command(line))[0] >= 300
            assert await client.login() == 230
        assert not [record for record in caplog.records if record.levelname == "ERROR"]

    async def test_hanging_up_is_no_error(self, ff_entry, ftp_port, caplog) -> None:
        for _ in range(3):
            async with FtpClient(ftp_port) as client:
                await client.login()
                await client.data_port()
                client.writer.transport.abort()
        async with FtpClient(ftp_port) as client:
            client.writer.write(b"A" * 100_000)
            await client.reply()
        await eventually(lambda: ff_entry.runtime_data.receivers.state()["ftp"]["connected"] == 0)
        assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


async def test_client_that_does_not_wait_for_the_answer(hass, ff_entry, ftp_port) -> None:
    """All of the picture was there: it counts."""
    async with FtpClient(ftp_port) as client:
        await client.login()
        host, data_port = await client.data_port()
        reached, go_on = asyncio.Event(), asyncio.Event()
        runtime = ff_entry.runtime_data
        hub = runtime.receiver
        receive = hub.async_receive

        async def slowly(messages) -> None:
            reached.set()
            await go_on.wait()
            await receive(messages)

        with patch.object(hub, "async_receive", slowly):
            async with TcpLink(data_port, host) as data:
                await client.command("STOR gate/a.jpg")
                await data.send_bytes(VIEW)
            await reached.wait()
            client.writer.close()
            await eventually(lambda: runtime.receivers.state()["ftp"]["connected"] == 0)
            go_on.set()
            await eventually(lambda: "gate" in runtime.hub.cameras)


async def test_many_cameras_at_once(ff_entry, ftp_port, plates) -> None:
    at = local_now()

    async def camera(number: int) -> None:
        async with FtpClient(ftp_port) as client:
            await client.login()
            for car in range(3):
                file_name = name(at, f"P{number}C{car}", car=car)
                code, _ = await client.store(path(f"cam{number}", at, file_name), VIEW)
                assert code == 226

    await asyncio.gather(*(camera(number) for number in range(10)))
    assert len(plates) == 30
    assert len(ff_entry.runtime_data.hub.cameras) == 10
