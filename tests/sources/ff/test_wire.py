"""How FF cameras write what they say: pictures in three places, keys and numbers in many spellings."""

import json
from typing import Any

from homeassistant.core import Event
import pytest

from tests.common import shown
from tests.emulators.ff import FFCamera, embedded, image
from tests.emulators.http import BOUNDARY, Field, form
from tests.emulators.pictures import jpeg

VIEW = jpeg("view", (320, 200))
CROP = jpeg("crop", (100, 30))


class TestPictures:
    """Pictures come in parts of a form or inside the JSON text, any number of them."""

    @pytest.mark.parametrize(
        ("view", "crop"),
        [
            (image("image", VIEW), image("image2", CROP, "lp.jpg")),
            (image("roi", VIEW, ""), image("lp", CROP, "")),
            (
                image("a", VIEW, "1_roi.jpg", "application/octet-stream"),
                image("b", CROP, "1_lp.jpg", "application/octet-stream"),
            ),
            (Field("x", VIEW), Field("lp", CROP)),
            (Field("event", VIEW, "event.jpg", "image/jpeg"), image("lp", CROP)),
        ],
    )
    @pytest.mark.parametrize("order", [1, -1])
    async def test_parts(self, hass, ff, ff_entry, view, crop, order) -> None:
        reply = await ff.send_form(ff.event(imageType=None), [view, crop][::order])
        await hass.async_block_till_done()
        assert reply.status == 200
        assert await shown(hass, ff_entry, "snapshot") == VIEW
        assert await shown(hass, ff_entry, "plate") == CROP

    async def test_image_type_of_the_event(self, hass, ff, ff_entry, plates) -> None:
        await ff.send_form(ff.event(imageType="plate"), [image("image", CROP)])
        await hass.async_block_till_done()
        assert await shown(hass, ff_entry, "plate") == CROP
        assert await shown(hass, ff_entry, "snapshot") == CROP
        assert plates[0].data["plate_picture"] == plates[0].data["picture"]

    @pytest.mark.parametrize("name", ["ImageArray", "imageArray"])
    async def test_embedded(self, hass, ff, ff_entry, name) -> None:
        wrapped = embedded("vehicle", VIEW)
        wrapped["BinaryImage"] = "\n".join(
            wrapped["BinaryImage"][i : i + 76] for i in range(0, len(wrapped["BinaryImage"]), 76)
        )
        await ff.send_json(ff.event(**{name: [embedded("plate", CROP), wrapped, {"ImageType": "frame"}]}))
        await hass.async_block_till_done()
        assert await shown(hass, ff_entry, "snapshot") == VIEW
        assert await shown(hass, ff_entry, "plate") == CROP

    async def test_large_embedded(self, hass, ff, ff_entry) -> None:
        large = jpeg("large", (320, 200)) + b"\0" * 5_000_000
        reply = await ff.send_json(ff.event(ImageArray=[embedded("frame", large)]))
        await hass.async_block_till_done()
        assert reply.status == 200
        assert await shown(hass, ff_entry, "snapshot") == large

    async def test_switched_off(self, ff, plates) -> None:
        await ff.send_form(ff.event(), [image("image", b"")])
        await ff.send_form(ff.event("update"))
        assert [(it.data["picture"], it.data["plate_picture"]) for it in plates] == [(None, None)] * 2

    async def test_parts_that_are_no_pictures_are_left_alone(self, ff, plates) -> None:
        assert (await ff.send_form(ff.event(), [Field("notes", b"hello", "notes.txt")])).status == 200
        assert plates[0].data["picture"] is None


