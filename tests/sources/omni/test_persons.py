"""Persons whom an OMNI Platform recognises."""

import asyncio

from homeassistant.helpers import entity_registry as er
import pytest

from tests.common import configure, eventually, state
from tests.config_flows import add_subentry, start_subentry, submit
from tests.sources.omni.helpers import CAM, add_person, of_person


class TestPersons:
    """Names for profiles and watchlists."""

    async def test_person_who_is_seen(self, hass, platform, entry, people) -> None:
        person = await add_person(hass, entry)
        await add_subentry(hass, entry, "watchlist", name="Staff", groups=["group-1"])
        await eventually(lambda: len(platform.sockets) == 1)
        await platform.send(platform.event())
        await eventually(lambda: len(people) == 1)
        await hass.async_block_till_done()
        assert (people[0].data["person"], people[0].data["watchlists"]) == ("Ada", ["Staff"])
        assert of_person(hass, person, "binary_sensor", "present").state == "on"
        assert of_person(hass, person, "sensor", "last_camera").state == "Lobby"
        assert of_person(hass, person, "sensor", "last_seen").state != "unknown"
        assert of_person(hass, person, "event", "seen").attributes["camera_id"] == CAM
        assert state(hass, entry, "sensor", CAM, "last_person").state == "Ada"
        assert state(hass, entry, "sensor", CAM, "last_watchlist").state == "Staff"
        assert hass.states.get("binary_sensor.ada_present") is not None
        # What stands for a vehicle would be a strange picture of a person.
        keys = {it.translation_key for it in er.async_get(hass).entities.values() if person in it.unique_id}
        assert {"person_present", "person_seen"} <= keys
        assert not keys & {"present", "seen"}

    async def test_seen_once_in_an_activity(self, hass, platform, entry, people) -> None:
        person = await add_person(hass, entry)
        await eventually(lambda: len(platform.sockets) == 1)
        seen = []
        hass.bus.async_listen(
            "state_changed",
            lambda event: (
                seen.append(event.data["new_state"].state)
                if event.data["entity_id"] == "event.ada_seen" and event.data["new_state"]
                else None
            ),
        )
        for activity in ("a", "a", "b", None, None):
            await platform.send(platform.event(activity_id=activity))
            await asyncio.sleep(0.02)
        await eventually(lambda: len(people) == 5)
        await hass.async_block_till_done()
        # With no activity's id, somebody who is there already is not seen anew.
        assert len(set(seen)) == 2
        assert of_person(hass, person, "binary_sensor", "present").state == "on"

    async def test_minimum_confidence(self, hass, platform, entry, people) -> None:
        person = await add_person(hass, entry)
        await configure(hass, entry, minimum_person_confidence=80)
        await eventually(lambda: len(platform.sockets) == 1)
        await platform.send(platform.event(confidence=0.79))
        await eventually(lambda: len(people) == 1)
        await hass.async_block_till_done()
        assert (people[0].data["person"], people[0].data["profile_id"]) == (None, "profile-1")
        assert of_person(hass, person, "binary_sensor", "present").state == "off"
        assert state(hass, entry, "sensor", CAM, "last_person").state == "unknown"
        await platform.send(platform.event(confidence=0.8))
        await eventually(lambda: len(people) == 2)
        assert people[1].data["person"] == "Ada"

    async def test_flow_offers_who_was_seen(self, hass, platform, entry, people) -> None:
        await platform.send(platform.event(), platform.event(profile="profile-2"))
        await eventually(lambda: len(people) == 2)
        flow = await start_subentry(hass, entry, "person")
        options = flow["data_schema"].schema["profiles"].config["options"]
        assert [option["value"] for option in options] == ["profile-2", "profile-1"]
        assert "/api/camera_push/thumbnail/" in flow["description_placeholders"]["seen"]
        await add_person(hass, entry)
        flow = await start_subentry(hass, entry, "person")
        options = flow["data_schema"].schema["profiles"].config["options"]
        assert [option["value"] for option in options] == ["profile-2"]

    async def test_flow_shows_foreign_ids_as_they_are(self, hass, platform, entry, people) -> None:
        """Dialogs render Markdown: an id must not be able to put a picture or a link there."""
        evil = "x](http://evil.example/x) [click](http://evil.example) `code"
        await platform.send(platform.event(profile=evil))
        await eventually(lambda: len(people) == 1)
        flow = await hass.config_entries.subentries.async_init(
            (entry.entry_id, "person"), context={"source": "user"}
        )
        seen = flow["description_placeholders"]["seen"]
        assert seen.startswith("![](/api/camera_push/thumbnail/")
        assert seen.endswith(" `x](http://evil.example/x) [click](http://evil.example) code`")
        assert seen.count("evil") == 2

    @pytest.mark.parametrize(
        ("changes", "errors"),
        [
            ({"name": " "}, {"name": "name_missing"}),
            ({"profiles": []}, {"profiles": "id_missing"}),
            ({"profiles": ["x" * 200]}, {"profiles": "id_invalid"}),
            ({"profiles": ["profile-1"]}, {"profiles": "id_taken"}),
        ],
    )
    async def test_flow_errors_and_change(self, hass, platform, entry, changes, errors) -> None:
        person = await add_person(hass, entry)
        flow = await start_subentry(hass, entry, "person")
        data = {"name": "Bob", "profiles": ["profile-9"], "hold_time": 60}
        result = await submit(hass, flow, data | changes)
        assert result["errors"] == errors
        flow = await start_subentry(hass, entry, "person", person)
        result = await submit(hass, flow, data)
        await hass.async_block_till_done()
        assert result["reason"] == "reconfigure_successful"
        assert entry.subentries[person].title == "Bob"

    async def test_person_after_a_restart(self, hass, platform, entry, people) -> None:
        person = await add_person(hass, entry)
        await eventually(lambda: len(platform.sockets) == 1)
        await platform.send(platform.event())
        await eventually(lambda: len(people) == 1)
        await hass.async_block_till_done()
        keys = (("binary_sensor", "present"), ("sensor", "last_seen"), ("sensor", "last_camera"))
        before = [of_person(hass, person, *key).state for key in keys]
        assert before[0] == "on"
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
        assert [of_person(hass, person, *key).state for key in keys] == before
        assert of_person(hass, person, "event", "seen").attributes["event_type"] == "seen"
