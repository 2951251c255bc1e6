"""Known vehicles, from the subentry flow to the gate that opens once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, HomeAssistant, State
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.camera_push import async_remove_config_entry_device
from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.media.model import Stored
from custom_components.camera_push.media.store import Store

from .common import entity_id, pass_time, state
from .conftest import NOW
from .emulators.ff import FFCamera, image
from .emulators.ff_buffer import EventBuffer
from .emulators.pictures import jpeg

type AddVehicle = Callable[..., Awaitable[str]]

SECTIONS = {
    "certainty": {"misreads": "1", "minimum_confidence": 80.0},
    "places": {"cameras": [], "zones": []},
}


def filled_in(**changes) -> dict:
    """Return the form filled in for a vehicle."""
    form = {"name": "My car", "plates": ["47 ATD-PN"], "directions": [], "hold_time": 60.0} | SECTIONS
    for key, value in changes.items():
        section = next((name for name, content in SECTIONS.items() if key in content), None)
        if section is None:
            form[key] = value
        else:
            form[section] = form[section] | {key: value}
    return form


async def start(hass: HomeAssistant, entry: ConfigEntry):
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, "vehicle"), context={"source": "user"}
    )


@pytest.fixture
async def add_vehicle(hass: HomeAssistant, ff_entry: ConfigEntry) -> AddVehicle:
    """Return what adds a vehicle through the flow and returns the subentry's id."""

    async def add(**changes) -> str:
        before = set(ff_entry.subentries)
        flow = await start(hass, ff_entry)
        result = await hass.config_entries.subentries.async_configure(flow["flow_id"], filled_in(**changes))
        assert result["type"] is FlowResultType.CREATE_ENTRY, result["errors"]
        await hass.async_block_till_done()
        (vehicle,) = set(ff_entry.subentries) - before
        return vehicle

    return add


def of_vehicle(hass: HomeAssistant, vehicle: str, platform: str, key: str) -> State:
    found = er.async_get(hass).async_get_entity_id(platform, DOMAIN, f"{vehicle}_{key}")
    assert found is not None
    it = hass.states.get(found)
    assert it is not None
    return it


class Watch:
    """Follows what a gate would act on."""

    def __init__(self, hass: HomeAssistant, vehicle: str) -> None:
        registry = er.async_get(hass)
        self.presence = registry.async_get_entity_id("binary_sensor", DOMAIN, f"{vehicle}_present")
        self.seen_id = registry.async_get_entity_id("event", DOMAIN, f"{vehicle}_seen")
        self.changes = async_capture_events(hass, "state_changed")

    @property
    def arrivals(self) -> int:
        """How often `present` went on."""
        return sum(
            event.data["entity_id"] == self.presence
            and event.data["new_state"].state == "on"
            and event.data["old_state"].state == "off"
            for event in self.changes
        )

    @property
    def seen(self) -> int:
        """How often `seen` fired."""
        return len(
            {
                event.data["new_state"].state
                for event in self.changes
                if event.data["entity_id"] == self.seen_id and event.data["old_state"] is not None
            }
        )


async def visit(hass, ff: FFCamera, car: int = 1, plate: str = "47ATDPN", **changes) -> None:
    """Have a car pass: new without a direction, two updates, lost."""
    for number, carstate in enumerate(("new", "update", "update", "lost")):
        direction = "unknown" if carstate == "new" else changes.get("direction", "in")
        await ff.read(
            carstate,
            at=datetime.now(UTC) + timedelta(milliseconds=number),
            carID=str(car),
            plate=plate,
            carMoveDirection=direction,
            plateConfidence=changes.get("confidence", "0.95"),
            roiID=changes.get("zone", "1"),
        )
    await hass.async_block_till_done()


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


