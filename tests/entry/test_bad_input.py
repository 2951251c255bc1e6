"""What is not acceptable: a status, the protocol's own words, and nothing changed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from pathlib import Path
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, HomeAssistant
import pytest

from tests.common import folders_of, states
from tests.emulators.ff import FFCamera, image
from tests.emulators.http import BOUNDARY, Field, Reply, form
from tests.emulators.pictures import jpeg, mp4
from tests.emulators.vstarcam import VStarcamCamera

MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
MIB = 1024 * 1024


def files(hass: HomeAssistant, entry: ConfigEntry) -> list[Path]:
    """Return all files of an entry but its index."""
    return [
        file
        for file in folders_of(hass, entry).index.rglob("*")
        if file.is_file() and not file.name.startswith("index.sqlite")
    ]


@asynccontextmanager
async def without_a_trace(
    hass: HomeAssistant, entry: ConfigEntry, events: list[Event], success: str
) -> AsyncIterator[list[Reply]]:
    """See that what is sent inside, and noted in the list, was refused and changed nothing."""
    await hass.async_block_till_done()
    before = states(hass)
    replies: list[Reply] = []
    yield replies
    await hass.async_block_till_done()
    assert replies
    for reply in replies:
        if reply.status:
            assert reply.status >= 400
            assert success not in reply.json.values()
            assert reply.json["message"].endswith(".")
    assert states(hass) == before
    assert events == []
    assert files(hass, entry) == []


@pytest.fixture
async def refused_vstarcam(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, alarms: list[Event]
) -> AsyncIterator[list[Reply]]:
    """Let the test send to a known camera's entry, then see that it was refused."""
    assert (await vstarcam.heartbeat()).status == 200
    async with without_a_trace(hass, vstarcam_entry, alarms, "200") as replies:
        yield replies
    assert all(reply.json["code"] == str(reply.status) for reply in replies if reply.status)
    assert (await vstarcam.alarm(0x12)).json == {"code": "200", "message": "Success"}


def replaced(fields: list[Field], name: str, data: bytes | None) -> list[Field]:
    """Return the fields with one changed, or taken out."""
    return [
        Field(field.name, data if field.name == name else field.data, field.filename, field.content_type)
        for field in fields
        if field.name != name or data is not None
    ]


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [
        ("vuid", None, 400),
        ("vuid", b"", 400),
        ("vuid", b"V" * 65, 400),
        ("vuid", b"V" * 5000, 413),
        ("vuid", b"VC\x00000", 400),
        ("vuid", b"VC0000\n", 400),
        ("vuid", b"../../etc", 400),
        ("vuid", b"..", 400),
        ("vuid", b"a\\b", 400),
        ("vuid", "VC\u202e0001".encode(), 400),
        ("vuid", "Überwachung".encode(), 400),
        ("vuid", b"\xff\xfe", 400),
        ("type", None, 400),
        ("type", b"", 400),
        ("type", b"motion", 400),
        ("type", b"-18", 400),
        ("type", b"0x", 400),
        ("type", b"1e1", 400),
        ("type", "١٨".encode(), 400),
        ("type", b"4294967296", 400),
        ("type", b"9" * 4000, 400),
        ("picture", jpeg() + b"\0" * 10 * MIB, 413),
    ],
)
async def test_bad_fields_of_an_alarm(refused_vstarcam, vstarcam, name, data, status) -> None:
    reply = await vstarcam.send(replaced(vstarcam.fields(video=mp4()), name, data))
    refused_vstarcam.append(reply)
    assert reply.status == status


@pytest.mark.parametrize("name", ["vuid", "type"])
async def test_contradictory_fields_of_an_alarm(refused_vstarcam, vstarcam, name) -> None:
    for fields in (vstarcam.fields(), vstarcam.fields()[:2]):
        reply = await vstarcam.send([*fields, Field(name, b"VE123456")])
        refused_vstarcam.append(reply)
        assert (reply.status, reply.json["message"]) == (400, f"The field {name} is there twice.")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{}", 400),
        (b"[]", 400),
        (b'"VC0000000ABCD"', 400),
        (b"vuid=", 400),
        (b"id=VC0000000ABCD", 400),
        (b'{"vuid":', 400),
        (b'{"vuid":""}', 400),
        (b'{"vuid":null}', 400),
        (b'{"vuid":18}', 400),
        (b'{"vuid":"VC/0"}', 400),
        (b'{"vuid":"A","vuid":"B"}', 400),
        (b'{"vuid":"A","x":NaN}', 400),
        ('{"vuid":"VC1"}'.encode("utf-16"), 400),
        (b'{"vuid":"VC\xff"}', 400),
        (b'{"vuid":"A","x":' + b"[" * 40 + b"]" * 40 + b"}", 400),
        (b'{"vuid":"A","x":' + b"[" * 20000 + b"]" * 20000 + b"}", 400),
        (b'{"vuid":"A","x":' + b"9" * 10000 + b"}", 400),
        (b'{"vuid":"A","x":"' + b"x" * MIB + b'"}', 413),
    ],
)
async def test_bad_heartbeats(refused_vstarcam, vstarcam, body, status) -> None:
    reply = await vstarcam.poster.post(vstarcam.webhook_id, body, "application/json")
    refused_vstarcam.append(reply)
    assert reply.status == status


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("multipart/form-data; boundary=another", 400),
        ("multipart/form-data; boundary=" + "b" * 3000, 400),
    ],
)
async def test_no_boundary_in_the_body(refused_vstarcam, vstarcam, content_type, status) -> None:
    body = b"x" + form(vstarcam.fields())
    reply = await vstarcam.poster.post(vstarcam.webhook_id, body, content_type)
    refused_vstarcam.append(reply)
    assert reply.status == status


