"""FF cameras over FTP: pictures whose names say the rest."""

import asyncio
from datetime import UTC, datetime, timedelta
import gc
from pathlib import Path
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.camera_push import store_folders
from custom_components.camera_push.domain.errors import unavailable
from custom_components.camera_push.domain.quota import FREE_BYTES
from tests.common import configure, eventually, free_port, issues, shown, state, states
from tests.emulators.ff_ftp import FtpClient, name, path
from tests.emulators.ff_tcp import TcpLink
from tests.emulators.pictures import jpeg

MODULE = "custom_components.camera_push.transports.ftp_server"
CONNECTIONS = "custom_components.camera_push.transports.ftp_connections"
VIEW = jpeg("view", (320, 200))
CROP = jpeg("crop", (100, 30))


def local_now() -> datetime:
    return dt_util.now().replace(tzinfo=None)


@pytest.fixture
async def port(hass: HomeAssistant, ff_entry: ConfigEntry, socket_enabled: None) -> int:
    """Return the port that the entry's FTP server listens at."""
    number = free_port()
    result = await configure(hass, ff_entry, ftp={"port": number, "username": "camera", "password": "secret"})
    assert result["type"] == "create_entry"
    return number


async def deliver(port: int, file_path: str, data: bytes = VIEW, **kwargs) -> tuple[int, str]:
    async with FtpClient(port) as client:
        assert await client.login() == 230
        return await client.store(file_path, data, **kwargs)


@pytest.mark.parametrize("extended", [False, True], ids=["PASV", "EPSV"])
async def test_picture_with_the_default_template(hass, ff_entry, port, plates, extended) -> None:
    at = local_now()
    async with FtpClient(port, extended=extended) as client:
        assert client.greeting[0] == 220
        assert await client.login() == 230
        assert (await client.command("TYPE I"))[0] == 200
        for folder in ("gate", f"gate/{at:%Y%m}", f"gate/{at:%Y%m}/{at:%d}"):
            assert (await client.command(f"MKD {folder}"))[0] == 257
        assert await client.store(path("gate", at, name(at)), VIEW) == (226, "226 taken")
        assert (await client.command("QUIT"))[0] == 221
    await hass.async_block_till_done()
    data = dict(plates[0].data)
    assert data.pop("picture").startswith("media-source://camera_push/")
    captured = at.replace(tzinfo=dt_util.get_default_time_zone()).astimezone(UTC)
    assert data.pop("captured_at") == captured.isoformat(timespec="milliseconds")
    for key in ("device_id", "received_at"):
        assert data.pop(key)
    assert data == {
        "source": "ff",
        "camera_id": "gate",
        "state": "new",
        "plate": "47ATDPN",
        "plate_raw": "47ATDPN",
        "country": "USA",
        "region": None,
        "confidence": None,
        "direction": "in",
        "zone": 1,
        "car_id": "7543",
        "vehicle": {
            "make": "Ford",
            "model": "Explorer",
            "type": "SUV",
            "color": "BLACK",
            "view": None,
            "make_model_confidence": None,
            "color_confidence": None,
        },
        "list_name": None,
        "list_mode": None,
        "known_vehicle": None,
        "late": False,
        "plate_picture": None,
        "details": None,
    }
    assert await shown(hass, ff_entry, "snapshot") == VIEW
    assert state(hass, ff_entry, "sensor", "gate", "plate").state == "47ATDPN"


async def test_folders_by_going_there(ff_entry, port, plates) -> None:
    """Some clients change folder by folder; after a restart they believe that their folders exist."""
    at = local_now()
    async with FtpClient(port) as client:
        await client.login()
        for folder in ("gate", f"{at:%Y%m}", f"{at:%d}"):
            assert (await client.command(f"CWD {folder}"))[0] == 250
        assert (await client.command("PWD"))[1] == f'257 "/gate/{at:%Y%m}/{at:%d}"'
        assert (await client.store(name(at), VIEW))[0] == 226
        assert (await client.command("CDUP"))[0] == 250
        assert (await client.command("NOOP"))[0] == 200
        assert (await client.store(f"{at:%d}/{name(at, 'NEXT1', car=2)}", VIEW))[0] == 226
    assert [event.data["plate"] for event in plates] == ["47ATDPN", "NEXT1"]