class TestRestart:
    """What is remembered."""

    async def reload(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        assert await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()

    async def test_everything_is_there_again(self, hass, ff, ff_entry, add_vehicle, freezer) -> None:
        freezer.move_to(NOW)
        vehicle = await add_vehicle(home_direction="out", hold_time=60)
        await ff.read("update", at=NOW, carMoveDirection="out", images=[image("image", jpeg("view"))])
        await hass.async_block_till_done()

        def shown() -> dict[str, tuple]:
            found = {}
            for platform, key in (
                ("binary_sensor", "present"),
                ("event", "seen"),
                ("sensor", "last_seen"),
                ("sensor", "last_direction"),
                ("device_tracker", "home"),
            ):
                it = of_vehicle(hass, vehicle, platform, key)
                found[key] = (it.state, dict(it.attributes))
            return found

        before = shown()
        assert before["present"][0] == "on"
        assert before["home"][0] == "home"
        assert before["seen"][1]["picture"] is not None
        await pass_time(hass, freezer, 30)
        await self.reload(hass, ff_entry)
        assert shown() == before
        await pass_time(hass, freezer, 31)
        assert of_vehicle(hass, vehicle, "binary_sensor", "present").state == "off"
        await self.reload(hass, ff_entry)
        assert of_vehicle(hass, vehicle, "binary_sensor", "present").state == "off"

    async def test_restart_in_the_middle_of_a_visit(self, hass, ff, ff_entry, add_vehicle) -> None:
        vehicle = await add_vehicle()
        await ff.read("new")
        await self.reload(hass, ff_entry)
        watch = Watch(hass, vehicle)
        await ff.read("update")
        await ff.read("lost")
        await hass.async_block_till_done()
        assert (watch.seen, watch.arrivals) == (0, 0)
        await ff.read("new")
        await hass.async_block_till_done()
        assert watch.seen == 1

    async def test_removed_vehicle_is_forgotten(self, hass, ff, ff_entry, add_vehicle) -> None:
        vehicle = await add_vehicle()
        await ff.read("new")
        hass.config_entries.async_remove_subentry(ff_entry, vehicle)
        await hass.async_block_till_done(wait_background_tasks=True)
        assert hass.states.get("binary_sensor.my_car_present") is None
        assert (await ff_entry.runtime_data.store.open()).subjects == {}
        assert not [
            device
            for device in dr.async_entries_for_config_entry(dr.async_get(hass), ff_entry.entry_id)
            if (DOMAIN, vehicle) in device.identifiers
        ]

    async def test_damaged_record(self, hass, ff, ff_entry, add_vehicle, caplog) -> None:
        vehicle = await add_vehicle()
        await ff.read("new")
        store = ff_entry.runtime_data.store
        await store._run(lambda: store._opened().put_subject(vehicle, '{"last_seen": "never"}'))
        await self.reload(hass, ff_entry)
        assert of_vehicle(hass, vehicle, "sensor", "last_seen").state == "unknown"
        assert "cannot be read" in caplog.text


class TestFlow:
    """Adding and changing vehicles."""

    async def test_added_while_the_entry_is_being_reloaded(self, hass, ff_entry, socket_enabled) -> None:
        reached, go_on = asyncio.Event(), asyncio.Event()
        opening = Store.open

        async def slowly(store: Store) -> Stored:
            reached.set()
            await go_on.wait()
            return await opening(store)

        with patch.object(Store, "open", slowly):
            reloading = hass.async_create_task(hass.config_entries.async_reload(ff_entry.entry_id))
            await reached.wait()
            flow = await start(hass, ff_entry)
            await hass.config_entries.subentries.async_configure(flow["flow_id"], filled_in())
            go_on.set()
            await reloading
            await hass.async_block_till_done()
        assert hass.states.get("event.my_car_seen") is not None

    @pytest.mark.parametrize(
        ("changes", "errors"),
        [
            ({"name": "  "}, {"name": "name_missing"}),
            ({"plates": []}, {"plates": "plate_missing"}),
            ({"plates": ["A"]}, {"plates": "plate_too_short"}),
            ({"plates": ["*"]}, {"plates": "plate_too_short"}),
            ({"plates": ["47ATDPN", "? ?-"]}, {"plates": "plate_too_short"}),
            ({"plates": [f"AB{number}" for number in range(51)]}, {"plates": "too_many_plates"}),
        ],
    )
    async def test_errors(self, hass, ff_entry, changes, errors) -> None:
        flow = await start(hass, ff_entry)
        result = await hass.config_entries.subentries.async_configure(flow["flow_id"], filled_in(**changes))
        assert result["errors"] == errors
        result = await hass.config_entries.subentries.async_configure(flow["flow_id"], filled_in())
        await hass.async_block_till_done()
        assert result["type"] is FlowResultType.CREATE_ENTRY

    async def test_plate_of_another_vehicle(self, hass, ff_entry, add_vehicle) -> None:
        await add_vehicle()
        flow = await start(hass, ff_entry)
        result = await hass.config_entries.subentries.async_configure(
            flow["flow_id"], filled_in(name="Other", plates=["47atdpn"])
        )
        assert result["errors"] == {"plates": "plate_taken"}

    async def test_offers_the_cameras_that_are_known(self, hass, ff, ff_entry) -> None:
        await ff.read()
        flow = await start(hass, ff_entry)
        assert "'value': 'gate'" in str(flow["data_schema"].schema["places"].schema.schema["cameras"].config)
        await hass.config_entries.async_unload(ff_entry.entry_id)
        assert (await start(hass, ff_entry))["type"] is FlowResultType.FORM

    async def test_change(self, hass, ff, ff_entry, add_vehicle, plates) -> None:
        vehicle = await add_vehicle()
        flow = await hass.config_entries.subentries.async_init(
            (ff_entry.entry_id, "vehicle"),
            context={"source": "reconfigure", "subentry_id": vehicle},
        )
        suggested = {
            str(key): key.description["suggested_value"]
            for key in flow["data_schema"].schema
            if key.description and "suggested_value" in key.description
        }
        assert suggested["name"] == "My car"
        assert suggested["plates"] == ["47 ATD-PN"]
        result = await hass.config_entries.subentries.async_configure(
            flow["flow_id"], filled_in(name="Our car", plates=[])
        )
        assert result["errors"] == {"plates": "plate_missing"}
        result = await hass.config_entries.subentries.async_configure(
            flow["flow_id"], filled_in(name="Our car", plates=["47 ATD-PN", "BMK4711"])
        )
        assert result["reason"] == "reconfigure_successful"
        await hass.async_block_till_done()
        await visit(hass, ff, plate="BMK4711")
        assert plates[-1].data["known_vehicle"] == "Our car"


class TestLists:
    """The camera's own lists."""

    async def test_momentary(self, hass, ff, ff_entry, freezer) -> None:
        await ff.read("new", plateList="Residents", plateListMode="allow")
        await hass.async_block_till_done()
        assert state(hass, ff_entry, "binary_sensor", "gate", "on_allow_list").state == "on"
        assert state(hass, ff_entry, "binary_sensor", "gate", "on_block_list").state == "off"
        await pass_time(hass, freezer, 31)
        assert state(hass, ff_entry, "binary_sensor", "gate", "on_allow_list").state == "off"
        # The same visit goes on.
        await ff.read("update", plateList="Residents", plateListMode="allow")
        await ff.read("lost", plateList="Residents", plateListMode="allow")
        await hass.async_block_till_done()
        assert state(hass, ff_entry, "binary_sensor", "gate", "on_allow_list").state == "off"
        await ff.read("new", carID="2", plateList="Unwanted", plateListMode="BLOCK")
        await hass.async_block_till_done()
        assert state(hass, ff_entry, "binary_sensor", "gate", "on_block_list").state == "on"

    @pytest.mark.parametrize("mode", ["none", "", "other"])
    async def test_on_no_list(self, hass, ff, ff_entry, mode) -> None:
        await ff.read("new", plateList="Seen", plateListMode=mode)
        await hass.async_block_till_done()
        for key in ("on_allow_list", "on_block_list"):
            assert state(hass, ff_entry, "binary_sensor", "gate", key).state == "off"

    async def test_late(self, hass, ff, ff_entry) -> None:
        await ff.read("new", at=datetime.now(UTC) - timedelta(minutes=5), plateListMode="allow")
        await hass.async_block_till_done()
        assert state(hass, ff_entry, "binary_sensor", "gate", "on_allow_list").state == "off"


GATE = {
    "alias": "Gate",
    "triggers": [
        {
            "trigger": "state",
            "entity_id": "event.my_car_seen",
            "not_to": ["unavailable", "unknown"],
            "not_from": ["unavailable"],
        }
    ],
    "actions": [{"event": "gate_opens"}],
}


@pytest.mark.parametrize("minutes_down", [0, 5])
async def test_outage(
    hass: HomeAssistant,
    ff: FFCamera,
    ff_entry: ConfigEntry,
    add_vehicle: AddVehicle,
    plates: list[Event],
    freezer: FrozenDateTimeFactory,
    minutes_down: int,
) -> None:
    """Ten cars pass while nobody listens: all are in the history once, and the gate stays shut."""
    freezer.move_to(NOW)
    vehicles = [
        await add_vehicle(name="My car" if number == 0 else f"Car {number}", plates=[f"OUT{number}AGE"])
        for number in range(10)
    ]
    assert await async_setup_component(hass, "automation", {"automation": GATE})
    opened = async_capture_events(hass, "gate_opens")

    async def deliver(event: dict) -> bool:
        return (await ff.send_json(event)).status == 200

    buffer = EventBuffer(deliver)
    await hass.config_entries.async_unload(ff_entry.entry_id)
    for number in range(10):
        for carstate in ("new", "update", "lost"):
            await buffer.push(
                ff.event(
                    carstate,
                    at=datetime.now(UTC),
                    carID=str(number),
                    plate=f"OUT{number}AGE",
                    carMoveDirection="in",
                )
            )
    assert plates == []
    await pass_time(hass, freezer, minutes_down * 60)
    await hass.config_entries.async_setup(ff_entry.entry_id)
    # The first delivery's answer was lost: that event comes twice.
    await deliver(buffer.waiting[0])
    await buffer.resend()
    await hass.async_block_till_done()

    assert len(buffer.waiting) == 0
    late = minutes_down > 0
    found = [(event.data["plate"], event.data["state"], event.data["late"]) for event in plates]
    assert found == [
        (f"OUT{number}AGE", carstate, late) for number in range(10) for carstate in ("new", "update", "lost")
    ]
    assert len(opened) == (0 if late else 1)
    for vehicle in vehicles:
        assert of_vehicle(hass, vehicle, "binary_sensor", "present").state == ("off" if late else "on")
        assert of_vehicle(hass, vehicle, "sensor", "last_seen").state != "unknown"
    if late:
        # The next visit opens it.
        await visit(hass, ff, 77, plate="OUT0AGE")
        assert len(opened) == 1
        assert state(hass, ff_entry, "sensor", "gate", "plate").state == "OUT0AGE"
        assert hass.states.get(entity_id(hass, ff_entry, "event", "gate", "plate")) is not None