async def test_get_explains_itself(refused_vstarcam, vstarcam) -> None:
    reply = await vstarcam.poster.post(vstarcam.webhook_id, b"", None, method="GET")
    refused_vstarcam.append(reply)
    assert (reply.status, reply.headers["allow"]) == (405, "POST, PUT")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ([Field("x", b"", headers=("X-Long: " + "x" * 9000,))], 413),
        ([Field("x", b"", headers=tuple(f"X-{n}: {'x' * 900}" for n in range(10)))], 413),
        ([Field("x", b"", headers=tuple(f"X-{n}: x" for n in range(40)))], 413),
        ([Field("x", b"", headers=("no colon",))], 400),
        ([Field(f"x{n}", b"") for n in range(40)], 413),
        ([Field("x", b"x" * (10 * MIB + 1))], 413),
        ([Field("vuid", b"VC0000000ABCD")], 400),
        ([Field("type", b"18")], 400),
    ],
)
async def test_bad_forms(refused_vstarcam, vstarcam, fields, status) -> None:
    reply = await vstarcam.send([*vstarcam.fields(), *fields])
    refused_vstarcam.append(reply)
    assert reply.status == status


async def test_truncated_anywhere(refused_vstarcam, vstarcam) -> None:
    """In the middle of what an alarm has to say, or of a part's header."""
    body = form(vstarcam.fields(video=mp4(300)))
    headers = body.index(b"picture") + 20, body.index(b"video") + 20
    for end in (0, 10, 50, 100, body.index(b"picture") - 60, *headers):
        reply = await vstarcam.poster.post(vstarcam.webhook_id, body[:end], MULTIPART)
        refused_vstarcam.append(reply)
        assert reply.status == 400


@pytest.mark.parametrize("left_out", [0.1, 0.9])
async def test_truncated_picture_or_clip(hass, vstarcam, vstarcam_entry, alarms, left_out) -> None:
    """The sender says that this is all: the alarm is told without it."""
    picture = jpeg("fire")
    for fields, body in (
        ({"picture": None, "clip": None}, form(vstarcam.fields(0x6D, picture))),
        ({"clip": None}, form(vstarcam.fields(0x6D, picture, mp4(3000)))),
    ):
        last = body.index(b"\xff\xd8") if "picture" in fields else body.index(b"ftyp")
        end = int(len(body) - (len(body) - last) * left_out)
        reply = await vstarcam.poster.post(vstarcam.webhook_id, body[:end], MULTIPART)
        assert reply.json == {"code": "200", "message": "Success"}
        await hass.async_block_till_done()
        assert alarms[-1].data["alarm"] == "fire"
        if "picture" in fields:
            assert alarms[-1].data["picture"] is None
        else:
            assert alarms[-1].data["picture"] is not None
    assert len(alarms) == 2
    assert vstarcam_entry.runtime_data.traffic.unusable_pictures == 1


@pytest.mark.parametrize("length", [100, 1500, 3_000_000])
async def test_connection_dropped_half_way(hass, refused_vstarcam, vstarcam, length) -> None:
    body = form(vstarcam.fields(video=mp4(6 * MIB)))
    reply = await vstarcam.poster.post(
        vstarcam.webhook_id, body[:length], MULTIPART, length=len(body), hang_up=True
    )
    refused_vstarcam.append(reply)
    await asyncio.sleep(0.1)


@pytest.mark.parametrize("length", [257 * MIB + 48 * MIB, 10**15])
async def test_announced_size_beyond_the_limit_is_refused_at_once(refused_vstarcam, vstarcam, length) -> None:
    reply = await vstarcam.poster.post(vstarcam.webhook_id, b"", MULTIPART, length=length)
    refused_vstarcam.append(reply)
    assert reply.status == 413


async def test_clip_beyond_its_limit(refused_vstarcam, vstarcam) -> None:
    with patch("custom_components.camera_push.transports.multipart.MAX_CLIP_BYTES", MIB):
        reply = await vstarcam.send(vstarcam.fields(video=mp4(MIB + 1)))
    refused_vstarcam.append(reply)
    assert reply.status == 413


