"""FF cameras over HTTP, from the request to states, events and pictures."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.image import async_get_image
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from syrupy.assertion import SnapshotAssertion

from .common import device, entity_id, pass_time, state, states
from .conftest import NOW
from .emulators.ff import FFCamera, embedded, image
from .emulators.http import BOUNDARY, Field, form
from .emulators.pictures import jpeg

VIEW = jpeg("view", (320, 200))
CROP = jpeg("crop", (100, 30))


async def shown(hass: HomeAssistant, entry: ConfigEntry, key: str, camera_id: str = "gate") -> bytes:
    """Return the picture that an image entity shows."""
    return (await async_get_image(hass, entity_id(hass, entry, "image", camera_id, key))).content


async def test_bus_event_of_a_plate_read(
    hass: HomeAssistant,
    ff: FFCamera,
    ff_entry: ConfigEntry,
    plates: list[Event],
    freezer: FrozenDateTimeFactory,
) -> None:
    freezer.move_to(NOW)
    event = ff.event(
        "update",
        at=NOW - timedelta(seconds=1),
        plateText="47-atd pn",
        plateUTF8="47-atd pn",
        plateRegion="Nevada",
        plateList="Residents",
        plateListMode="allow",
        roiID="2",
    )
    reply = await ff.send_form(event, [image("image", VIEW), image("image2", CROP, "lp.jpg")])
    await hass.async_block_till_done()

    assert reply.status == HTTPStatus.OK
    found = device(hass, ff_entry, "gate")
    assert found is not None
    data = dict(plates[0].data)
    prefix = f"media-source://camera_push/{ff_entry.entry_id}/"
    assert data.pop("picture").startswith(prefix)
    assert data.pop("plate_picture").startswith(prefix)
    assert data == {
        "device_id": found.id,
        "source": "ff",
        "camera_id": "gate",
        "state": "update",
        "plate": "47ATDPN",
        "plate_raw": "47-atd pn",
        "country": "USA",
        "region": "Nevada",
        "confidence": 0.913,
        "direction": "in",
        "zone": 2,
        "car_id": "7543",
        "vehicle": {
            "make": "Ford",
            "model": "Explorer",
            "type": "SUV",
            "color": "BLACK",
            "view": "front",
            "make_model_confidence": 0.87,
            "color_confidence": 0.66,
        },
        "list_name": "Residents",
        "list_mode": "allow",
        "known_vehicle": None,
        "captured_at": "2026-11-21T03:12:44.123+00:00",
        "received_at": "2026-11-21T03:12:45.123+00:00",
        "late": False,
    }
    assert (await shown(hass, ff_entry, "snapshot"), await shown(hass, ff_entry, "plate")) == (VIEW, CROP)


async def test_what_is_absent_is_null(ff: FFCamera, plates: list[Event]) -> None:
    await ff.send_json({"sensorProviderID": "gate", "carState": "lost", "plateText": ""})
    data = dict(plates[0].data)
    for key in ("device_id", "source", "camera_id", "received_at"):
        assert data.pop(key)
    vehicle = data.pop("vehicle")
    assert set(vehicle.values()) == {None}
    assert data.pop("state") == "lost"
    assert data.pop("direction") == "unknown"
    assert data.pop("late") is False
    assert set(data.values()) == {None}


async def test_entities_of_the_contract(
    hass: HomeAssistant, ff: FFCamera, ff_entry: ConfigEntry, snapshot: SnapshotAssertion
) -> None:
    at = datetime(2026, 11, 21, 3, 12, 45, tzinfo=UTC)
    await ff.send_form(ff.event("new", capture_timestamp=str(at.timestamp())), [image("image", VIEW)])
    await hass.async_block_till_done()

    keys = {
        "event": ["plate"],
        "camera": ["snapshot"],
        "image": ["snapshot", "plate"],
        "sensor": ["plate", "plate_zone_1", "plate_zone_2", "last_seen"],
    }
    found = {}
    for platform, names in keys.items():
        for key in names:
            it = state(hass, ff_entry, platform, "gate", key)
            found[f"{platform} {key}"] = (it.entity_id, sorted(str(name) for name in it.attributes))
    assert len(hass.states.async_all()) == len(found)
    assert found == snapshot


async def test_device_says_what_the_camera_says(
    hass: HomeAssistant, ff: FFCamera, ff_entry: ConfigEntry
) -> None:
    await ff.read()
    found = device(hass, ff_entry, "gate")
    assert found is not None
    assert (found.manufacturer, found.model, found.serial_number) == ("Axis", "AXIS P1447-LE", "ACCC8E000001")
    assert found.connections == {(dr.CONNECTION_NETWORK_MAC, "ac:cc:8e:00:00:01")}
    assert found.sw_version is None
    await ff.send_json(ff.keepalive())
    found = device(hass, ff_entry, "gate")
    assert found is not None
    assert found.sw_version == "11.9.60"


class TestVisit:
    """One passing car."""

    async def plate(self, hass: HomeAssistant, entry: ConfigEntry, key: str = "plate") -> str:
        await hass.async_block_till_done()
        return state(hass, entry, "sensor", "gate", key).state

    async def test_sensor_follows_the_best_reading(self, hass, ff, ff_entry, plates) -> None:
        for carstate, plate, confidence, expected in (
            ("new", "47ATOPN", "0.6", "47ATOPN"),
            ("update", "47ATDPN", "0.9", "47ATDPN"),
            ("update", "47ATD", "0.4", "47ATDPN"),
            ("lost", "", "0", "47ATDPN"),
        ):
            await ff.read(
                carstate,
                plateUTF8=plate,
                plateText=plate,
                plateUnicode=plate,
                plateASCII=plate,
                plateConfidence=confidence,
            )
            assert await self.plate(hass, ff_entry) == expected
        assert [event.data["state"] for event in plates] == ["new", "update", "update", "lost"]
        assert state(hass, ff_entry, "event", "gate", "plate").attributes["event_type"] == "lost"

    async def test_next_car_counts_even_if_read_worse(self, hass, ff, ff_entry) -> None:
        await ff.read("new", plateUTF8="FIRST1", plateConfidence="0.99")
        await ff.read("new", plateUTF8="SECOND2", plateConfidence="0.5", carID="7544")
        assert await self.plate(hass, ff_entry) == "SECOND2"

    async def test_car_id_that_comes_back_is_another_car(self, hass, ff, ff_entry) -> None:
        await ff.read("new", plateUTF8="FIRST1", plateConfidence="0.99")
        await ff.read("lost", plateUTF8="FIRST1", plateConfidence="0.99")
        await ff.read("update", plateUTF8="SECOND2", plateConfidence="0.5")
        assert await self.plate(hass, ff_entry) == "SECOND2"

    async def test_zones(self, hass, ff, ff_entry) -> None:
        await ff.read("new", roiID="2")
        assert await self.plate(hass, ff_entry, "plate_zone_1") == "unknown"
        assert await self.plate(hass, ff_entry, "plate_zone_2") == "47ATDPN"
        await ff.read("new", roiID="7", plateUTF8="ZONE7", carID="2")
        assert await self.plate(hass, ff_entry) == "ZONE7"

    async def test_repeated_message_fires_once(self, hass, ff, ff_entry, plates) -> None:
        event = ff.event("new")
        replies = [await ff.send_json(event), await ff.send_form(event, [image("image", VIEW)])]
        assert [reply.status for reply in replies] == [200, 200]
        assert len(plates) == 1
        await ff.send_json(ff.event("update"))
        assert len(plates) == 2

    async def test_repeated_message_is_known_after_a_restart(self, hass, ff, ff_entry, plates) -> None:
        event = ff.event("new")
        await ff.send_json(event)
        await hass.config_entries.async_reload(ff_entry.entry_id)
        await hass.async_block_till_done()
        assert (await ff.send_json(event)).status == 200
        assert len(plates) == 1

    async def test_same_car_of_another_camera_is_not_repeated(self, ff, plates) -> None:
        at = datetime.now(UTC)
        other = FFCamera("exit", ff.poster, ff.webhook_id, "ACCC8E000002")
        await ff.read(at=at)
        await other.read(at=at)
        assert [event.data["camera_id"] for event in plates] == ["gate", "exit"]


class TestLate:
    """Reads that come long after they were taken."""

    async def test_recorded_but_changes_nothing_now(self, hass, ff, ff_entry, plates) -> None:
        await ff.read("new", plateUTF8="FRESH1", images=[image("image", VIEW)])
        before = state(hass, ff_entry, "sensor", "gate", "plate")
        old = jpeg("old")
        await ff.read(
            "update",
            plateUTF8="LATE1",
            at=datetime.now(UTC) - timedelta(seconds=31),
            images=[image("image", old)],
        )
        await hass.async_block_till_done()
        assert [(event.data["plate"], event.data["late"]) for event in plates] == [
            ("FRESH1", False),
            ("LATE1", True),
        ]
        assert plates[1].data["picture"] is not None
        assert state(hass, ff_entry, "sensor", "gate", "plate") is before
        assert state(hass, ff_entry, "event", "gate", "plate").attributes["late"] is True
        assert await shown(hass, ff_entry, "snapshot") == VIEW

    async def test_not_late_within_the_limit(self, hass, ff, ff_entry, plates) -> None:
        await ff.read("new", at=datetime.now(UTC) - timedelta(seconds=25))
        assert plates[0].data["late"] is False
        assert state(hass, ff_entry, "sensor", "gate", "plate").state == "47ATDPN"

    @pytest.mark.parametrize("offset", [timedelta(hours=-1), timedelta(hours=1)])
    async def test_clock_offset_is_put_right(self, hass, ff, ff_entry, plates, offset) -> None:
        """A keepalive tells how far the camera's clock is off."""
        await ff.send_json(ff.keepalive(at=datetime.now(UTC) + offset))
        await ff.read("new", at=datetime.now(UTC) + offset)
        await ff.read("update", at=datetime.now(UTC) + offset - timedelta(minutes=1))
        assert [event.data["late"] for event in plates] == [False, True]
        await hass.config_entries.async_reload(ff_entry.entry_id)
        await ff.read("lost", at=datetime.now(UTC) + offset)
        assert plates[2].data["late"] is False


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


