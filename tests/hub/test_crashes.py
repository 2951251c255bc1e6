"""A crash at any moment lets nobody in twice, and forgets nobody who was there."""

from datetime import UTC, datetime

import pytest

from tests.automations.helpers import add_automations, automation, device_id
from tests.common import pass_time
from tests.config_flows import add_subentry
from tests.crashes import Crash, at_telling
from tests.vehicle_lists import FORM, act
from tests.vehicles import Watch, of_vehicle


@pytest.fixture
async def guests(hass, ff_entry) -> str:
    return await add_subentry(hass, ff_entry, "vehicle_list", **FORM)


@pytest.fixture
def crash(hass, ff_entry, hass_storage) -> Crash:
    return Crash(hass, ff_entry, hass_storage)


async def comes(hass, ff, car: int = 1, state: str = "new", plate: str = "HHAB1234", **changes):
    values = {"at": datetime.now(UTC), "plateConfidence": "0.95", "carMoveDirection": "in"} | changes
    answer = await ff.read(state, carID=str(car), plate=plate, **values)
    await hass.async_block_till_done()
    return answer


@pytest.mark.parametrize("before", [True, False])
async def test_who_may_come_once(hass, ff, ff_entry, guests, crash, before) -> None:
    """The right is used up on the disk before anything is told; then the camera sends the read again."""
    await act(hass, ff_entry, guests, "allow_once", plate="HH AB 1234")
    watch, at = Watch(hass, guests), datetime.now(UTC)
    with at_telling(crash.happens, before=before):
        await comes(hass, ff, at=at)
    assert watch.seen == 1
    await crash.start()
    assert of_vehicle(hass, guests, "sensor", "rows").state == "0"
    again = Watch(hass, guests)
    await comes(hass, ff, at=at)
    await comes(hass, ff, 2)
    assert (again.seen, again.arrivals) == (0, 0)


async def test_rows_that_a_list_began_with(hass, ff, ff_entry, crash) -> None:
    guests = await add_subentry(hass, ff_entry, "vehicle_list", **FORM, rows="HH AB 1234,Ada,,,,,yes")
    with at_telling(crash.happens, before=False):
        await comes(hass, ff)
    await crash.start()
    again = Watch(hass, guests)
    await comes(hass, ff, 2)
    assert again.seen == 0
    # Another right is another one.
    await act(hass, ff_entry, guests, "allow_once", plate="HH AB 1234")
    await comes(hass, ff, 3)
    assert again.seen == 1


async def test_a_disk_that_takes_nothing_shuts_nobody_out(hass, ff, ff_entry, guests) -> None:
    await act(hass, ff_entry, guests, "allow_once", plate="HH AB 1234")
    watch, store = Watch(hass, guests), ff_entry.runtime_data.store
    await store._run(store._archive.database.close)  # noqa: SLF001  # A fault is injected, by the thread that has the database.
    await comes(hass, ff)
    await comes(hass, ff, 2)
    assert watch.seen == 1


async def stranger(hass, ff_entry, ff) -> list[str]:
    """Return the plates that an automation on unknown vehicles runs for."""
    await comes(hass, ff, 99, "lost", "ZZ1")
    found = device_id(hass, ff_entry, "gate")
    await add_automations(
        hass,
        [automation(f"triggers: {{trigger: camera_push.unknown_vehicle, target: {{device_id: {found}}}}}")],
    )
    ran: list[str] = []
    hass.bus.async_listen("automation_ran", lambda event: ran.append(event.data["trigger"]["plate"]))
    return ran


@pytest.mark.parametrize("is_kill", [True, False])
async def test_a_stranger_is_told_once(hass, ff, ff_entry, crash, freezer, is_kill) -> None:
    """Also of whom Home Assistant ended while the visit had not settled."""
    ran = await stranger(hass, ff_entry, ff)
    await comes(hass, ff, 1)
    await pass_time(hass, freezer, 3)
    assert ran == []
    if is_kill:
        crash.happens()
        await crash.start()
    else:
        assert await hass.config_entries.async_reload(ff_entry.entry_id)
        await hass.async_block_till_done()
    await pass_time(hass, freezer, 3)
    assert ran == []
    await pass_time(hass, freezer, 3)
    assert ran == ["HHAB1234"]
    await crash.happens_now()
    await crash.start()
    await comes(hass, ff, 1, "lost")
    await pass_time(hass, freezer, 10)
    assert ran == ["HHAB1234"]


async def test_the_family_is_no_stranger_after_a_crash(
    hass, ff, ff_entry, add_vehicle, crash, freezer
) -> None:
    await add_vehicle(plates=["HH AB 1234"])
    ran = await stranger(hass, ff_entry, ff)
    await comes(hass, ff, 1, plate="HHXB1234")
    crash.happens()
    await crash.start()
    await comes(hass, ff, 1, "update")
    await pass_time(hass, freezer, 10)
    assert ran == []


async def test_what_happened_long_ago_is_counted_and_not_told(hass, ff, ff_entry, crash, freezer) -> None:
    ran = await stranger(hass, ff_entry, ff)
    await comes(hass, ff, 1)
    crash.happens()
    await crash.start(lambda: freezer.tick(3600))
    await pass_time(hass, freezer, 10)
    assert ran == []
    await comes(hass, ff, 2, "lost")
    assert hass.states.get("event.gate_plate_read").attributes["visits"] == 1


async def test_who_was_there_before_a_crash(hass, ff, ff_entry, crash) -> None:
    """The log of all is written some time later; the camera's record has the latest."""
    await comes(hass, ff, 1, "lost")
    await comes(hass, ff, 2, "lost")
    await crash.happens_now()
    await crash.start()
    await comes(hass, ff, 3, "lost")
    shown = hass.states.get("event.gate_plate_read").attributes
    assert (shown["first_time"], shown["visits"]) == (False, 2)