class TestWire:
    """Spellings that senders use."""

    async def one(self, ff: FFCamera, plates: list[Event], **changes: Any) -> dict[str, Any]:
        reply = await ff.send_json(ff.event(**changes))
        assert reply.status == 200
        return dict(plates[-1].data)

    @pytest.mark.parametrize("name", ["event", "json", "data"])
    async def test_names_of_the_json_part(self, ff, plates, name) -> None:
        fields = [Field(name, json.dumps(ff.event()).encode())]
        reply = await ff.poster.post(ff.webhook_id, form(fields), f"multipart/form-data; boundary={BOUNDARY}")
        assert (reply.status, len(plates)) == (200, 1)

    async def test_array_of_events(self, ff, plates) -> None:
        events = [ff.event("new"), ff.event("update"), ff.event("lost")]
        assert (await ff.send_json(events)).status == 200
        assert [it.data["state"] for it in plates] == ["new", "update", "lost"]

    @pytest.mark.parametrize("key", ["carID", "carid", "carId"])
    async def test_car_id(self, ff, plates, key) -> None:
        assert (await self.one(ff, plates, **{"carID": None, key: 12}))["car_id"] == "12"

    @pytest.mark.parametrize("key", ["carState", "carstate"])
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("new", "new"),
            ("update", "update"),
            ("updated", "update"),
            ("reliable", "update"),
            ("lost", "lost"),
            ("LOST", "lost"),
            ("parked", "update"),
        ],
    )
    async def test_states(self, ff, plates, key, value, expected) -> None:
        assert (await self.one(ff, plates, **{"carState": None, key: value}))["state"] == expected

    async def test_no_state(self, ff, plates) -> None:
        assert (await self.one(ff, plates, carState=None))["state"] == "new"

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("0.5", 0.5),
            (0.5, 0.5),
            ("87", 0.87),
            (87.5, 0.875),
            ("1", 1.0),
            ("100", 1.0),
            ("0", 0.0),
            ("-1", None),
            ("101", None),
            ("high", None),
            ("nan", None),
            ("", None),
            (True, None),
        ],
    )
    async def test_confidence(self, ff, plates, value, expected) -> None:
        assert (await self.one(ff, plates, plateConfidence=value))["confidence"] == expected

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("in", "in"),
            ("OUT", "out"),
            ("unk", "unknown"),
            ("unknown", "unknown"),
            ("", "unknown"),
            (1, "unknown"),
        ],
    )
    async def test_direction(self, ff, plates, value, expected) -> None:
        assert (await self.one(ff, plates, carMoveDirection=value))["direction"] == expected

    @pytest.mark.parametrize(
        ("value", "expected"), [("CZE", "CZE"), ("cze", "CZE"), ("XX", None), ("", None)]
    )
    async def test_country(self, ff, plates, value, expected) -> None:
        assert (await self.one(ff, plates, plateCountry=value))["country"] == expected

    @pytest.mark.parametrize(
        ("value", "expected"), [("1", 1), (2, 2), ("", None), ("x", None), (1e300, None)]
    )
    async def test_zone(self, ff, plates, value, expected) -> None:
        assert (await self.one(ff, plates, roiID=value))["zone"] == expected

    @pytest.mark.parametrize(
        ("keys", "raw", "plate"),
        [
            ({"plateUTF8": "А123ВС"}, "А123ВС", "А123ВС"),
            ({"plateText": "\\u0410123"}, "А123", "А123"),
            ({"plateASCII": "m-ab 12.34"}, "m-ab 12.34", "MAB1234"),
            ({"plateUnicode": "M\u00b7AB\u200b12"}, "M·AB12", "MAB12"),
            ({"plateText": "ＡＢ１２"}, "ＡＢ１２", "AB12"),
            ({"plateText": "X" * 500}, "X" * 32, "X" * 32),
            ({"plateText": "---"}, "---", None),
            ({"plateText": 4711}, "4711", "4711"),
            ({}, None, None),
        ],
    )
    async def test_plate_texts(self, ff, plates, keys, raw, plate) -> None:
        without = dict.fromkeys(("plateText", "plateUnicode", "plateUTF8", "plateASCII"))
        data = await self.one(ff, plates, **without | keys)
        assert (data["plate_raw"], data["plate"]) == (raw, plate)

    @pytest.mark.parametrize(
        ("keys", "expected"),
        [
            ({"capture_timestamp": "1795228365123"}, "2026-11-21T02:32:45.123+00:00"),
            ({"capture_timestamp": 1795228365123}, "2026-11-21T02:32:45.123+00:00"),
            ({"capture_timestamp": "1795228365"}, "2026-11-21T02:32:45.000+00:00"),
            ({"capture_timestamp": "1795228365.5"}, "2026-11-21T02:32:45.500+00:00"),
            ({"capture_ts": "1795228365123456789"}, "2026-11-21T02:32:45.123+00:00"),
            ({"datetime": "20261121 023245123+0000"}, "2026-11-21T02:32:45.123+00:00"),
            ({"datetime": "20261121 033245123 +0100"}, "2026-11-21T02:32:45.123+00:00"),
            ({"datetime": "20261121 033245"}, "2026-11-21T11:32:45.000+00:00"),
            ({"datetime": "2026-11-21T03:32:45.123+01:00"}, "2026-11-21T02:32:45.123+00:00"),
            ({"datetime": "2026-11-21T02:32:45Z"}, "2026-11-21T02:32:45.000+00:00"),
            ({"datetime": "yesterday"}, None),
            ({"datetime": "20261341 033245"}, None),
            ({"capture_timestamp": "0"}, None),
            ({"capture_timestamp": "1e300"}, None),
            ({"capture_timestamp": "17"}, None),
            ({}, None),
        ],
    )
    async def test_capture_times(self, ff, plates, keys, expected) -> None:
        """Without a zone a time is Home Assistant's local time, here US/Pacific."""
        without = dict.fromkeys(("capture_timestamp", "capture_ts", "datetime"))
        assert (await self.one(ff, plates, **without | keys))["captured_at"] == expected

    async def test_make_and_percent(self, ff, plates) -> None:
        info = {"make": "Skoda", "model": "Octavia", "confidenceMMR": "87", "confidenceColor": "66.5"}
        vehicle = (await self.one(ff, plates, vehicle_info=info))["vehicle"]
        assert (vehicle["make"], vehicle["make_model_confidence"], vehicle["color_confidence"]) == (
            "Skoda",
            0.87,
            0.665,
        )

    @pytest.mark.parametrize(
        ("changes", "camera_id"),
        [
            ({}, "gate"),
            ({"sensorProviderID": None, "sensorProviderId": "gate"}, "gate"),
            ({"sensorProviderID": "Einfahrt Süd"}, "Einfahrt Süd"),
            ({"sensorProviderID": "defaultID"}, "ACCC8E000001"),
            ({"sensorProviderID": ""}, "ACCC8E000001"),
            ({"sensorProviderID": None, "camera_info": None, "cameraId": "old-1"}, "old-1"),
            ({"sensorProviderID": "defaultID", "camera_info": None}, "defaultID"),
        ],
    )
    async def test_camera_ids(self, ff, plates, changes, camera_id) -> None:
        assert (await self.one(ff, plates, **changes))["camera_id"] == camera_id
