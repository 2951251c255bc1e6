"""What FF cameras may leave out or call otherwise: content types, names of parts, Device IDs."""

import json
import tracemalloc
from urllib.parse import quote, urlencode

import pytest

from tests.common import device, shown
from tests.emulators.ff import embedded, image
from tests.emulators.http import BOUNDARY, Field, form
from tests.emulators.pictures import jpeg

WRONG = [
    None,
    "",
    "text/plain",
    "application/octet-stream",
    "application/x-www-form-urlencoded",
    "application/xml",
    "image/jpeg",
    "multipart/form-data",
]


@pytest.mark.parametrize("content_type", WRONG)
@pytest.mark.parametrize("before", ["", "\r\n ", "\ufeff"])
async def test_json_by_its_first_character(ff, plates, content_type, before) -> None:
    body = (before + json.dumps(ff.event())).encode()
    reply = await ff.poster.post(ff.webhook_id, body, content_type)
    assert (reply.status, len(plates)) == (200, 1)


async def test_json_that_is_no_utf_8(ff, plates) -> None:
    """A refused read stays in the camera's buffer, for the letter of a make."""
    text = json.dumps(ff.event(vehicle_info={"make": "Citro\u00ebn"}), ensure_ascii=False)
    reply = await ff.poster.post(ff.webhook_id, text.encode("latin-1") + b"\0", "application/json")
    assert (reply.status, [event.data["vehicle"]["make"] for event in plates]) == (200, ["Citro\u00ebn"])


@pytest.mark.parametrize(
    "content_type",
    [*WRONG, "application/json", "multipart/form-data; boundary=", f"multipart/mixed; boundary={BOUNDARY}"],
)
async def test_form_by_its_boundary(ff, plates, content_type) -> None:
    fields = [Field("event", json.dumps(ff.event()).encode()), image("image", jpeg())]
    reply = await ff.poster.post(ff.webhook_id, form(fields), content_type)
    assert (reply.status, len(plates)) == (200, 1)
    assert plates[0].data["picture"] is not None


@pytest.mark.parametrize("name", ["event", "json", "data"])
@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", None])
async def test_url_encoded_form(ff, plates, name, content_type) -> None:
    body = urlencode({name: json.dumps(ff.event()), "token": "x"}).encode()
    reply = await ff.poster.post(ff.webhook_id, body, content_type)
    assert (reply.status, len(plates)) == (200, 1)


@pytest.mark.parametrize("letter", ["%EB", "%C3%AB", "\u00eb"])
async def test_url_encoded_letters(ff, plates, letter) -> None:
    event = quote(json.dumps(ff.event(vehicle_info={"make": "Citron"}))).replace("Citron", f"Citro{letter}n")
    reply = await ff.poster.post(ff.webhook_id, f"event={event}".encode(), None)
    assert (reply.status, [event.data["vehicle"]["make"] for event in plates]) == (200, ["Citro\u00ebn"])


@pytest.mark.parametrize("before", range(3))
async def test_url_encoded_picture(hass, ff, ff_entry, plates, before) -> None:
    """Each of its characters is escaped, and it takes memory for what it says, not for each escape."""
    picture = jpeg() + bytes(1_200_000) + b"\xff\xd9"
    text = json.dumps(ff.event(ImageArray=[embedded("vehicle", picture)]))
    body = b"event=" + b" " * before + "".join(f"%{byte:02x}" for byte in text.encode()).encode()
    tracemalloc.start()
    try:
        reply = await ff.poster.post(ff.webhook_id, body, None)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert reply.status == 200
    assert await shown(hass, ff_entry, "snapshot") == picture
    assert peak < 10 * len(body)


@pytest.mark.parametrize(
    "part",
    [
        Field("file", b"", "1697.JSON"),
        Field("file", b"", "event", "application/json; charset=utf-8"),
        Field("file", b"", "event", "text/json"),
        Field("plate", b""),
    ],
    ids=["name of the file", "content type", "other content type", "content"],
)
async def test_event_part_of_another_name(ff, plates, part) -> None:
    event = Field(part.name, json.dumps(ff.event()).encode(), part.filename, part.content_type)
    body = form([image("image", jpeg()), event, Field("note", b"hello")])
    reply = await ff.poster.post(ff.webhook_id, body, f"multipart/form-data; boundary={BOUNDARY}")
    assert (reply.status, len(plates)) == (200, 1)
    assert plates[0].data["picture"] is not None