class TestKeepalive:
    """The heartbeat service, on the same URL."""

    async def test_creates_and_arms_the_camera(self, hass, ff, ff_entry, freezer) -> None:
        assert (await ff.send_json(ff.keepalive())).status == 200
        await hass.async_block_till_done()
        assert state(hass, ff_entry, "event", "gate", "plate").state == "unknown"
        await pass_time(hass, freezer, 5 * 60 * 3 + 1)
        assert state(hass, ff_entry, "event", "gate", "plate").state == "unavailable"

    @pytest.mark.parametrize(
        "keepalive",
        [
            {"MAC address": "AC:CC:8E:00:00:01", "App version": "3.1"},
            {
                "system": {"timestamp": "2026-11-21T00:00:00Z"},
                "identify": {"macAddress": "AC-CC-8E-00-00-01"},
            },
            {"device id": "gate", "OS version": "11"},
            {"ALPV": {"device_ID": "gate"}},
            {"ALPV": {"device_ID": "defaultID"}, "identify": {"macAddress": "AC:CC:8E:00:00:01"}},
            {"timestamp": "2026-11-21T00:00:00Z"},
            {"services": {"Available Memory": 1234}},
            {"Timestamp": "not a time", "mac": ""},
        ],
    )
    async def test_attributed_to_the_camera_it_came_from(self, hass, ff, ff_entry, keepalive) -> None:
        await ff.read()
        hub = ff_entry.runtime_data
        assert not hub.cameras["gate"].record.armed
        assert (await ff.send_json(keepalive)).status == 200
        assert list(hub.cameras) == ["gate"]
        assert hub.cameras["gate"].record.armed

    async def test_not_attributed_to_a_camera_with_another_serial_number(self, ff, ff_entry) -> None:
        await ff.read()
        await ff.send_json({"MAC address": "AC:CC:8E:00:00:99"})
        assert list(ff_entry.runtime_data.cameras) == ["gate", "ACCC8E000099"]

    async def test_default_ids_stay_apart(self, hass, ff, ff_entry) -> None:
        """Two cameras whose Device ID nobody set."""
        for serial in ("ACCC8E000001", "ACCC8E000002"):
            camera = FFCamera("defaultID", ff.poster, ff.webhook_id, serial)
            await camera.read()
            await camera.send_json(camera.keepalive())
        assert list(ff_entry.runtime_data.cameras) == ["ACCC8E000001", "ACCC8E000002"]
        found = device(hass, ff_entry, "ACCC8E000002")
        assert found is not None
        assert found.name == "AXIS P1447-LE ACCC8E000002"
        assert (await ff.send_json({"timestamp": "2026-11-21T00:00:00Z"})).status == 400

    async def test_learns_the_period(self, hass, ff, ff_entry, freezer) -> None:
        for _ in range(3):
            await ff.send_json(ff.keepalive())
            await pass_time(hass, freezer, 29 * 60)
        await pass_time(hass, freezer, 55 * 60)
        assert state(hass, ff_entry, "event", "gate", "plate").state == "unknown"
        await pass_time(hass, freezer, 7 * 60)
        assert state(hass, ff_entry, "event", "gate", "plate").state == "unavailable"


async def test_same_mac_address_does_not_merge_two_cameras(hass, ff, ff_entry) -> None:
    await ff.read()
    await FFCamera("exit", ff.poster, ff.webhook_id, ff.serial).read()
    one, two = device(hass, ff_entry, "gate"), device(hass, ff_entry, "exit")
    assert one is not None
    assert two is not None
    assert one.id != two.id
    assert len(states(hass)) == 16
