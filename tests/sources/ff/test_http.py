"""FF cameras over HTTP, from the request to states, events and pictures."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from syrupy.assertion import SnapshotAssertion

from tests.common import NOW, device, pass_time, shown, state, states
from tests.emulators.ff import FFCamera, image
from tests.emulators.pictures import jpeg

VIEW = jpeg("view", (320, 200))
CROP = jpeg("crop", (100, 30))


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
        # What the camera says besides, by its own names.
        "details": {
            "geotag": {"lat": 50.1, "lon": 14.4},
            "geotarget": "Camera",
            "platecoordinates": [10, 20, 100, 30],
            "platecoordinatesrelative": [1, 2, 10, 3],
            "timeprocessing": "25",
            "profileid": "1",
        },
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
        "binary_sensor": ["connectivity", "on_allow_list", "on_block_list"],
        "event": ["plate"],
        "camera": ["snapshot"],
        "image": ["snapshot", "plate"],
        "sensor": ["plate", "plate_zone_1", "plate_zone_2", "clock_offset"],
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
    assert found.sw_version == "11.9.60 (app 2.9.19)"


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
        hub = ff_entry.runtime_data.hub
        assert not hub.cameras["gate"].record.armed
        assert (await ff.send_json(keepalive)).status == 200
        assert list(hub.cameras) == ["gate"]
        assert hub.cameras["gate"].record.armed

    async def test_not_attributed_to_a_camera_with_another_serial_number(self, ff, ff_entry) -> None:
        await ff.read()
        await ff.send_json({"MAC address": "AC:CC:8E:00:00:99"})
        assert list(ff_entry.runtime_data.hub.cameras) == ["gate", "ACCC8E000099"]

    async def test_default_ids_stay_apart(self, hass, ff, ff_entry) -> None:
        """Two cameras whose Device ID nobody set."""
        for serial in ("ACCC8E000001", "ACCC8E000002"):
            camera = FFCamera("defaultID", ff.poster, ff.webhook_id, serial)
            await camera.read()
            await camera.send_json(camera.keepalive())
        assert list(ff_entry.runtime_data.hub.cameras) == ["ACCC8E000001", "ACCC8E000002"]
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
    assert len(states(hass)) == 22


async def test_a_former_mac_address_does_not_stop_another_camera(hass, ff, ff_entry, plates) -> None:
    """Found by fuzzing: the registry keeps addresses that no camera claims any more."""
    for serial in ("ACCC8E000001", "ACCC8E000002"):
        ff.serial = serial
        assert (await ff.read()).status == 200
    other = FFCamera("exit", ff.poster, ff.webhook_id, serial="ACCC8E000002")
    back = FFCamera("yard", ff.poster, ff.webhook_id, serial="ACCC8E000001")
    assert (await other.read()).status == (await back.read()).status == 200
    assert len(plates) == 4
    connections = {
        camera_id: {mac for _, mac in device(hass, ff_entry, camera_id).connections}
        for camera_id in ("gate", "exit", "yard")
    }
    # A camera that claims another address with every push does not fill the registry.
    assert connections == {"gate": {"ac:cc:8e:00:00:01"}, "exit": {"ac:cc:8e:00:00:02"}, "yard": set()}
