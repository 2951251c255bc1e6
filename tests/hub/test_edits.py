"""Vehicles and lists that are changed in the middle of a visit: once per visit, and never for others."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.automations.helpers import device_id
from tests.config_flows import add_subentry, start_subentry, submit, suggested_values
from tests.vehicle_lists import FORM, act
from tests.vehicles import Watch, of_vehicle


@pytest.fixture
async def guests(hass, ff_entry) -> str:
    return await add_subentry(hass, ff_entry, "vehicle_list", **FORM)


async def comes(hass, ff, car: int = 1, state: str = "new", plate: str = "HHAB1234", **changes) -> None:
    values = {"plateConfidence": "0.95", "carMoveDirection": "in", "plateCountry": "DEU"} | changes
    await ff.read(state, carID=str(car), plate=plate, **values)
    await hass.async_block_till_done()


async def remove(hass, ff_entry, subentry: str) -> None:
    hass.config_entries.async_remove_subentry(ff_entry, subentry)
    await hass.async_block_till_done()


async def test_removed_and_added_again(hass, ff, ff_entry, add_vehicle) -> None:
    first = await add_vehicle(plates=["HH AB 1234"])
    await comes(hass, ff)
    await remove(hass, ff_entry, first)
    second = await add_vehicle(plates=["HH-AB 1234"])
    watch = Watch(hass, second)
    await comes(hass, ff, state="update")
    await comes(hass, ff, state="lost")
    assert (watch.seen, watch.arrivals) == (0, 0)
    await comes(hass, ff, 2)
    assert (watch.seen, watch.arrivals) == (1, 1)


async def test_moved_into_a_list(hass, ff, ff_entry, add_vehicle, guests) -> None:
    vehicle = await add_vehicle(plates=["HH AB 1234"])
    watch = Watch(hass, guests)
    await comes(hass, ff)
    await remove(hass, ff_entry, vehicle)
    await act(hass, ff_entry, guests, "add_vehicle", plate="HH AB 1234")
    await comes(hass, ff, state="update")
    assert watch.seen == 0
    await act(hass, ff_entry, guests, "remove_vehicle", plate="HH AB 1234")
    await act(hass, ff_entry, guests, "allow_once", plate="HH AB 1234")
    await comes(hass, ff, state="update")
    assert watch.seen == 0
    await comes(hass, ff, 2)
    assert watch.seen == 1


async def test_vehicle_and_list_both_are_told(hass, ff, ff_entry, add_vehicle, guests) -> None:
    """One of them needs more reads: it is told in the same visit, later."""
    vehicle = await add_vehicle(plates=["HH AB 1234"], agreeing_reads=True)
    watches = [Watch(hass, vehicle), Watch(hass, guests)]
    await act(hass, ff_entry, guests, "add_vehicle", plate="HH AB 1234")
    await comes(hass, ff)
    assert [it.seen for it in watches] == [0, 1]
    await comes(hass, ff, state="update")
    await comes(hass, ff, state="update")
    assert [it.seen for it in watches] == [1, 1]


async def test_form_that_is_open_while_a_guest_comes(hass, ff, ff_entry, guests) -> None:
    """Sending it gives back no right that was used up meanwhile, and takes over all that was changed."""
    await act(hass, ff_entry, guests, "allow_once", plate="HH AB 1234", name="Ada")
    await act(hass, ff_entry, guests, "add_vehicle", plate="HH AB 5", name="Bob")
    flow = await start_subentry(hass, ff_entry, "vehicle_list", guests)
    rows = suggested_values(flow)["rows"]
    watch = Watch(hass, guests)
    await comes(hass, ff)
    await submit(hass, flow, {**FORM, "rows": rows.replace("Bob", "Bert") + "HH AB 6,Cleo"})
    await hass.async_block_till_done()
    await comes(hass, ff, 2)
    assert watch.seen == 1
    found = (await act(hass, ff_entry, guests, "export_vehicles"))["csv"]
    assert [line.split(",")[:2] for line in found.splitlines()[1:]] == [
        ["HH AB 5", "Bert"],
        ["HH AB 6", "Cleo"],
    ]


async def test_plate_of_somebody_who_may_not_come(hass, ff, ff_entry, add_vehicle, guests) -> None:
    """An expired guest's car is no misread one of the family's, nor is what could be either."""
    family = await add_vehicle(name="Family", plates=["AB8012"])
    watch = Watch(hass, family)
    await comes(hass, ff, 1, plate="A88012")
    assert watch.seen == 1
    past = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    await act(hass, ff_entry, guests, "add_vehicle", plate="A8 8012", valid_until=past)
    await act(hass, ff_entry, guests, "add_vehicle", plate="A8 B012", valid_until=past)
    for car, plate in enumerate(("A88012", "A8B012"), 2):
        await comes(hass, ff, car, plate=plate)
    assert watch.seen == 1
    await comes(hass, ff, 9, plate="AB8012")
    assert watch.seen == 2
    assert of_vehicle(hass, guests, "binary_sensor", "present").state == "off"


async def test_plate_that_was_put_right_opens_nothing(hass, ff, ff_entry, add_vehicle) -> None:
    vehicle = await add_vehicle(plates=["HH AB 1234"])
    watch = Watch(hass, vehicle)
    await comes(hass, ff, plate="BC77")
    (event,) = (
        await hass.services.async_call(
            "camera_push", "list_events", {"limit": 1}, blocking=True, return_response=True
        )
    )["events"]
    await hass.services.async_call(
        "camera_push",
        "correct_plate",
        {"event_id": event["id"], "plate": "HH AB 1234"},
        blocking=True,
        return_response=True,
    )
    await hass.async_block_till_done()
    assert device_id(hass, ff_entry, vehicle)
    assert (watch.seen, watch.arrivals) == (0, 0)
