"""A vehicle counts at the plate cameras of all entries, unless cameras are chosen."""

import pytest

from tests.config_flows import add_subentry, start_subentry
from tests.emulators.ff import FFCamera
from tests.vehicle_lists import FORM, act
from tests.vehicles import Watch, of_vehicle, visit


@pytest.fixture
async def other(add_entry, ff_entry, poster) -> FFCamera:
    """Return a camera of another entry, of the same name."""
    entry = await add_entry("ff")
    assert entry.entry_id != ff_entry.entry_id
    return FFCamera("gate", poster, entry.data["webhook_id"], serial="ACCC8E000009")


@pytest.fixture
async def other_entry(hass, other: FFCamera):
    entries = hass.config_entries.async_entries("camera_push")
    return next(it for it in entries if it.data["webhook_id"] == other.webhook_id)


async def test_at_the_camera_of_another_entry(hass, ff, other, add_vehicle, ff_entry, plates) -> None:
    vehicle = await add_vehicle()
    watch = Watch(hass, vehicle)
    await visit(hass, other)
    assert {event.data["known_vehicle"] for event in plates} == {"My car"}
    assert (watch.seen, watch.arrivals) == (1, 1)
    assert of_vehicle(hass, vehicle, "sensor", "visits").state == "1"
    # Its record is kept with its own entry.
    assert await hass.config_entries.async_reload(ff_entry.entry_id)
    await hass.async_block_till_done()
    assert of_vehicle(hass, vehicle, "sensor", "visits").state == "1"


async def test_list_at_the_camera_of_another_entry(hass, ff, other, ff_entry) -> None:
    """Who may come once may come once in all of them."""
    guests = await add_subentry(hass, ff_entry, "vehicle_list", **FORM)
    await act(hass, ff_entry, guests, "allow_once", plate="HH AB 1234")
    watch = Watch(hass, guests)
    await visit(hass, other, 1, "HHAB1234")
    await visit(hass, ff, 1, "HHAB1234")
    assert watch.seen == 1


async def test_cameras_that_are_chosen(hass, ff, other, other_entry, ff_entry, add_vehicle, plates) -> None:
    """The form offers those of all entries; at others the vehicle is known, and sets nothing off."""
    await visit(hass, other, 9, "ZZ1")
    await visit(hass, ff, 9, "ZZ1")
    form = await start_subentry(hass, ff_entry, "vehicle")
    (places,) = [it for it in form["data_schema"].schema if str(it) == "places"]
    cameras = form["data_schema"].schema[places].schema.schema["cameras"].config["options"]
    chosen = f"{other_entry.entry_id}_gate"
    assert {it["value"] for it in cameras} == {"gate", chosen}
    watch = Watch(hass, await add_vehicle(cameras=[chosen]))
    del plates[:]
    await visit(hass, ff)
    assert ({event.data["known_vehicle"] for event in plates}, watch.seen) == ({None}, 0)
    await visit(hass, other)
    assert watch.seen == 1


async def test_entry_that_is_not_loaded(hass, other, ff_entry, add_vehicle, plates) -> None:
    """Its vehicles count again once it is."""
    await add_vehicle()
    await hass.config_entries.async_unload(ff_entry.entry_id)
    await visit(hass, other, 1)
    assert {event.data["known_vehicle"] for event in plates} == {None}
    await hass.config_entries.async_setup(ff_entry.entry_id)
    await hass.async_block_till_done()
    await visit(hass, other, 2)
    assert plates[-1].data["known_vehicle"] == "My car"
