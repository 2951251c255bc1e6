"""Known vehicles and persons in the history, and those that are named by a card."""

from homeassistant.config_entries import ConfigEntry
import pytest

from tests.common import eventually
from tests.config_flows import add_subentry, start_subentry, submit
from tests.emulators.ff import FFCamera
from tests.vehicle_lists import FORM as LIST_FORM
from tests.vehicles import filled_in, visit
from tests.web.helpers import Card

pytestmark = pytest.mark.usefixtures("websocket_api")


class TestRecognition:
    """Known vehicles and persons are known in the past, too."""

    async def test_vehicle_that_is_added_changed_and_removed(
        self, hass, ff_entry: ConfigEntry, ff: FFCamera, card: Card, add_vehicle
    ) -> None:
        for car, plate in enumerate(("AB12CD", "AB12C0", "XY99")):
            await visit(hass, ff, car=car, plate=plate)
        await visit(hass, ff, car=9, plate="AB12CD", confidence="0.3")
        vehicle = await add_vehicle(plates=["AB 12 CD"])

        async def known() -> list[str]:
            await hass.async_block_till_done(wait_background_tasks=True)
            return sorted(event["plate"] for event in await card.events(known=True))

        assert await known() == ["AB12C0", "AB12CD"]
        flow = await start_subentry(hass, ff_entry, "vehicle", vehicle)
        await submit(hass, flow, filled_in(plates=["XY 99"], misreads="0"))
        assert await known() == ["XY99"]
        hass.config_entries.async_remove_subentry(ff_entry, vehicle)
        assert await known() == []

    async def test_vehicle_counts_only_where_it_is_to(
        self, hass, ff_entry, ff: FFCamera, card: Card, add_entry, add_vehicle
    ) -> None:
        assert len(hass.config_entries.async_entries("camera_push")) == 1
        other = await add_entry("vstarcam")
        await visit(hass, ff, plate="AB12CD")
        there = await add_vehicle(plates=["AB 12 CD"], cameras=[f"{other.entry_id}_elsewhere"])
        await hass.async_block_till_done(wait_background_tasks=True)
        assert await card.events(known=True) == []
        hass.config_entries.async_remove_subentry(ff_entry, there)
        await add_vehicle(plates=["AB 12 CD"])
        await hass.async_block_till_done(wait_background_tasks=True)
        assert len(await card.events(known=True)) == 1

    async def test_person(self, hass, platform, omni_entry: ConfigEntry, card: Card) -> None:
        for confidence in (0.93, 0.4):
            await platform.send(platform.event(confidence=confidence))
        await platform.send(platform.event("non_identification", profile=None))
        await eventually(lambda: len(omni_entry.runtime_data.hub.cameras) == 1)

        async def events(**filters) -> list[dict]:
            await hass.async_block_till_done(wait_background_tasks=True)
            return await card.events(**filters)

        found = await events()
        assert [event["type"] for event in found] == [
            "non_identification",
            "identification",
            "identification",
        ]
        assert (found[1]["visits"], found[2]["first_time"]) == (1, True)
        assert found[2]["face_picture"]["label"] == "face"
        assert found[2]["watchlists"] == ["group-1"]
        person = await add_subentry(
            hass, omni_entry, "person", name="Ann", profiles=["profile-1"], hold_time=60
        )
        assert {event["known"]["name"] for event in await events(known=True)} == {"Ann"}
        assert len(await events(person="ann")) == 2
        assert len(await events(person="profile-1")) == 2
        assert await events(person="Bob") == []
        hass.config_entries.async_remove_subentry(omni_entry, person)
        assert await events(known=True) == []


