"""Counts that statistics take, of vehicles and alarms; and known vehicles of a whole entry."""

from datetime import UTC, datetime, timedelta

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest

from custom_components.camera_push import async_remove_config_entry_device
from custom_components.camera_push.const import DOMAIN
from tests.common import configure, device, pass_time, state
from tests.emulators.ff import FFCamera
from tests.emulators.vstarcam import VStarcamCamera
from tests.vehicles import visit


def of_entry(hass: HomeAssistant, entry, platform: str, key: str):
    """Return the state of an entity of a whole entry."""
    found = er.async_get(hass).async_get_entity_id(platform, DOMAIN, f"{entry.entry_id}_{key}")
    assert found is not None
    return hass.states.get(found)


def counts(hass: HomeAssistant, entry, *keys: str, camera_id: str = "gate") -> list[str]:
    return [state(hass, entry, "sensor", camera_id, key).state for key in keys]


VEHICLES = ("vehicles_in", "vehicles_out", "vehicles_in_today", "vehicles_out_today")


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
class TestCounts:
    """They are disabled unless somebody wants them."""

    async def test_vehicles(self, hass, ff_entry, ff: FFCamera) -> None:
        """Each visit once, however many messages it has, over a restart too."""
        await visit(hass, ff, car=1)
        await visit(hass, ff, car=2, direction="out")
        await visit(hass, ff, car=3)
        assert counts(hass, ff_entry, *VEHICLES) == ["2", "1", "2", "1"]
        assert of_entry(hass, ff_entry, "sensor", "vehicles_on_premises").state == "1"
        await hass.config_entries.async_reload(ff_entry.entry_id)
        await hass.async_block_till_done()
        await ff.read("update", at=datetime.now(UTC), carID="3", carMoveDirection="in")
        await ff.read("new", at=datetime.now(UTC), carID="4", carMoveDirection="unknown")
        await hass.async_block_till_done()
        assert counts(hass, ff_entry, *VEHICLES) == ["2", "1", "2", "1"]
        attributes = state(hass, ff_entry, "sensor", "gate", "vehicles_in").attributes
        assert attributes["state_class"] == "total_increasing"

    async def test_day_ends_at_local_midnight(self, hass, ff_entry, ff: FFCamera, freezer) -> None:
        """Also one with 25 hours; what comes late counts on the day on which it happened."""
        await hass.config.async_set_time_zone("Europe/Berlin")
        freezer.move_to(datetime(2026, 10, 25, 22, 59, 0, tzinfo=UTC))
        await ff.read(at=dt_util.utcnow(), carID="1", carMoveDirection="in")
        await pass_time(hass, freezer, 59)
        assert counts(hass, ff_entry, *VEHICLES) == ["1", "0", "1", "0"]
        await pass_time(hass, freezer, 2)
        assert counts(hass, ff_entry, *VEHICLES) == ["1", "0", "0", "0"]
        await ff.read(at=dt_util.utcnow() - timedelta(minutes=5), carID="2", carMoveDirection="in")
        await hass.async_block_till_done()
        assert counts(hass, ff_entry, *VEHICLES) == ["2", "0", "0", "0"]

    async def test_alarms(self, hass, vstarcam_entry, vstarcam: VStarcamCamera) -> None:
        for _ in range(3):
            await vstarcam.alarm(0x12)
        await hass.async_block_till_done()
        assert counts(hass, vstarcam_entry, "alarms", "alarms_today", camera_id=vstarcam.vuid) == ["3", "3"]

    async def test_premises_are_put_right(self, hass, ff_entry, ff: FFCamera) -> None:
        """By an action, from which on it is counted; a camera that is deleted takes nobody along."""
        premises = of_entry(hass, ff_entry, "sensor", "vehicles_on_premises").entity_id

        async def set_count(entity_id: str, count: int) -> None:
            await hass.services.async_call(
                DOMAIN,
                "set_vehicles_on_premises",
                {"entity_id": entity_id, "count": count},
                blocking=True,
            )

        await visit(hass, ff, car=1, direction="out")
        assert hass.states.get(premises).state == "0"
        # Nobody saw it come in: the next one is the first.
        await visit(hass, ff, car=11)
        assert hass.states.get(premises).state == "1"
        await set_count(premises, 7)
        assert hass.states.get(premises).state == "7"
        await visit(hass, ff, car=2)
        assert hass.states.get(premises).state == "8"
        await hass.config_entries.async_reload(ff_entry.entry_id)
        await hass.async_block_till_done()
        assert hass.states.get(premises).state == "8"
        gate = device(hass, ff_entry, "gate")
        assert await async_remove_config_entry_device(hass, ff_entry, gate)
        dr.async_get(hass).async_remove_device(gate.id)
        ff.device_id = "yard"
        await visit(hass, ff, car=3)
        assert hass.states.get(premises).state == "9"
        with pytest.raises(ServiceValidationError) as error:
            await set_count(state(hass, ff_entry, "sensor", "yard", "plate").entity_id, 1)
        assert error.value.translation_key == "not_on_premises"

    async def test_premises_by_device(self, hass, ff_entry, ff: FFCamera, add_vehicle) -> None:
        """Its other sensors count nothing, and are in nobody's way; a camera has none that counts."""
        await add_vehicle()
        await visit(hass, ff, car=1)
        premises = of_entry(hass, ff_entry, "sensor", "vehicles_on_premises").entity_id
        action, count = "set_vehicles_on_premises", {"count": 7}
        target = {"device_id": er.async_get(hass).async_get(premises).device_id}
        await hass.services.async_call(DOMAIN, action, target | count, blocking=True)
        assert hass.states.get(premises).state == "7"
        target = {"device_id": device(hass, ff_entry, "gate").id}
        with pytest.raises(ServiceValidationError):
            await hass.services.async_call(DOMAIN, action, target | count, blocking=True)

    async def test_premises_are_reset_each_day(self, hass, ff_entry, ff: FFCamera, freezer) -> None:
        """At the local time that the user chose, also if Home Assistant was not running then."""
        await hass.config.async_set_time_zone("Europe/Berlin")
        freezer.move_to(datetime(2026, 10, 25, 1, 30, 0, tzinfo=UTC))
        await configure(hass, ff_entry, premises_reset="03:00:00")
        premises = of_entry(hass, ff_entry, "sensor", "vehicles_on_premises").entity_id
        await visit(hass, ff, car=1)
        assert hass.states.get(premises).state == "1"
        # It is half past two for the second time: the clocks were put back.
        await pass_time(hass, freezer, 31 * 60)
        assert hass.states.get(premises).state == "0"
        await visit(hass, ff, car=2)
        await hass.config_entries.async_reload(ff_entry.entry_id)
        await hass.async_block_till_done()
        assert hass.states.get(premises).state == "1"
        assert await hass.config_entries.async_unload(ff_entry.entry_id)
        freezer.tick(timedelta(days=1))
        assert await hass.config_entries.async_setup(ff_entry.entry_id)
        await hass.async_block_till_done()
        assert hass.states.get(premises).state == "0"

    @pytest.mark.parametrize(
        ("begin", "minutes"),
        [
            # Clocks go from two to three: there is no half past two.
            (datetime(2026, 3, 29, 0, 50, tzinfo=UTC), 40),
            # From three to two: it comes twice, and the count is reset the first time.
            (datetime(2026, 10, 25, 0, 20, tzinfo=UTC), 10),
        ],
        ids=["spring", "autumn"],
    )
    async def test_premises_are_reset_once_when_clocks_change(
        self, hass, ff_entry, ff: FFCamera, freezer, begin: datetime, minutes: int
    ) -> None:
        await hass.config.async_set_time_zone("Europe/Berlin")
        freezer.move_to(begin)
        await configure(hass, ff_entry, premises_reset="02:30:00")
        premises = of_entry(hass, ff_entry, "sensor", "vehicles_on_premises").entity_id
        await visit(hass, ff, car=1)
        assert hass.states.get(premises).state == "1"
        await pass_time(hass, freezer, minutes * 60 + 1)
        assert hass.states.get(premises).state == "0"
        await visit(hass, ff, car=2)
        await pass_time(hass, freezer, 60 * 60)
        await pass_time(hass, freezer, 60 * 60)
        assert hass.states.get(premises).state == "1"