async def test_two_pictures_of_one_car_are_one_visit(hass, ff_entry, port, plates) -> None:
    at = local_now()
    async with FtpClient(port) as client:
        await client.login()
        for area, picture in (("roi_1", VIEW), ("lp_1", CROP)):
            code, _ = await client.store(path("gate", at, name(at, area=area)), picture)
            assert code == 226
        await hass.async_block_till_done()
        assert await shown(hass, ff_entry, "snapshot") == VIEW
        # The same file again: it was delivered already.
        assert (await client.store(path("gate", at, name(at, area="lp_1")), CROP))[0] == 226
        await client.store(path("gate", at, name(at, "NEXT1", car=7544)), VIEW)
    await hass.async_block_till_done()
    found = [(event.data["state"], event.data["car_id"], event.data["plate"]) for event in plates]
    assert found == [("new", "7543", "47ATDPN"), ("update", "7543", "47ATDPN"), ("new", "7544", "NEXT1")]
    assert plates[0].data["plate_picture"] is None
    assert plates[1].data["plate_picture"] is not None
    assert await shown(hass, ff_entry, "plate") == CROP


async def test_plate_before_vehicle(hass, ff_entry, port) -> None:
    at = local_now()
    async with FtpClient(port) as client:
        await client.login()
        await client.store(path("gate", at, name(at, area="lp_1")), CROP)
        await hass.async_block_till_done()
        assert await shown(hass, ff_entry, "snapshot") == CROP
        await client.store(path("gate", at, name(at, area="roi_1")), VIEW)
    assert await shown(hass, ff_entry, "snapshot") == VIEW
    assert await shown(hass, ff_entry, "plate") == CROP


async def test_late_picture(hass, ff_entry, port, plates) -> None:
    at = local_now() - timedelta(minutes=5)
    await deliver(port, path("gate", at, name(at)))
    await hass.async_block_till_done()
    assert plates[0].data["late"] is True
    assert state(hass, ff_entry, "sensor", "gate", "plate").state == "unknown"


async def test_name_that_does_not_parse_is_a_picture_still(hass, ff_entry, port, plates) -> None:
    assert (await deliver(port, "gate/test picture.jpg"))[0] == 226
    await hass.async_block_till_done()
    assert plates == []
    assert await shown(hass, ff_entry, "snapshot") == VIEW
    assert state(hass, ff_entry, "event", "gate", "plate").state == "unknown"
    # Two of them, though they have one name.
    assert (await deliver(port, "gate/test picture.jpg", CROP))[0] == 226
    assert await shown(hass, ff_entry, "snapshot") == CROP


async def test_no_device_id(hass, ff, ff_entry, port, plates) -> None:
    """A file in no folder, or in that of the default ID, is the only camera's at that address."""
    code, text = await deliver(port, "a.jpg")
    assert (code, text) == (
        550,
        "550 The message names no camera, and no single camera is known at its address.",
    )
    await ff.read()
    at = local_now()
    for file_path in (name(at, "ROOT1"), path("defaultID", at, name(at, "DEFAULT1", car=2))):
        assert (await deliver(port, file_path))[0] == 226
    assert [(event.data["camera_id"], event.data["plate"]) for event in plates[1:]] == [
        ("gate", "ROOT1"),
        ("gate", "DEFAULT1"),
    ]


async def test_default_id_of_a_camera_that_is_not_known(ff_entry, port, plates) -> None:
    at = local_now()
    assert (await deliver(port, path("defaultID", at, name(at))))[0] == 226
    assert plates[0].data["camera_id"] == "defaultID"


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
    async def test_nothing_else(self, hass, ff_entry, port, command) -> None:
        await deliver(port, "gate/a.jpg")
        async with FtpClient(port) as client:
            await client.login()
            await client.data_port()
            before = states(hass)
            assert (await client.command(command))[0] in (502, 503, 550)
            assert states(hass) == before

    async def test_no_way_to_the_disk(self, hass, ff_entry, port, tmp_path: Path) -> None:
        for target in ("../../../../evil/x.jpg", f"{tmp_path}/x.jpg", "/etc/x.jpg", "a/../../b/x.jpg"):
            await deliver(port, target)
        await hass.async_block_till_done()
        assert not list(tmp_path.rglob("x.jpg"))
        files = {file for file in tmp_path.rglob("*") if file.is_file()}
        folder = store_folders(hass, ff_entry).index
        assert all(file.is_relative_to(folder) for file in files)
        first = tmp_path.parts[1]
        assert set(ff_entry.runtime_data.hub.cameras) == {"evil", first, "etc", "b"}

    @pytest.mark.parametrize("command", ["STOR a/b.jpg", "CWD a", "MKD a", "PASV", "EPSV", "PWD", "LIST"])
    async def test_nothing_before_login(self, ff_entry, port, command) -> None:
        async with FtpClient(port) as client:
            assert (await client.command(command))[0] in (503, 530, 550)
            assert (await client.command("PASS secret"))[0] == 503
        assert ff_entry.runtime_data.hub.cameras == {}

    async def test_store_without_a_data_port(self, port) -> None:
        async with FtpClient(port) as client:
            await client.login()
            assert (await client.command("STOR gate/a.jpg"))[0] == 503


