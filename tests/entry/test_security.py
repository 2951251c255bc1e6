"""What an attacker may try, beyond sending much: docs/security.md promises that it does not work."""

import base64
import json
import logging
import stat
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.camera_push.domain.media_id import MediaId
from tests.common import configure, device, folders_of, free_port, pass_time
from tests.credentials import BASIC, basic
from tests.emulators.ff import FFCamera, embedded, image
from tests.emulators.ff_ftp import FtpClient
from tests.emulators.http import BOUNDARY, Field, form
from tests.emulators.pictures import jpeg, mp4
from tests.emulators.vstarcam import VStarcamCamera

# "Pictures" that a browser would run something of, if it were to look at them as what they are.
ACTIVE = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "svg with a declaration": b'<?xml version="1.0"?><svg onload="alert(1)"/>',
    "svg after blanks": b"\r\n\t <svg onload=alert(1)>",
    "svg after a byte order mark": "\ufeff<svg onload=alert(1)>".encode(),
    "html": b"<!DOCTYPE html><script>alert(1)</script>",
    "html after a comment": b"<!-- \xff\xd8\xff --><script>alert(1)</script>",
    "utf-16": '<svg onload="alert(1)">'.encode("utf-16"),
    "pdf": b"%PDF-1.4 1 0 obj << /JS (app.alert(1)) >>",
    "javascript": b"alert(1)//\xff\xd8\xff\xe0",
    "flash": b"CWS\x06" + bytes(100),
    "zip": b"PK\x03\x04" + bytes(100),
}
# A picture by its first bytes, and something else for who looks further.
POLYGLOT = jpeg() + b"<script>alert(document.domain)</script>"


@pytest.mark.parametrize("data", ACTIVE.values(), ids=ACTIVE)
async def test_what_is_no_picture(hass, vstarcam, vstarcam_entry, ff, ff_entry, alarms, plates, data) -> None:
    """Whatever it says that it is, and whichever way it comes: it is dropped, and never kept or shown."""
    for name, kind in (("a.jpg", "image/jpeg"), ("a.svg", "image/svg+xml"), ("a.html", "text/html")):
        fields = [*vstarcam.fields()[:2], Field("picture", data, name, kind)]
        assert (await vstarcam.send(fields)).status == 200
        assert (await ff.read(images=[image("image", data, name, "image/jpeg")])).status == 200
    assert (await ff.send_json(ff.event(ImageArray=[embedded("vehicle", data)]))).status == 200
    await hass.async_block_till_done()
    assert [event.data["picture"] for event in (*alarms, *plates)] == [None] * 7
    assert [event.data["plate_picture"] for event in plates] == [None] * 4
    for entry, count in ((vstarcam_entry, 3), (ff_entry, 4)):
        assert entry.runtime_data.traffic.unusable_pictures == count
        assert await entry.runtime_data.store.library.totals() == (0, 0)
    assert {it.state for it in hass.states.async_all("image")} == {"unknown"}


async def test_a_picture_that_is_something_else_as_well(
    hass: HomeAssistant, vstarcam, alarms, hass_client: ClientSessionGenerator
) -> None:
    """Nobody looks further: it is served as what it begins as, and nothing in it may run."""
    fields = [*vstarcam.fields()[:2], Field("picture", POLYGLOT, "a.html", "text/html")]
    assert (await vstarcam.send(fields)).status == 200
    await hass.async_block_till_done()
    path = alarms[0].data["picture"].replace("media-source://camera_push", "/api/camera_push/media")
    answer = await (await hass_client()).get(path)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert await answer.read() == POLYGLOT


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000, "-1", "1e9", "١", "0x10", "%00", "..%2f1"])
@pytest.mark.parametrize("kind", ["media", "thumbnail"])
async def test_numbers_that_no_picture_has(hass, vstarcam_entry, hass_client, kind: str, number: str) -> None:
    client = await hass_client()
    answer = await client.get(f"/api/camera_push/{kind}/{vstarcam_entry.entry_id}/{number}")
    assert answer.status in (400, 404)


IDS = {
    "a path": "../../secrets",
    "a windows path": "..\\secrets",
    "a zero byte": "VC1\0",
    "a new line": "VC1\r\nSet-Cookie: a=b",
    "right to left": "VC\u202e1",
    "zero width": "VC\u200b1",
    "tags": "VC\U000e0041",
    "a lone combining mark": "\u0301",
    "full width": "ＶＣ１",
    "cyrillic": "VС1",
    "long": "V" * 65,
}


@pytest.mark.parametrize("vuid", IDS.values(), ids=IDS)
async def test_ids_of_vstarcam_cameras(hass, vstarcam, vstarcam_entry, vuid: str) -> None:
    """These are ASCII, and what only looks like them is none."""
    camera = VStarcamCamera(vuid, vstarcam.poster, vstarcam.webhook_id)
    assert (await camera.heartbeat()).status == 400
    assert (await camera.alarm()).status == 400
    assert not hass.states.async_all()


async def test_ids_that_look_alike_are_two_cameras(hass, ff: FFCamera, ff_entry, tmp_path) -> None:
    """Users write names in their own script; two that differ stay two, and never meet on the disk."""
    names = ["gate", "Gate", "gаte", "gate.", "gâte", "ga\u0302te", "{{ 1 }}", "<b>gate</b>"[:3] + "gate"]
    for number, name in enumerate(names):
        camera = FFCamera(name, ff.poster, ff.webhook_id, serial=f"ACCC8E00010{number}")
        assert (await camera.read(images=[image("image", jpeg(name))])).status == 200
    await hass.async_block_till_done()
    devices = {device(hass, ff_entry, name).id for name in names}
    assert len(devices) == len(names)
    folders = [it for it in next((tmp_path / "camera_push").iterdir()).iterdir() if it.is_dir()]
    named = [it.name for it in folders if it.name not in ("incoming", "thumbnails")]
    assert len({name.lower() for name in named}) == len(named) == len(names)
    assert all(name.isascii() and "/" not in name and ".." not in name for name in named)


