"""What VStarcam cameras may leave out or call otherwise: content types, names of parts, numbers."""

from base64 import b64encode
from http import HTTPStatus
import json
from urllib.parse import urlencode

from homeassistant.components.image import async_get_image
from homeassistant.core import Event, HomeAssistant
import pytest

from tests.common import entity_id, state
from tests.emulators.http import Field, form
from tests.emulators.pictures import jpeg, mp4
from tests.emulators.vstarcam import VStarcamCamera

VUID = "VC0000000ABCD"
WRONG = [None, "", "text/plain", "application/octet-stream", "application/xml", "image/jpeg"]


class Bodies:
    """An alarm in each of the ways that hold its fields."""

    FORM = form([Field("vuid", VUID.encode()), Field("type", b"0x6D"), Field("picture", jpeg(), "a.jpg")])
    JSON = json.dumps({"vuid": VUID, "type": 109}).encode()
    HEXADECIMAL = json.dumps({"vuid": VUID, "type": "0X6d"}).encode()
    URLENCODED = urlencode({"vuid": VUID, "type": "109"}).encode()


@pytest.mark.parametrize("body", [Bodies.FORM, Bodies.JSON, Bodies.HEXADECIMAL, Bodies.URLENCODED])
@pytest.mark.parametrize(
    "content_type",
    [*WRONG, "application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
)
async def test_alarm_by_its_content(
    hass: HomeAssistant,
    vstarcam: VStarcamCamera,
    vstarcam_entry,
    alarms: list[Event],
    body: bytes,
    content_type: str | None,
) -> None:
    reply = await vstarcam.poster.post(vstarcam.webhook_id, body, content_type)
    await hass.async_block_till_done()
    assert (reply.status, reply.json["code"]) == (HTTPStatus.OK, "200")
    assert [(it.data["alarm"], it.data["code"]) for it in alarms] == [("fire", 0x6D)]
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "fire").state == "on"


@pytest.mark.parametrize("names", [("image", "movie"), ("file1", "file2"), ("", ""), ("video", "picture")])
@pytest.mark.parametrize("content_type", [None, "application/octet-stream"])
@pytest.mark.parametrize("order", [1, -1])
async def test_picture_and_clip_by_their_content(
    hass, vstarcam, vstarcam_entry, alarms, names, content_type, order
) -> None:
    files = [
        Field(names[0], jpeg("seen"), None, content_type),
        Field(names[1], mp4(5000), None, content_type),
    ]
    if names == ("video", "picture"):
        files = [Field(names[1], files[0].data), Field(names[0], files[1].data)]
    reply = await vstarcam.send([*files[::order], *vstarcam.fields()[:2]])
    await hass.async_block_till_done()
    assert reply.json["code"] == "200"
    assert None not in (alarms[0].data["picture"], alarms[0].data["clip"])
    shown = await async_get_image(hass, entity_id(hass, vstarcam_entry, "image", VUID, "snapshot"))
    assert shown.content == jpeg("seen")


@pytest.mark.parametrize("head", ["", "data:image/jpeg;base64,"])
@pytest.mark.parametrize("encode", [json.dumps, urlencode, lambda it: json.dumps(it) + "\0"])
async def test_picture_as_text(hass, vstarcam, vstarcam_entry, alarms, head, encode) -> None:
    """Larger than any heartbeat, and what is no picture costs no alarm."""
    picture = jpeg("seen", (640, 360)) + b"\0" * 100_000
    body = {"vuid": VUID, "type": "0x6d", "picture": head + b64encode(picture).decode()}
    reply = await vstarcam.poster.post(vstarcam.webhook_id, encode(body).encode(), None)
    assert reply.json["code"] == "200"
    await hass.async_block_till_done()
    shown = await async_get_image(hass, entity_id(hass, vstarcam_entry, "image", VUID, "snapshot"))
    assert shown.content == picture
    for text in ("no picture", head + "bm8gcGljdHVyZQ=="):
        await vstarcam.poster.post(vstarcam.webhook_id, encode(body | {"picture": text}).encode(), None)
    assert [it.data["picture"] is None for it in alarms] == [False, True, True]
    assert vstarcam_entry.runtime_data.traffic.unusable_pictures == 2


@pytest.mark.parametrize("code", [0x01, 0x02, 0x15, 0x16, 0x17, 0x18, 0, 4294967295])
@pytest.mark.parametrize("spelling", ["{}", "0x{:x}"])
async def test_unknown_numbers_are_kept(vstarcam, alarms, code, spelling) -> None:
    body = json.dumps({"vuid": VUID, "type": spelling.format(code)}).encode()
    reply = await vstarcam.poster.post(vstarcam.webhook_id, body, "application/json")
    assert reply.status == HTTPStatus.OK
    assert [(it.data["alarm"], it.data["code"]) for it in alarms] == [("unknown", code)]


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", None])
async def test_push_of_the_cloud_is_named(vstarcam, alarms, content_type) -> None:
    body = json.dumps(
        {
            "type": "doorbell",
            "action": "100",
            "did": VUID,
            "payload": {"time": 1},
            "cover": "http://cloud.example/x.jpg",
        }
    ).encode()
    reply = await vstarcam.poster.post(vstarcam.webhook_id, body, content_type)
    fields = [Field("type", b"doorbell"), Field("action", b"100"), Field("did", VUID.encode())]
    for refused in (reply, await vstarcam.send(fields)):
        assert refused.status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        assert refused.json["code"] == "415"
        assert "VStarcam cloud" in refused.json["message"]
    assert alarms == []


async def test_number_with_a_fraction_of_nothing(vstarcam, alarms) -> None:
    for number in ("18.0", "1.8e1"):
        body = f'{{"vuid": "{VUID}", "type": {number}}}'.encode()
        assert (await vstarcam.poster.post(vstarcam.webhook_id, body, None)).status == HTTPStatus.OK
    assert [it.data["code"] for it in alarms] == [18, 18]
