"""Known vehicles, and the gate that opens once."""

from datetime import UTC, datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.camera_push import async_remove_config_entry_device
from custom_components.camera_push.const import DOMAIN
from tests.common import pass_time
from tests.vehicles import Watch, of_vehicle, visit


async def test_device_and_entities(hass, ff_entry, add_vehicle) -> None:
    vehicle = await add_vehicle(home_direction="in")
    device = next(
        device
        for device in dr.async_entries_for_config_entry(dr.async_get(hass), ff_entry.entry_id)
        if (DOMAIN, vehicle) in device.identifiers
    )
    assert device.name == "My car"
    states = {
        key: of_vehicle(hass, vehicle, platform, key)
        for platform, key in (
            ("binary_sensor", "present"),
            ("event", "seen"),
            ("sensor", "last_seen"),
            ("sensor", "last_direction"),
            ("device_tracker", "home"),
        )
    }
    assert {key: (it.entity_id, it.state) for key, it in states.items()} == {
        "present": ("binary_sensor.my_car_present", "off"),
        "seen": ("event.my_car_seen", "unknown"),
        "last_seen": ("sensor.my_car_last_seen", "unknown"),
        "last_direction": ("sensor.my_car_last_direction", "unknown"),
        "home": ("device_tracker.my_car", "unknown"),
    }
    assert not await async_remove_config_entry_device(hass, ff_entry, device)


async def test_visit_of_a_known_vehicle(hass, ff, ff_entry, add_vehicle, plates) -> None:
    vehicle = await add_vehicle(home_direction="in")
    watch = Watch(hass, vehicle)
    await visit(hass, ff)
    assert [event.data["known_vehicle"] for event in plates] == ["My car"] * 4
    assert (watch.seen, watch.arrivals) == (1, 1)
    seen = of_vehicle(hass, vehicle, "event", "seen")
    assert seen.attributes["event_type"] == "seen"
    assert seen.attributes["plate"] == "47ATDPN"
    assert seen.attributes["camera_id"] == "gate"
    assert of_vehicle(hass, vehicle, "binary_sensor", "present").state == "on"
    assert of_vehicle(hass, vehicle, "sensor", "last_direction").state == "in"
    assert of_vehicle(hass, vehicle, "device_tracker", "home").state == "home"
    await visit(hass, ff, 2, direction="out")
    assert of_vehicle(hass, vehicle, "device_tracker", "home").state == "not_home"
    assert (watch.seen, watch.arrivals) == (2, 1)


async def test_other_cars_are_not_it(hass, ff, ff_entry, add_vehicle, plates) -> None:
    vehicle = await add_vehicle(misreads="2")
    watch = Watch(hass, vehicle)
    for number, plate in enumerate(("48ATDPN", "47ATDPM", "BMK4711", "")):
        await visit(hass, ff, number, plate)
    assert {event.data["known_vehicle"] for event in plates} == {None}
    assert (watch.seen, watch.arrivals) == (0, 0)
    assert of_vehicle(hass, vehicle, "sensor", "last_seen").state == "unknown"


async def test_misread_plate(hass, ff, ff_entry, add_vehicle, plates) -> None:
    vehicle = await add_vehicle()
    await visit(hass, ff, plate="47AT0PN")
    assert plates[0].data["known_vehicle"] == "My car"
    assert of_vehicle(hass, vehicle, "binary_sensor", "present").state == "on"


@pytest.mark.parametrize(
    ("changes", "read", "known"),
    [
        ({"minimum_confidence": 90}, {"confidence": "0.89"}, False),
        ({"minimum_confidence": 90}, {"confidence": "0.9"}, True),
        ({"minimum_confidence": 90}, {"confidence": ""}, False),
        ({"minimum_confidence": 0}, {"confidence": ""}, True),
        ({"zones": ["2"]}, {"zone": "1"}, False),
        ({"zones": ["2"]}, {"zone": "2"}, True),
        ({"zones": ["2"]}, {"zone": ""}, False),
        ({"cameras": ["exit"]}, {}, False),
        ({"cameras": ["gate"]}, {}, True),
        ({"directions": ["out"]}, {"direction": "in"}, False),
        ({"directions": ["out", "in"]}, {"direction": "in"}, True),
    ],
)
async def test_conditions(hass, ff, ff_entry, add_vehicle, plates, changes, read, known) -> None:
    vehicle = await add_vehicle(**changes)
    watch = Watch(hass, vehicle)
    await visit(hass, ff, **read)
    assert ("My car" in {event.data["known_vehicle"] for event in plates}) is known
    assert (watch.seen, watch.arrivals) == (int(known), int(known))