async def test_counts_are_disabled_by_default(hass, ff_entry, ff: FFCamera) -> None:
    await visit(hass, ff)
    assert [it.entity_id for it in hass.states.async_all() if "vehicles_" in it.entity_id] == []


async def test_known_vehicles_of_the_entry(hass, ff_entry, ff: FFCamera, add_vehicle, freezer) -> None:
    await add_vehicle(name="Ours", plates=["AB 12"], hold_time=60)
    assert of_entry(hass, ff_entry, "binary_sensor", "any_vehicle_present").state == "off"
    assert of_entry(hass, ff_entry, "sensor", "last_known_vehicle").state == "unknown"
    await add_vehicle(name="Plumber", plates=["PL 1234"], hold_time=60)
    for car, plate, name in ((1, "AB12", "Ours"), (2, "PL1234", "Plumber")):
        await visit(hass, ff, car=car, plate=plate)
        assert of_entry(hass, ff_entry, "binary_sensor", "any_vehicle_present").state == "on"
        last = of_entry(hass, ff_entry, "sensor", "last_known_vehicle")
        assert (last.state, last.attributes["last_direction"]) == (name, "in")
        freezer.tick(1)
    await pass_time(hass, freezer, 61)
    assert of_entry(hass, ff_entry, "binary_sensor", "any_vehicle_present").state == "off"
    assert of_entry(hass, ff_entry, "sensor", "last_known_vehicle").state == "Plumber"