@pytest.mark.parametrize("name", ["event", "Data", "json"])
async def test_event_in_an_object_is_no_keepalive(hass, ff, ff_entry, plates, name) -> None:
    assert (await ff.send_json({name: ff.event()})).status == 200
    assert [it.data["plate"] for it in plates] == ["47ATDPN"]
    found = device(hass, ff_entry, "gate")
    assert found is not None
    assert found.model == "AXIS P1447-LE"


class TestDeviceId:
    """It is any text that the user typed."""

    @pytest.mark.parametrize(
        ("device_id", "camera_id"),
        [
            (4711, "4711"),
            ("4711", "4711"),
            ("car park/level 1", "ACCC8E000001"),
            ("x" * 100, "ACCC8E000001"),
            (" padded ", "ACCC8E000001"),
            (["gate"], "ACCC8E000001"),
            (True, "ACCC8E000001"),
            (1.5, "ACCC8E000001"),
            (10**30, "ACCC8E000001"),
        ],
    )
    async def test_one_that_cannot_be_an_id(self, hass, ff, ff_entry, plates, device_id, camera_id) -> None:
        assert (await ff.send_json(ff.event(sensorProviderID=device_id))).status == 200
        keepalive = ff.keepalive()
        keepalive["ALPV"]["device_ID"] = device_id
        assert (await ff.send_json(keepalive)).status == 200
        assert list(ff_entry.runtime_data.hub.cameras) == [plates[0].data["camera_id"]] == [camera_id]

    async def test_mac_address_where_the_serial_number_is_none(self, ff, plates) -> None:
        info = {"SerialNumber": "a/b", "MACAddress": "AC:CC:8E:00:00:07"}
        await ff.send_json(ff.event(sensorProviderID="a/b", camera_info=info))
        assert plates[0].data["camera_id"] == "AC:CC:8E:00:00:07"


class TestDetails:
    """Everything unknown, bounded."""

    async def test_radar_and_all_else(self, ff, plates) -> None:
        event = ff.event(
            vehicleSpeed="43.5",
            loudness={"dB": 71},
            plateListDescription="Employee car",
            geotag={"lat": 1.0, "lon": 2.0},
        )
        event["vehicle_info"] |= {"speed": "43.5", "coordinates": [1, 2, 3, 4]}
        event["camera_info"] |= {"FirmwareVersion": "11.9"}
        await ff.send_json(event)
        details = plates[0].data["details"]
        assert details["vehiclespeed"] == "43.5"
        assert details["loudness"] == {"dB": 71}
        assert details["platelistdescription"] == "Employee car"
        assert details["geotag"] == {"lat": 1.0, "lon": 2.0}
        assert details["vehicle_info"] == {"speed": "43.5", "coordinates": [1, 2, 3, 4]}
        assert details["camera_info"] == {"firmwareversion": "11.9"}
        assert plates[0].data["vehicle"]["make"] == "Ford"

    async def test_what_has_room_is_kept(self, ff, plates) -> None:
        many = {f"extra{number}": "x" * 250 for number in range(30)}
        await ff.send_json({**ff.event(speed="43.5"), **many})
        details = plates[0].data["details"]
        assert (details["truncated"], details["speed"]) == (True, "43.5")
        assert details["extra0"] == "x" * 250
        assert 3500 < len(json.dumps(details)) <= 4096


class TestVersions:
    """`version` is the firmware's in one section of the keepalive, and the app's in another."""

    @pytest.mark.parametrize(
        ("keepalive", "shown"),
        [
            ({"identify": {"version": "11.9.60", "osVersion": "10.12"}}, "11.9.60"),
            ({"ALPV": {"version": "2.9.19"}, "identify": {"anprVersion": "2.7.1"}}, "app 2.9.19"),
            ({"Identify": {"Version": "11.9.60"}, "alpv": {"VERSION": "3.0"}}, "11.9.60 (app 3.0)"),
            ({"OS version": "11.9", "App version": "3.1"}, "11.9 (app 3.1)"),
            ({"identify": {"osVersion": "11.9", "anprVersion": "2.7"}}, "11.9 (app 2.7)"),
            ({"system": {"version": "7"}}, None),
        ],
    )
    async def test_by_section(self, hass, ff, ff_entry, keepalive, shown) -> None:
        await ff.read()
        assert (await ff.send_json(keepalive)).status == 200
        await hass.async_block_till_done()
        found = device(hass, ff_entry, "gate")
        assert found is not None
        assert found.sw_version == shown