async def test_direction_that_is_known_later(hass, ff, ff_entry, add_vehicle, plates) -> None:
    """A car's first message never has one: the gate opens with the second."""
    vehicle = await add_vehicle(directions=["in"])
    watch = Watch(hass, vehicle)
    await ff.read("new", carMoveDirection="unknown", plateConfidence="0.95")
    await hass.async_block_till_done()
    assert (watch.seen, plates[-1].data["known_vehicle"]) == (0, None)
    await ff.read("update", carMoveDirection="in", plateConfidence="0.95")
    await hass.async_block_till_done()
    assert (watch.seen, plates[-1].data["known_vehicle"]) == (1, "My car")


async def test_direction_that_does_not_count_is_still_shown(hass, ff, ff_entry, add_vehicle) -> None:
    vehicle = await add_vehicle(directions=["in"], home_direction="in")
    await visit(hass, ff, direction="out")
    assert of_vehicle(hass, vehicle, "sensor", "last_direction").state == "out"
    assert of_vehicle(hass, vehicle, "device_tracker", "home").state == "not_home"
    assert of_vehicle(hass, vehicle, "binary_sensor", "present").state == "off"


async def test_two_vehicles_that_could_be_meant(hass, ff, ff_entry, add_vehicle, plates) -> None:
    one = await add_vehicle(name="One", plates=["AB8012"])
    two = await add_vehicle(name="Two", plates=["A8B012"])
    watches = [Watch(hass, one), Watch(hass, two)]
    await visit(hass, ff, plate="A88012", confidence="0.99")
    assert [watch.seen for watch in watches] == [0, 0]
    await visit(hass, ff, 2, plate="AB8012", confidence="0.99")
    assert [watch.seen for watch in watches] == [1, 0]


async def test_hold_time(hass, ff, ff_entry, add_vehicle, freezer: FrozenDateTimeFactory) -> None:
    vehicle = await add_vehicle(hold_time=20)
    await ff.read("new")
    await pass_time(hass, freezer, 15)
    await ff.read("update")
    await pass_time(hass, freezer, 15)
    assert of_vehicle(hass, vehicle, "binary_sensor", "present").state == "on"
    await pass_time(hass, freezer, 6)
    assert of_vehicle(hass, vehicle, "binary_sensor", "present").state == "off"


async def test_present_once_in_a_visit(hass, ff, ff_entry, add_vehicle, freezer) -> None:
    """A car that stands before the gate for longer than the hold time does not arrive again."""
    vehicle = await add_vehicle(hold_time=10)
    watch = Watch(hass, vehicle)
    await ff.read("new")
    for carstate in ("update", "update", "lost"):
        await pass_time(hass, freezer, 30)
        await ff.read(carstate)
    await hass.async_block_till_done()
    assert (watch.seen, watch.arrivals) == (1, 1)
    await ff.read("new", carID="2")
    await hass.async_block_till_done()
    assert (watch.seen, watch.arrivals) == (2, 2)


async def test_only_the_last_message_of_a_visit(hass, ff, ff_entry, add_vehicle) -> None:
    """A camera can be set to send only that."""
    vehicle = await add_vehicle()
    watch = Watch(hass, vehicle)
    await ff.read("lost")
    await hass.async_block_till_done()
    assert (watch.seen, watch.arrivals) == (1, 1)


class TestLate:
    """Reads that come late are history."""

    async def test_sets_nothing_off(self, hass, ff, ff_entry, add_vehicle, plates) -> None:
        vehicle = await add_vehicle(home_direction="in")
        watch = Watch(hass, vehicle)
        at = datetime.now(UTC) - timedelta(minutes=5)
        for carstate in ("new", "update", "lost"):
            await ff.read(carstate, at=at, carMoveDirection="in")
        await hass.async_block_till_done()
        assert [(event.data["late"], event.data["known_vehicle"]) for event in plates] == [
            (True, "My car")
        ] * 3
        assert (watch.seen, watch.arrivals) == (0, 0)
        assert of_vehicle(hass, vehicle, "event", "seen").state == "unknown"
        assert of_vehicle(hass, vehicle, "device_tracker", "home").state == "unknown"
        last_seen = datetime.fromisoformat(of_vehicle(hass, vehicle, "sensor", "last_seen").state)
        assert abs(last_seen - at) < timedelta(seconds=2)

    async def test_does_not_set_last_seen_back(self, hass, ff, ff_entry, add_vehicle) -> None:
        vehicle = await add_vehicle()
        await ff.read("new")
        await hass.async_block_till_done()
        before = of_vehicle(hass, vehicle, "sensor", "last_seen")
        await ff.read("new", at=datetime.now(UTC) - timedelta(hours=1), carID="2")
        await hass.async_block_till_done()
        assert of_vehicle(hass, vehicle, "sensor", "last_seen") is before

    async def test_late_beginning_of_a_visit_does_not_use_it_up(
        self, hass, ff, ff_entry, add_vehicle
    ) -> None:
        vehicle = await add_vehicle()
        watch = Watch(hass, vehicle)
        await ff.read("new", at=datetime.now(UTC) - timedelta(seconds=40))
        await ff.read("update")
        await hass.async_block_till_done()
        assert (watch.seen, watch.arrivals) == (1, 1)