@pytest.mark.parametrize("address", ["203.0.113.7", "127.0.0.1", "192.168.1.1, 203.0.113.7", "::1", "x"])
async def test_who_says_where_it_is_from(hass, vstarcam, vstarcam_entry, alarms, address: str) -> None:
    """Nobody is trusted to forward for others, so Home Assistant refuses who claims to."""
    body, kind = form(vstarcam.fields()), f"multipart/form-data; boundary={BOUNDARY}"
    headers = [f"X-Forwarded-For: {address}"]
    assert (await vstarcam.poster.post(vstarcam.webhook_id, body, kind, headers=headers)).status == 400
    assert alarms == []


async def test_only_from_the_local_network(hass, vstarcam, vstarcam_entry, alarms) -> None:
    """From outside, it is as if there were nothing: the sender does not learn that the URL is right."""
    with patch("homeassistant.util.network.is_local", return_value=False):
        outside = await vstarcam.alarm()
        unknown = await vstarcam.poster.post("0" * 32, b"", "application/json")
    assert (outside.status, outside.body) == (unknown.status, unknown.body)
    assert alarms == []


async def test_no_secret_is_logged(
    hass, socket_enabled, vstarcam, vstarcam_entry, ff, ff_entry, caplog
) -> None:
    """Not even at the most talkative level: what is in a log ends up in a public issue."""
    caplog.set_level(logging.DEBUG)
    port = free_port()
    ftp = {"port": port, "username": "ftp-user", "password": "ftp-secret"}
    options = BASIC | {"username": "http-user", "password": "http-secret"}
    await configure(hass, ff_entry, authentication=options, ftp=ftp)
    await vstarcam.heartbeat()
    await vstarcam.alarm()
    await vstarcam.alarm("nonsense")
    await vstarcam.poster.post(vstarcam.webhook_id, b"", None, method="GET")
    await vstarcam.poster.post(vstarcam.webhook_id[:-2], b"{}", "application/json")
    await ff.send_json(ff.event(), headers=[basic("http-user", "http-secret")])
    await ff.send_json(ff.event(), headers=[basic("http-user", "http-guess")])
    for password in ("ftp-secret", "ftp-guess"):
        with patch("custom_components.camera_push.transports.ftp_login.WRONG_PASSWORD_SECONDS", 0):
            async with FtpClient(port, "ftp-user", password) as client:
                await client.login()
    assert await hass.config_entries.async_reload(ff_entry.entry_id)
    await hass.async_block_till_done()
    secrets = ["http-secret", "ftp-secret", "http-guess", "ftp-guess"]
    secrets += [base64.b64encode(f"http-user:{it}".encode()).decode() for it in ("http-secret", "http-guess")]
    secrets += [vstarcam.webhook_id, ff.webhook_id]
    # Home Assistant's own webhook and HTTP components log addresses when told to be talkative.
    ours = [it.getMessage() for it in caplog.records if it.name.startswith("custom_components")]
    assert ours
    assert [line for line in ours if any(secret in line for secret in secrets)] == []


async def test_what_is_told_is_never_run(hass, ff, ff_entry, plates) -> None:
    """A plate that is a template is a plate: events have it as it came, or letters and digits of it."""
    for text in ("{{ 1 }}", "{% raw %}", "!secret x", "${HOME}", "$(id)", "'; DROP TABLE media; --"):
        reply = await ff.read(plateText=text, plateUnicode=text, plateUTF8=text, plateASCII=text)
        assert reply.status == 200
    await hass.async_block_till_done()
    assert plates[0].data["plate_raw"] == "{{ 1 }}"
    assert json.dumps([dict(event.data) for event in plates])
    for event in plates:
        assert not set(event.data["plate"] or "") & set("{}%!$();'<>")


async def test_nobody_else_on_the_machine_reads_what_is_stored(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, alarms, hass_client
) -> None:
    await vstarcam.alarm(0x12, jpeg(), mp4())
    media_id = MediaId.parse(alarms[0].data["picture"])
    assert media_id is not None
    assert (await (await hass_client()).get(media_id.thumbnail_path)).status == 200
    root = folders_of(hass, vstarcam_entry).index
    modes = {
        path.relative_to(root.parent): (path.is_dir(), stat.S_IMODE(path.stat().st_mode))
        for path in (root, *root.rglob("*"))
    }
    assert {"sqlite", "jpg", "mp4"} <= {path.suffix.lstrip(".") for path in modes}
    assert {
        path: found for path, found in modes.items() if found not in ((True, 0o700), (False, 0o600))
    } == {}


async def test_details_are_written_once_a_minute(
    hass: HomeAssistant, ff: FFCamera, ff_entry: ConfigEntry, freezer
) -> None:
    """Who claims to be another one with every push does not have the device registry written each time."""
    updates = async_capture_events(hass, dr.EVENT_DEVICE_REGISTRY_UPDATED)
    for number in range(50):
        keepalive = ff.keepalive()
        keepalive["identify"]["version"] = f"11.9.{number}"
        assert (await ff.send_json(keepalive)).status == 200
    await hass.async_block_till_done()
    # It appeared, and changed once.
    assert len(updates) <= 2
    await pass_time(hass, freezer, 61)
    assert len(updates) <= 3
    found = device(hass, ff_entry, "gate")
    assert found is not None
    assert "11.9.49" in (found.sw_version or "")