async def test_body_slower_than_its_time(refused_vstarcam, vstarcam) -> None:
    body = form(vstarcam.fields(video=mp4(2 * MIB)))

    async def trickle() -> AsyncIterator[bytes]:
        yield body[: len(body) - 1000]
        await asyncio.sleep(0.5)

    with patch("custom_components.camera_push.entry.webhook.BODY_TIMEOUT_SECONDS", 0.2):
        reply = await vstarcam.poster.post(
            vstarcam.webhook_id, b"", MULTIPART, length=len(body), pieces=trickle()
        )
    refused_vstarcam.append(reply)
    assert reply.status == 408


async def test_our_own_error_is_not_taken_for_success(hass, refused_vstarcam, vstarcam, caplog) -> None:
    """The webhook component would answer an empty 200 to an exception."""
    with patch("custom_components.camera_push.hub.hub.handle", side_effect=RuntimeError("boom")):
        reply = await vstarcam.alarm(0x12)
    refused_vstarcam.append(reply)
    assert reply.status == 500
    assert "boom" in caplog.text


async def test_refused_first_push_creates_nothing(hass, vstarcam, vstarcam_entry) -> None:
    assert (await vstarcam.alarm("motion")).status == 400
    await hass.async_block_till_done()
    assert hass.states.async_all() == []
    assert files(hass, vstarcam_entry) == []


async def test_refusals_do_not_flood_the_log(vstarcam, caplog) -> None:
    for _ in range(20):
        await vstarcam.alarm("motion")
    assert caplog.text.count("WARNING  custom_components.camera_push") == 1
    assert vstarcam.webhook_id not in "".join(
        record.getMessage() for record in caplog.records if "camera_push" in record.name
    )


@pytest.fixture
async def refused_ff(
    hass: HomeAssistant, ff: FFCamera, ff_entry: ConfigEntry, plates: list[Event]
) -> AsyncIterator[list[Reply]]:
    """Let the test send to a known camera's entry, then see that it was refused."""
    assert (await ff.send_json(ff.keepalive())).status == 200
    async with without_a_trace(hass, ff_entry, plates, "ok") as replies:
        yield replies
    assert (await ff.read()).status == 200


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"sensorProviderID": None, "camera_info": None}, 400),
        ({"sensorProviderID": "", "camera_info": {}}, 400),
        *(
            ({"sensorProviderID": device_id, "camera_info": None}, 400)
            for device_id in ("a/b", "../x", "x\x00", "\u202egate", "g" * 65, ["gate"], True)
        ),
        ({"sensorProviderID": "a/b", "camera_info": {"SerialNumber": "c/d"}}, 400),
        ({"GEOtarget": "x" * 2 * MIB}, 413),
        ({"GEOtarget": "x" * 33 * MIB}, 413),
    ],
)
async def test_bad_events(refused_ff, ff, changes, status) -> None:
    reply = await ff.send_json(ff.event(**changes))
    refused_ff.append(reply)
    assert reply.status == status


async def test_bad_ff_bodies(refused_ff, ff) -> None:
    for value, status in (
        ([], 400),
        ({}, 400),
        ("x", 400),
        ([1], 400),
        ([ff.event(), {}], 400),
        ([ff.event(), ff.event(sensorProviderID="a/b", camera_info=None)], 400),
        ([ff.event()] * 1001, 400),
        ({"hello": "world"}, 400),
    ):
        reply = await ff.send_json(value)
        refused_ff.append(reply)
        assert (value if len(str(value)) < 100 else "...", reply.status) == (
            value if len(str(value)) < 100 else "...",
            status,
        )


async def test_bad_ff_forms(refused_ff, ff) -> None:
    event = Field("event", json.dumps(ff.event()).encode(), "event.json", "application/json")
    for fields, status in (
        ([image("image", jpeg())], 400),
        ([event, event], 400),
        ([event, *(image(f"i{n}", jpeg() + b"\0" * 9 * MIB) for n in range(6))], 413),
        ([Field("event", b"{", "event.json", "application/json")], 400),
    ):
        reply = await ff.poster.post(ff.webhook_id, form(fields), MULTIPART)
        refused_ff.append(reply)
        assert reply.status == status


async def test_bad_ff_content_types(refused_ff, ff) -> None:
    for content_type in (None, "text/xml", "text/plain", "application/octet-stream"):
        reply = await ff.poster.post(ff.webhook_id, b"carState=new", content_type)
        refused_ff.append(reply)
        assert reply.status == 415


async def test_keepalive_that_could_be_of_two_cameras(hass: HomeAssistant, ff: FFCamera) -> None:
    other = FFCamera("exit", ff.poster, ff.webhook_id, "ACCC8E000002")
    for camera in (ff, other):
        await camera.send_json(camera.keepalive())
    await hass.async_block_till_done()
    before = states(hass)
    reply = await ff.send_json({"system": {"timestamp": "2026-11-21T00:00:00Z"}})
    assert reply.status == 400
    assert states(hass) == before
