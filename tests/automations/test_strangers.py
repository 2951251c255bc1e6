"""Strangers: told once a visit has settled, so that a misread plate of the family's is none."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.common import eventually, pass_time
from tests.emulators.ff import FFCamera

TRIGGER = "triggers: {{trigger: camera_push.unknown_vehicle, options: {{{}}}}}"


async def read(hass, ff: FFCamera, state: str, plate: str, car: int, **changes) -> None:
    values = {"plateConfidence": "0.95", "carMoveDirection": "in", "plateCountry": "DEU"} | changes
    await ff.read(state, carID=str(car), plate=plate, **values)
    await hass.async_block_till_done()


async def passes(hass, ff: FFCamera, plate: str, car: int, **changes) -> None:
    """Have a car pass: its visit is over."""
    for state in ("new", "lost"):
        await read(hass, ff, state, plate, car, **changes)


async def test_told_when_the_visit_is_over(hass, ff, gate, automate) -> None:
    ran = await automate(TRIGGER.format(""))
    await read(hass, ff, "new", "BC123", 1)
    await read(hass, ff, "update", "BC1234", 1, plateConfidence="0.99")
    assert ran == []
    await read(hass, ff, "lost", "BC128", 1)
    assert [(it["plate"], it["first_time"], it["visits"], it["camera_id"]) for it in ran] == [
        ("BC1234", True, 0, "gate")
    ]
    assert ran[0]["description"] == "BC1234, which is no known vehicle's, read by gate"
    await read(hass, ff, "lost", "BC1234", 1)
    assert len(ran) == 1


async def test_told_when_its_reading_is_stable(hass, ff, gate, automate, freezer) -> None:
    ran = await automate(TRIGGER.format(""))
    await read(hass, ff, "new", "BC1234", 1)
    await pass_time(hass, freezer, 3)
    await read(hass, ff, "update", "BC1234", 1)
    await pass_time(hass, freezer, 3)
    assert ran == []
    await pass_time(hass, freezer, 3)
    await hass.async_block_till_done()
    assert len(ran) == 1
    await read(hass, ff, "update", "BC1234", 1)
    await pass_time(hass, freezer, 10)
    await read(hass, ff, "lost", "BC1234", 1)
    assert len(ran) == 1


async def test_the_family_is_no_stranger(hass, ff, gate, add_vehicle, automate, freezer) -> None:
    """Not with a first misread, not in the wrong direction, and not where it could be two of them."""
    await add_vehicle(plates=["HH AB 1234"], directions=["in"], minimum_confidence=90)
    await add_vehicle(name="Hers", plates=["HH XD 11"])
    await add_vehicle(name="His", plates=["HH XO 11"])
    ran = await automate(TRIGGER.format(""))
    await read(hass, ff, "new", "HHXB1234", 1)
    await read(hass, ff, "lost", "HHAB1234", 1)
    await passes(hass, ff, "HHAB1234", 2, carMoveDirection="out")
    await passes(hass, ff, "HHAB1234", 3, plateConfidence="0.5")
    await passes(hass, ff, "HHX011", 4)
    await passes(hass, ff, "", 5)
    await passes(hass, ff, "BC12", 6, at=datetime.now(UTC) - timedelta(minutes=5))
    await pass_time(hass, freezer, 10)
    await hass.async_block_till_done()
    assert ran == []
    await passes(hass, ff, "HHAB1284", 7)
    assert [it["plate"] for it in ran] == ["HHAB1284"]


async def test_over_a_restart(hass, ff, gate, ff_entry, automate) -> None:
    ran = await automate(TRIGGER.format(""))
    await read(hass, ff, "lost", "BC1234", 1)
    assert await hass.config_entries.async_reload(ff_entry.entry_id)
    await hass.async_block_till_done()
    await read(hass, ff, "lost", "BC1234", 1)
    assert len(ran) == 1


@pytest.mark.parametrize(
    ("options", "days_between", "visits"),
    [
        ("first_time: true", [0, 0], [0]),
        ("not_seen_for: 3", [0, 2, 4], [0, 3]),
        ("more_than: 2", [0, 0, 0, 1], [2, 3]),
        ("direction: out", [0], []),
    ],
)
async def test_options(hass, ff, gate, automate, freezer, options, days_between, visits) -> None:
    """`visits` are how often the car had been there before those visits that trigger."""
    freezer.move_to(datetime(2026, 11, 21, 12, tzinfo=UTC))
    ran = await automate(TRIGGER.format(options))
    await passes(hass, ff, "BC1234", 1, at=datetime.now(UTC))
    for number, days in enumerate(days_between, 2):
        freezer.tick(timedelta(days=days, seconds=60))
        await passes(hass, ff, "BC1234", number, at=datetime.now(UTC))
    assert [it["visits"] for it in ran] == visits


async def test_event_entity_says_how_often(hass, ff, ff_entry) -> None:
    found = "event.gate_plate_read"
    await passes(hass, ff, "BC1234", 1)
    it = hass.states.get(found)
    assert it is not None
    await passes(hass, ff, "BC1234", 2)
    state = hass.states.get(found)
    assert state is not None
    assert (state.attributes["first_time"], state.attributes["visits"]) == (False, 1)


async def test_any_vehicle_is_present(hass, ff, gate, add_vehicle, automate) -> None:
    await add_vehicle()
    ran = await automate(
        """
        triggers: {trigger: event, event_type: ask}
        conditions: {condition: camera_push.any_vehicle_is_present}
        """
    )
    hass.bus.async_fire("ask")
    await hass.async_block_till_done()
    assert ran == []
    await read(hass, ff, "new", "47ATDPN", 1)
    hass.bus.async_fire("ask")
    await eventually(lambda: len(ran) == 1)