class TestKnowing:
    """Somebody is named from an event."""

    async def test_suggestions(self, hass, ff_entry, ff: FFCamera, card: Card, add_vehicle) -> None:
        van = await add_vehicle(name="Plumber's van", plates=["PL 1234"])
        similar = await add_vehicle(name="Neighbour", plates=["47 ATD-PX"], misreads="0")
        # A list has rows: it is no vehicle.
        await add_subentry(hass, ff_entry, "vehicle_list", **LIST_FORM)
        await visit(hass, ff, car=1, plate="PL1234")
        await visit(hass, ff, car=2)
        await visit(hass, ff, car=3)
        (event, *_) = await card.events()
        found = await card.get("suggestions", event_id=event["id"])
        assert found["name"] == "Black Ford Explorer"
        hass.config.language = "de"
        assert (await card.get("suggestions", event_id=event["id"]))["name"] == "Schwarzer Ford Explorer"
        assert found["visits"] == 1
        assert [it["plate"] for it in found["earlier"]] == ["47ATDPN"]
        await add_vehicle(name="Boat trailer", plates=["XY 999"])
        (*alike, other) = (await card.get("suggestions", event_id=event["id"]))["known"]
        assert (other["name"], other["reason"], other["picture"]) == ("Boat trailer", None, None)
        assert [it.pop("picture") for it in alike] == [None, None]
        assert alike == [
            {
                "id": similar,
                "name": "Neighbour",
                "kind": "vehicle",
                "plate": "47 ATD-PX",
                "reason": "similar",
            },
            {
                "id": van,
                "name": "Plumber's van",
                "kind": "vehicle",
                "plate": "PL 1234",
                "reason": "same_make",
            },
        ]

    async def test_new_vehicle(self, hass, ff_entry, ff: FFCamera, card: Card) -> None:
        """It is known in all its visits, also in those that the camera was not certain of."""
        for car, confidence in ((1, "0.95"), (2, "0.3")):
            await visit(hass, ff, car=car, confidence=confidence)
        (event, earlier) = await card.events()
        assigned = await card.get("assign", event_id=event["id"], name=" Plumber ")
        assert assigned["known"]["name"] == "Plumber"
        assert assigned["visits"] == 2
        await hass.async_block_till_done(wait_background_tasks=True)
        known = await card.events(known=True)
        assert [it["id"] for it in known] == [event["id"], earlier["id"]]
        assert [it["corrected_from"] for it in known] == [None, None]
        (subentry,) = ff_entry.subentries.values()
        flow = await start_subentry(hass, ff_entry, "vehicle", subentry.subentry_id)
        assert flow["type"] == "form"
        await card.get("undo_assign", undo=assigned["undo"])
        await hass.async_block_till_done(wait_background_tasks=True)
        assert not ff_entry.subentries
        assert await card.events(known=True) == []
        answer = await card.ask("undo_assign", undo=assigned["undo"])
        assert answer["error"]["translation_key"] == "too_late_to_undo"

    async def test_plate_of_a_known_vehicle(
        self, hass, ff_entry, ff: FFCamera, card: Card, add_vehicle
    ) -> None:
        vehicle = await add_vehicle(plates=["AB 12"])
        await visit(hass, ff)
        (event,) = await card.events()
        assigned = await card.get("assign", event_id=event["id"], known_id=vehicle)
        assert assigned["known"] == {"id": vehicle, "name": "My car", "kind": "vehicle"}
        assert ff_entry.subentries[vehicle].data["plates"] == ["AB 12", "47ATDPN"]
        assert (await card.events(known=True))[0]["known"]["id"] == vehicle
        again = await card.get("assign", event_id=event["id"], known_id=vehicle)
        await card.get("undo_assign", undo=again["undo"])
        assert ff_entry.subentries[vehicle].data["plates"] == ["AB 12", "47ATDPN"]
        await card.get("undo_assign", undo=assigned["undo"])
        assert ff_entry.subentries[vehicle].data["plates"] == ["AB 12"]

    async def test_person(self, hass, platform, omni_entry: ConfigEntry, card: Card) -> None:
        await platform.send(platform.event())
        await eventually(lambda: len(omni_entry.runtime_data.hub.cameras) == 1)
        await hass.async_block_till_done(wait_background_tasks=True)
        (event,) = await card.events()
        found = await card.get("suggestions", event_id=event["id"])
        assert (found["name"], found["known"], found["earlier"]) == ("", [], [])
        assigned = await card.get("assign", event_id=event["id"], name="Ann")
        assert assigned["known"]["kind"] == "person"
        assert [it["known"]["name"] for it in await card.events(person="Ann")] == ["Ann"]
        await card.get("subscribe")
        await platform.send(platform.event(profile="another"))
        (stranger,) = (await card.told())["changed"]
        found = await card.get("suggestions", event_id=stranger["id"])
        (candidate,) = found["known"]
        assert (candidate["name"], candidate["kind"], candidate["reason"]) == ("Ann", "person", None)
        assert candidate["picture"]["type"] == "image/jpeg"

    async def test_what_cannot_be(
        self, hass, ff_entry, ff: FFCamera, vstarcam_entry, vstarcam, card: Card
    ) -> None:
        await vstarcam.alarm()
        await visit(hass, ff)
        (car, alarm) = await card.events()
        for event, fields, key in (
            (alarm, {"name": "Ann"}, "nobody_to_know"),
            (car, {"name": "  "}, "name_missing"),
            (car, {}, "name_missing"),
            (car, {"known_id": "nobody"}, "unknown_known"),
        ):
            answer = await card.ask("assign", event_id=event["id"], **fields)
            assert answer["error"]["translation_key"] == key
