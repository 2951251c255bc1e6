"""The reads of a visit are weighed together, whichever entry's camera they are of."""

from datetime import UTC, datetime, timedelta

from homeassistant.components.image import async_get_image
from homeassistant.core import Event
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.camera_push.const import DOMAIN
from tests.config_flows import start_subentry, submit, suggested_values
from tests.emulators.ff import FFCamera, image
from tests.emulators.pictures import jpeg
from tests.vehicles import Watch, filled_in, of_vehicle, visit


async def reads(hass, ff: FFCamera, *plates: str, car: str = "1", **changes) -> None:
    """Have a car pass whose plate is read so, one after the other."""
    for number, plate in enumerate(plates):
        await ff.read(
            "update" if number else "new",
            at=datetime.now(UTC) + timedelta(milliseconds=number),
            carID=car,
            plate=plate,
            plateConfidence=changes.get("confidence", "0.95"),
            plateCountry=changes.get("country", "DEU"),
            carMoveDirection="in",
        )
    await hass.async_block_till_done()


class TestEvidence:
    """What several reads say."""

    @pytest.mark.parametrize(
        ("plates", "names"),
        [
            # A good read after a bad one.
            (["HHXB1234", "HHAB1234"], [None, "My car"]),
            # Reads that complement each other.
            (["HHAX1234", "HMAB1234"], [None, "My car"]),
            # A look-alike, unless another read shows something else there.
            (["HHA81234"], ["My car"]),
            (["HHAX1234", "HHA81234"], [None, None]),
            # One character less is another car's plate.
            (["HHAB123", "HHAB123"], [None, None]),
        ],
    )
    async def test_visit(self, hass, ff, ff_entry, add_vehicle, plates, names) -> None:
        vehicle = await add_vehicle(plates=["HH AB 1234"])
        watch = Watch(hass, vehicle)
        events: list[Event] = []
        hass.bus.async_listen("camera_push_plate", events.append)
        await reads(hass, ff, *plates)
        assert [event.data["known_vehicle"] for event in events] == names
        assert watch.seen == int("My car" in names)

    async def test_evidence_of_another_car(self, hass, ff, ff_entry, add_vehicle) -> None:
        watch = Watch(hass, await add_vehicle(plates=["HH AB 1234"]))
        await reads(hass, ff, "HHAX1234", car="1")
        await reads(hass, ff, "HMAB1234", car="2")
        assert watch.seen == 0

    async def test_over_a_restart(self, hass, ff, ff_entry, add_vehicle) -> None:
        vehicle = await add_vehicle(plates=["HH AB 1234"])
        await reads(hass, ff, "HHAX1234")
        assert await hass.config_entries.async_reload(ff_entry.entry_id)
        await hass.async_block_till_done()
        await ff.read("update", carID="1", plate="HMAB1234", plateConfidence="0.95", plateCountry="DEU")
        await hass.async_block_till_done()
        assert of_vehicle(hass, vehicle, "sensor", "visits").state == "1"

    async def test_edited_in_the_middle_of_a_visit(self, hass, ff, ff_entry, add_vehicle) -> None:
        """A gate that has opened for a car does not open again because its form was saved."""
        vehicle = await add_vehicle(plates=["HH AB 1234"])
        watch = Watch(hass, vehicle)
        await reads(hass, ff, "HHAB1234")
        flow = await start_subentry(hass, ff_entry, "vehicle", vehicle)
        form = filled_in(plates=["HHAB1234", "B-C 1"], misreads="tolerant", agreeing_reads=True)
        assert (await submit(hass, flow, form))["reason"] == "reconfigure_successful"
        await hass.async_block_till_done()
        await ff.read("update", carID="1", plate="HHAB1234", plateConfidence="0.95")
        await ff.read("lost", carID="1", plate="HHAB1234", plateConfidence="0.95")
        await hass.async_block_till_done()
        assert (watch.seen, watch.arrivals) == (1, 1)

    async def test_two_agreeing_reads(self, hass, ff, ff_entry, add_vehicle) -> None:
        vehicle = await add_vehicle(plates=["HH AB 1234"], agreeing_reads=True)
        watch = Watch(hass, vehicle)
        await reads(hass, ff, "HHAB1234")
        assert watch.seen == 0
        await ff.read("update", carID="1", plate="HHA81234", plateConfidence="0.95", plateCountry="DEU")
        await hass.async_block_till_done()
        assert watch.seen == 1
        # Twice the same in one visit will do as well; once in each of two will not.
        await reads(hass, ff, "HHAB1234", car="2")
        await reads(hass, ff, "HHAB1234", "HHAB1234", car="3")
        assert watch.seen == 2


