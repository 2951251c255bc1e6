"""FTP over TLS, on demand and with the certificate of Home Assistant."""

from contextlib import ExitStack
from ftplib import FTP_TLS
from io import BytesIO
from pathlib import Path
import socket
import ssl
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from tests.common import configure, eventually, free_port, shown
from tests.emulators.ff_ftp import VIEW, FtpClient, name, path
from tests.emulators.tls import self_signed
from tests.transports.helpers import LOGIN


@pytest.fixture
async def port(hass: HomeAssistant, ff_entry: ConfigEntry, socket_enabled: None, tmp_path: Path) -> int:
    """Return the port of an FTP server that has a certificate."""
    await hass.async_add_executor_job(self_signed, tmp_path)
    number = free_port()
    with patch.object(hass.http, "ssl_certificate", str(tmp_path / "certificate.pem")):
        await configure(hass, ff_entry, ftp={"port": number, **LOGIN})
    return number


def client_context() -> ssl.SSLContext:
    """Return a context of a camera, which checks no certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@pytest.mark.parametrize("protects_data", [True, False])
async def test_store(hass, ff_entry, port, plates, protects_data) -> None:
    at = dt_util.now()
    stored = path("gate", at, name(at))

    def upload() -> list[str]:
        with FTP_TLS(context=client_context(), timeout=30) as ftp:
            ftp.connect("127.0.0.1", port)
            ftp.login("camera", "secret")
            assert isinstance(ftp.sock, ssl.SSLSocket)
            if protects_data:
                ftp.prot_p()
            return [ftp.storbinary(f"STOR {stored}", BytesIO(VIEW)) for _ in range(2)]

    answers = await hass.async_add_executor_job(upload)
    assert [answer[:3] for answer in answers] == ["226", "226"]
    await hass.async_block_till_done()
    assert len(plates) == 1
    assert await shown(hass, ff_entry, "snapshot") == VIEW


async def test_features(hass, ff_entry, port) -> None:
    async with FtpClient(port) as client:
        assert "AUTH TLS" in (await client.command("FEAT"))[1]
        assert (await client.command("AUTH KERBEROS"))[0] == 504
        assert (await client.command("PBSZ 0"))[0] == 503
        assert (await client.command("PROT P"))[0] == 503
        # Whoever does not want it is served without.
        assert await client.login() == 230
        assert (await client.store("gate/a.jpg", VIEW))[0] == 226


async def test_without_a_certificate(hass, ff_entry, socket_enabled) -> None:
    """Said in the reply."""
    number = free_port()
    await configure(hass, ff_entry, ftp={"port": number, **LOGIN})
    async with FtpClient(number) as client:
        assert "AUTH" not in (await client.command("FEAT"))[1]
        code, text = await client.command("AUTH TLS")
        assert code == 502
        assert "certificate" in text
        assert await client.login() == 230


async def test_certificate_that_cannot_be_read(hass, ff_entry, socket_enabled, tmp_path, caplog) -> None:
    number = free_port()
    with patch.object(hass.http, "ssl_certificate", str(tmp_path / "absent.pem")):
        await configure(hass, ff_entry, ftp={"port": number, **LOGIN})
    assert "FTPS is not offered" in caplog.text
    async with FtpClient(number) as client:
        assert (await client.command("AUTH TLS"))[0] == 502
        assert await client.login() == 230


async def test_commands_before_the_encryption_do_not_count(ff_entry, port) -> None:
    """Neither a login, nor what somebody on the way added after the command."""
    async with FtpClient(port) as client:
        assert await client.login() == 230
        client.writer.write(b"AUTH TLS\r\nUSER camera\r\nPASS secret\r\nMKD injected\r\n")
        assert (await client.reply())[0] == 234
        await client.writer.start_tls(client_context())
        assert (await client.command("PWD"))[0] == 530
        assert await client.login() == 230
        assert (await client.command("PBSZ 0"))[0] == 200
        assert (await client.command("PROT E"))[0] == 536
        assert (await client.command("PROT P"))[0] == 200


@pytest.mark.parametrize("sent", [b"", b"hello\r\n", b"\x16\x03\x01\x02\x00\x01", b"GET / HTTP/1.1\r\n\r\n"])
async def test_handshake_that_fails(ff_entry, port, sent, caplog) -> None:
    async with FtpClient(port) as client:
        assert (await client.command("AUTH TLS"))[0] == 234
        client.writer.write(sent)
        client.writer.write_eof()
        while await client.reader.read(1000):
            pass
    state = ff_entry.runtime_data.receivers.state
    await eventually(lambda: state()["ftp"]["connected"] == 0)
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


async def test_passive_port_without_encryption(hass, ff_entry, port) -> None:
    """Once it was asked for, nothing is taken that comes without."""
    with patch("custom_components.camera_push.transports.ftp_inbox.DATA_CONNECTION_TIMEOUT_SECONDS", 0.5):
        async with FtpClient(port) as client:
            assert (await client.command("AUTH TLS"))[0] == 234
            await client.writer.start_tls(client_context())
            await client.login()
            await client.command("PBSZ 0")
            await client.command("PROT P")
            assert (await client.store("gate/a.jpg", VIEW))[0] == 425
    assert ff_entry.runtime_data.hub.cameras == {}


async def test_handshakes_that_do_not_begin(hass, ff_entry, port, plates) -> None:
    """On a data port, encryption, which takes memory, is for few connections and from the client only."""
    at = dt_util.now()

    def store() -> str:
        with FTP_TLS(context=client_context()) as client, ExitStack() as stack:
            client.connect("127.0.0.1", port, timeout=30)
            client.login("camera", "secret")
            client.prot_p()
            _, number = client.makepasv()
            for last in range(1, 6):
                stranger = socket.create_connection(("127.0.0.1", number), 30, (f"127.0.0.1{last}", 0))
                stack.enter_context(stranger)
                assert stranger.recv(1) == b""
            waiting = [
                stack.enter_context(socket.create_connection(("127.0.0.1", number), 30)) for _ in range(5)
            ]
            assert waiting[4].recv(1) == b""
            folder, _, file_name = path("gate", at, name(at)).rpartition("/")
            client.cwd(folder)
            return client.storbinary(f"STOR {file_name}", BytesIO(VIEW))

    assert (await hass.async_add_executor_job(store)).startswith("226")
    await hass.async_block_till_done()
    assert len(plates) == 1
    assert ff_entry.runtime_data.receivers.state()["ftp"]["refused"] == {"identity": 5}
