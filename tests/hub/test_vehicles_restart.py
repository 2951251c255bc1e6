"""Known vehicles over restarts and outages."""

from datetime import UTC, datetime

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.camera_push.const import DOMAIN
from tests.common import NOW, entity_id, pass_time, state
from tests.emulators.ff import FFCamera, image
from tests.emulators.ff_buffer import EventBuffer
from tests.emulators.pictures import jpeg
from tests.vehicles import AddVehicle, Watch, of_vehicle, visit


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
        assert (await ff_entry.runtime_data.store.open()).known == {}
        assert not [
            device
            for device in dr.async_entries_for_config_entry(dr.async_get(hass), ff_entry.entry_id)
            if (DOMAIN, vehicle) in device.identifiers
        ]

    async def test_damaged_record(self, hass, ff, ff_entry, add_vehicle, caplog) -> None:
        vehicle = await add_vehicle()
        await ff.read("new")
        store = ff_entry.runtime_data.store
        await store._run(lambda: store._archive.database.put_known(vehicle, '{"last_seen": "never"}'))  # noqa: SLF001  # A fault is injected.
        await self.reload(hass, ff_entry)
        assert of_vehicle(hass, vehicle, "sensor", "last_seen").state == "unknown"
        assert "cannot be read" in caplog.text


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