async def test_older_tolerance_in_the_form(hass, ff_entry, add_vehicle) -> None:
    """What older releases stored, and what their form took, is understood."""
    vehicle = await add_vehicle(misreads="2")
    assert ff_entry.subentries[vehicle].data["misreads"] == "tolerant"
    hass.config_entries.async_update_subentry(
        ff_entry,
        ff_entry.subentries[vehicle],
        data={
            key: 1 if key == "misreads" else value
            for key, value in ff_entry.subentries[vehicle].data.items()
            if key != "agreeing_reads"
        },
    )
    await hass.async_block_till_done()
    flow = await start_subentry(hass, ff_entry, "vehicle", vehicle)
    certainty = suggested_values(flow)["certainty"]
    assert certainty == {"misreads": "cautious", "agreeing_reads": False, "minimum_confidence": 80}


class TestOtherEntries:
    """A vehicle counts wherever it is seen."""

    @pytest.fixture
    async def other(self, hass, add_entry, poster, ff_entry) -> FFCamera:
        entry = await add_entry("ff")
        return FFCamera("exit", poster, entry.data["webhook_id"], "ACCC8E000002")

    async def test_seen_there(self, hass, ff_entry, other, add_vehicle) -> None:
        vehicle = await add_vehicle(home_direction="in")
        watch = Watch(hass, vehicle)
        await visit(hass, other)
        assert (watch.seen, watch.arrivals) == (1, 1)
        assert of_vehicle(hass, vehicle, "sensor", "last_camera").state == "exit"
        assert of_vehicle(hass, vehicle, "sensor", "visits").state == "1"
        # What was pushed to one entry is remembered by the other.
        assert await hass.config_entries.async_reload(ff_entry.entry_id)
        await hass.async_block_till_done()
        assert of_vehicle(hass, vehicle, "sensor", "visits").state == "1"
        assert of_vehicle(hass, vehicle, "device_tracker", "home").state == "home"

    async def test_only_at_the_chosen_cameras(self, hass, ff, ff_entry, other, add_vehicle) -> None:
        await ff.read("new", plate="")
        await other.read("new", plate="")
        await hass.async_block_till_done()
        flow = await start_subentry(hass, ff_entry, "vehicle")
        cameras = flow["data_schema"].schema["places"].schema.schema["cameras"].config["options"]
        assert [option["label"] for option in cameras] == ["gate", "exit"]
        here = Watch(hass, await add_vehicle(name="Here", cameras=[cameras[0]["value"]]))
        there = Watch(hass, await add_vehicle(name="There", plates=["B-C 1"], cameras=[cameras[1]["value"]]))
        for camera in (ff, other):
            await visit(hass, camera, 2)
            await visit(hass, camera, 3, plate="BC1")
        assert (here.seen, there.seen) == (1, 1)

    async def test_not_while_its_entry_is_unloaded(self, hass, ff_entry, other, add_vehicle) -> None:
        await add_vehicle()
        await hass.config_entries.async_unload(ff_entry.entry_id)
        events: list[Event] = []
        hass.bus.async_listen("camera_push_plate", events.append)
        await visit(hass, other)
        assert {event.data["known_vehicle"] for event in events} == {None}


async def test_picture(hass, ff, ff_entry, add_vehicle) -> None:
    vehicle = await add_vehicle()
    await ff.read("new", images=[image("image", jpeg("front"))])
    await hass.async_block_till_done()
    found = er.async_get(hass).async_get_entity_id("image", DOMAIN, f"{vehicle}_picture")
    assert found is not None
    assert (await async_get_image(hass, found)).content == jpeg("front")