class TestLogin:
    """User and password."""

    @pytest.fixture(autouse=True)
    def quick(self):
        with patch(f"{CONNECTIONS}.WRONG_PASSWORD_SECONDS", 0):
            yield

    @pytest.mark.parametrize(
        ("user", "password"), [("camera", "wrong"), ("other", "secret"), ("camera", ""), ("anonymous", "x@y")]
    )
    async def test_wrong(self, ff_entry, port, user, password) -> None:
        async with FtpClient(port, user, password) as client:
            assert await client.login() == 530
            assert (await client.command("PASV"))[0] == 503
            assert (await client.command("STOR gate/a.jpg"))[0] == 530
            client.user, client.password = "camera", "secret"
            assert await client.login() == 230
            assert (await client.store("gate/a.jpg", VIEW))[0] == 226

    async def test_ten_in_a_row_are_an_issue(self, hass, ff, port) -> None:
        await ff.read()
        for number in range(10):
            assert "wrong_credentials" not in issues(hass), number
            async with FtpClient(port, password="wrong") as client:
                assert await client.login() == 530
        assert "wrong_credentials" in issues(hass)
        async with FtpClient(port) as client:
            assert await client.login() == 230
        assert "wrong_credentials" not in issues(hass)


class TestBadFiles:
    """What is no whole picture."""

    @pytest.mark.parametrize(
        "data",
        [b"", b"hello", b"<html></html>", VIEW[: len(VIEW) // 2], b"\xff\xd8\xff"],
        ids=["empty", "text", "page", "half", "beginning"],
    )
    async def test_cost_only_the_picture(self, hass, ff_entry, port, plates, data) -> None:
        """The read is in the name; a whole picture that follows is shown."""
        at = local_now()
        there = path("gate", at, name(at, "BAD1"))
        assert (await deliver(port, there, data))[0] == 226
        await hass.async_block_till_done()
        assert [(event.data["plate"], event.data["picture"]) for event in plates] == [("BAD1", None)]
        assert (await deliver(port, there))[0] == 226
        await hass.async_block_till_done()
        assert await shown(hass, ff_entry, "snapshot") == VIEW

    @pytest.mark.parametrize("data", [b"", b"<html></html>", VIEW[: len(VIEW) // 2]])
    async def test_refused_without_a_read_in_the_name(self, hass, ff_entry, port, plates, data) -> None:
        await deliver(port, "gate/a.jpg")
        await hass.async_block_till_done()
        before = states(hass)
        code, text = await deliver(port, "gate/a.jpg", data)
        assert code == 550
        assert text.startswith("550 The picture")
        await hass.async_block_till_done()
        assert states(hass) == before
        assert plates == []

    async def test_too_large(self, ff_entry, port) -> None:
        with patch(f"{MODULE}.MAX_FILE_BYTES", 100_000):
            code, _ = await deliver(port, "gate/a.jpg", VIEW + bytes(200_000))
        assert code == 552
        assert ff_entry.runtime_data.hub.cameras == {}

    async def test_connection_lost_halfway(self, ff_entry, port) -> None:
        code, _ = await deliver(port, "gate/a.jpg", VIEW, abort=True)
        assert code in (426, 550)
        assert ff_entry.runtime_data.hub.cameras == {}
        assert (await deliver(port, "gate/a.jpg"))[0] == 226

    async def test_bad_device_id(self, ff_entry, port) -> None:
        assert (await deliver(port, f"{'x' * 65}/a.jpg"))[0] == 550
        assert ff_entry.runtime_data.hub.cameras == {}

    async def test_slow(self, ff_entry, port) -> None:
        with patch(f"{MODULE}.TRANSFER_TIMEOUT_SECONDS", 0.2):
            async with FtpClient(port) as client:
                await client.login()
                host, data_port = await client.data_port()
                async with TcpLink(data_port, host) as data:
                    assert (await client.command("STOR gate/a.jpg"))[0] == 150
                    await data.send_bytes(VIEW[:100])
                    assert (await client.reply())[0] == 425

    async def test_no_data_connection(self, port) -> None:
        with patch(f"{MODULE}.DATA_CONNECTION_TIMEOUT_SECONDS", 0.2):
            async with FtpClient(port) as client:
                await client.login()
                await client.data_port()
                assert (await client.command("STOR gate/a.jpg"))[0] == 150
                assert (await client.reply())[0] == 425

    async def test_abort(self, ff_entry, port) -> None:
        async with FtpClient(port) as client:
            await client.login()
            await client.data_port()
            await client.command("STOR gate/a.jpg")
            assert (await client.command("ABOR"))[0] == 426
            assert (await client.reply())[0] == 226
            assert (await client.store("gate/a.jpg", VIEW))[0] == 226

    async def test_two_for_one_data_connection(self, ff_entry, port) -> None:
        """Found by fuzzing: the second one finds that the first one took it."""
        async with FtpClient(port) as client:
            await client.login()
            host, data_port = await client.data_port()
            assert (await client.command("STOR gate/a.jpg"))[0] == 150
            assert (await client.command("STOR gate/b.jpg"))[0] == 150
            async with TcpLink(data_port, host) as data:
                await data.send_bytes(VIEW)
            assert {(await client.reply())[0] for _ in range(2)} == {226, 425}

    async def test_aborted_while_it_is_refused(self, ff_entry, port, caplog) -> None:
        """Found by fuzzing: nobody was left to take the refusal."""
        reached, go_on = asyncio.Event(), asyncio.Event()

        async def refuse(messages) -> None:
            reached.set()
            await go_on.wait()
            raise unavailable()

        with patch.object(ff_entry.runtime_data.receiver, "async_receive", refuse):
            async with FtpClient(port) as client:
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

    async def test_data_from_somewhere_else(self, ff_entry, port) -> None:
        code, text = await deliver(port, "gate/a.jpg", local="127.0.0.2")
        assert (code, text) == (550, "550 The data connection came from somewhere else.")
        assert ff_entry.runtime_data.hub.cameras == {}

    async def test_memory_over_all_connections(self, hass, ff_entry, socket_enabled) -> None:
        with patch(f"{MODULE}.MAX_WAITING_BYTES", 100_000):
            number = free_port()
            ftp = {"port": number, "username": "camera", "password": "secret"}
            await configure(hass, ff_entry, ftp=ftp)
            assert (await deliver(number, "gate/a.jpg", VIEW + bytes(FREE_BYTES + 200_000)))[0] == 451
            assert (await deliver(number, "gate/a.jpg"))[0] == 226
        assert ff_entry.runtime_data.receivers.state()["ftp"]["waiting_bytes"] == 0

    async def test_error_of_ours(self, ff_entry, port, caplog) -> None:
        with patch.object(ff_entry.runtime_data.receiver, "async_receive", side_effect=RuntimeError("boom")):
            assert (await deliver(port, "gate/a.jpg"))[0] == 451
        assert "boom" in caplog.text
        caplog.clear()

    @pytest.mark.parametrize("line", [b"\xff\xfe", b"", b"A" * 1000, b"STOR", b"USER", b"TYPE \x00"])
    async def test_odd_commands(self, port, line, caplog) -> None:
        async with FtpClient(port) as client:
            assert (await client.command(line))[0] >= 300
            assert await client.login() == 230
        assert not [record for record in caplog.records if record.levelname == "ERROR"]

    async def test_hanging_up_is_no_error(self, ff_entry, port, caplog) -> None:
        for _ in range(3):
            async with FtpClient(port) as client:
                await client.login()
                await client.data_port()
                client.writer.transport.abort()
        async with FtpClient(port) as client:
            client.writer.write(b"A" * 100_000)
            await client.reply()
        await eventually(lambda: ff_entry.runtime_data.receivers.state()["ftp"]["connected"] == 0)
        assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


async def test_client_that_does_not_wait_for_the_answer(hass, ff_entry, port) -> None:
    """All of the picture was there: it counts."""
    async with FtpClient(port) as client:
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


async def test_many_cameras_at_once(ff_entry, port, plates) -> None:
    at = local_now()

    async def camera(number: int) -> None:
        async with FtpClient(port) as client:
            await client.login()
            for car in range(3):
                file_name = name(at, f"P{number}C{car}", car=car)
                code, _ = await client.store(path(f"cam{number}", at, file_name), VIEW)
                assert code == 226

    await asyncio.gather(*(camera(number) for number in range(10)))
    assert len(plates) == 30
    assert len(ff_entry.runtime_data.hub.cameras) == 10


async def test_closed_while_not_loaded(hass, ff_entry, port) -> None:
    async with FtpClient(port) as client:
        await client.login()
        await hass.config_entries.async_unload(ff_entry.entry_id)
        assert (await client.command("NOOP"))[0] == 0
    with pytest.raises(ConnectionRefusedError):
        await FtpClient(port).__aenter__()
    await hass.config_entries.async_setup(ff_entry.entry_id)
    assert (await deliver(port, "gate/a.jpg"))[0] == 226


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
        assert (await two.command("PASV"))[0] == 421
