"""The connection to an OMNI Platform: kept, and what was missed meanwhile."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
import json
import logging
import random
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
import pytest

from custom_components.camera_push.const import DOMAIN
from tests.common import entity_id, eventually, state
from tests.config_flows import submit as step
from tests.sources.omni.helpers import CAM, CLIENT, add, add_person

NO_NAME = OSError(-3, "Temporary failure in name resolution")


class TestConnection:
    """It is kept."""

    async def test_unavailable_while_it_is_down(self, hass, platform, entry, people, caplog) -> None:
        caplog.set_level(logging.INFO)
        await platform.send(platform.event())
        await eventually(lambda: len(people) == 1)
        await hass.async_block_till_done()
        event_entity = entity_id(hass, entry, "event", CAM, "identification")
        assert hass.states.get(event_entity).state != "unavailable"
        platform.refuses_websocket = True
        await platform.drop()
        await eventually(lambda: hass.states.get(event_entity).state == "unavailable")
        assert state(hass, entry, "sensor", CAM, "last_seen").state != "unavailable"
        await asyncio.sleep(0.3)
        platform.refuses_websocket = False
        await eventually(lambda: hass.states.get(event_entity).state != "unavailable")
        lines = [record.message for record in caplog.records if "OMNI 127.0.0.1:" in record.message]
        assert len([line for line in lines if "lost" in line]) == 1
        assert len([line for line in lines if "again" in line and "lost" not in line]) == 1

    async def test_name_that_is_not_found_for_a_while(self, hass, platform, entry, people) -> None:
        with patch("aiohttp.TCPConnector._resolve_host", side_effect=NO_NAME) as asked:
            await platform.drop()
            await eventually(lambda: not entry.runtime_data.is_connected)
            await eventually(lambda: asked.call_count >= 3)
        await eventually(lambda: len(platform.sockets) == 1)
        await platform.send(platform.event())
        await eventually(lambda: len(people) == 1)

    async def test_closed_cleanly(self, hass, platform, entry) -> None:
        await hass.config_entries.async_unload(entry.entry_id)
        await eventually(lambda: platform.sockets == [])
        await asyncio.sleep(0.2)
        assert platform.connections == 2
        await hass.config_entries.async_setup(entry.entry_id)
        await eventually(lambda: len(platform.sockets) == 1)

    async def test_platform_that_is_not_there_at_start_up(self, hass, platform, entry, caplog) -> None:
        await hass.config_entries.async_unload(entry.entry_id)
        platform.refuses_websocket = True
        await hass.config_entries.async_setup(entry.entry_id)
        assert entry.state is ConfigEntryState.LOADED
        await asyncio.sleep(0.2)
        platform.refuses_websocket = False
        await eventually(lambda: len(platform.sockets) == 1)

    async def test_error_of_ours_does_not_end_it(self, hass, platform, entry, people, caplog) -> None:
        with patch.object(entry.runtime_data, "async_receive", side_effect=RuntimeError("boom")):
            await platform.send(platform.event())
            await eventually(lambda: "boom" in caplog.text)
        await eventually(lambda: platform.connections == 3 and len(platform.sockets) == 1)
        await platform.send(platform.event())
        await eventually(lambda: len(people) == 1)
        caplog.clear()

    async def test_key_that_is_refused_asks_for_another(self, hass, platform) -> None:
        platform.key = "first"
        entry = await add(hass, platform, api_key="first")
        platform.key = "second"
        await platform.drop()
        await eventually(lambda: any(hass.config_entries.flow.async_progress_by_handler(DOMAIN)))
        (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        assert flow["step_id"] == "omni_reauth"
        result = await step(hass, flow, {"api_key": "wrong"})
        assert result["errors"] == {"base": "invalid_auth"}
        result = await step(hass, result, {"api_key": "second"})
        assert result["reason"] == "reauth_successful"
        assert entry.data["api_key"] == "second"
        await eventually(lambda: len(platform.sockets) == 1)


async def missed(hass, platform, people, count: int) -> None:
    """Have an entry miss events; it gets them once the platform takes its websocket again."""
    await add(hass, platform, api_key="key")
    await platform.send(platform.event())
    await eventually(lambda: len(people) == 1)
    platform.refuses_websocket = True
    await platform.drop()
    for number in range(count):
        platform.keep(platform.event(at=datetime.now(UTC) + timedelta(milliseconds=number)))


class TestGaps:
    """What was missed while the connection was down."""

    async def test_fetched_in_order_late_and_once(self, hass, platform, people) -> None:
        platform.key = "key"
        entry = await add(hass, platform, api_key="key")
        person = await add_person(hass, entry)
        await eventually(lambda: len(platform.sockets) == 1)
        first = platform.event()
        platform.keep(first)
        await platform.send(first)
        await eventually(lambda: len(people) == 1)
        present_until = entry.runtime_data.subjects.devices[person].record.present_until
        platform.refuses_websocket = True
        await platform.drop()
        missed = [platform.event(at=datetime.now(UTC) + timedelta(milliseconds=n)) for n in range(250)]
        for event in missed:
            platform.keep(event)
        platform.refuses_websocket = False
        await eventually(lambda: len(people) == 251, 30)
        assert [event.data["activity_id"] for event in people[1:]] == [
            event["activity_id"] for event in missed
        ]
        assert {event.data["late"] for event in people[1:]} == {True}
        assert all(event.data["picture"] for event in people[1:])
        assert people[-1].data["person"] == "Ada"
        assert entry.runtime_data.subjects.devices[person].record.present_until == present_until
        assert [query["variables"]["offset"] for query in platform.queries] == [0, 100, 200]

    async def test_pictures_of_many_are_fetched_by_few_at_a_time(self, hass, platform, people) -> None:
        """All at once they would keep each other from coming in time."""
        platform.key = "key"
        await missed(hass, platform, people, 100)
        platform.images_at_once, platform.image_delay = 20, 0.01
        platform.refuses_websocket = False
        await eventually(lambda: len(people) == 101)
        assert all(event.data["picture"] for event in people[1:])

    async def test_platform_without_pictures_does_not_keep_the_events(self, hass, platform, people) -> None:
        """Where none comes in time, again and again, the rest of the events are told without."""
        platform.key = "key"
        await missed(hass, platform, people, 100)
        platform.image_delay = 30
        platform.asked.clear()
        with patch(f"{CLIENT}.PICTURES_TIMEOUT_SECONDS", 0.1):
            platform.refuses_websocket = False
            await eventually(lambda: len(people) == 101)
        assert not any(event.data["picture"] for event in people[1:])
        # Two pictures of each of 24 events, and of those 8 that were under way.
        assert sum("get-image" in asked for asked in platform.asked) <= 64

    async def test_missed_while_home_assistant_was_down(self, hass, platform, people) -> None:
        platform.key = "key"
        entry = await add(hass, platform, api_key="key")
        first = platform.event()
        platform.keep(first)
        await platform.send(first)
        await eventually(lambda: len(people) == 1)
        await hass.config_entries.async_unload(entry.entry_id)
        platform.keep(platform.event())
        await hass.config_entries.async_setup(entry.entry_id)
        await eventually(lambda: len(people) == 2)
        assert people[1].data["late"] is True

    async def test_nothing_is_fetched_at_the_first_start_or_without_a_key(
        self, hass, platform, people
    ) -> None:
        platform.keep(platform.event())
        entry = await add(hass, platform)
        await platform.send(platform.event())
        await eventually(lambda: len(people) == 1)
        await platform.drop()
        await eventually(lambda: len(platform.sockets) == 1)
        assert platform.queries == []
        assert entry.state is ConfigEntryState.LOADED

    @pytest.mark.parametrize(
        ("status", "body"), [(500, b""), (200, b"{}"), (200, b"<html>"), (200, b'{"data": {"events": null}}')]
    )
    async def test_what_cannot_be_fetched_does_not_keep_what_comes(
        self, hass, platform, people, caplog, status, body
    ) -> None:
        platform.key = "key"
        await add(hass, platform, api_key="key")
        await platform.send(platform.event())
        await eventually(lambda: len(people) == 1)
        platform.graphql_status, platform.graphql_body = status, body
        await platform.drop()
        await eventually(lambda: len(platform.sockets) == 1)
        await platform.send(platform.event())
        await eventually(lambda: len(people) == 2)
        assert len(platform.queries) == 3
        assert "Missed events could not be fetched" in caplog.text

    async def test_pages_without_end(self, hass, platform, people, caplog) -> None:
        """A platform that gives the same page whatever is asked for."""
        platform.key = "key"
        await add(hass, platform, api_key="key")
        await platform.send(platform.event())
        await eventually(lambda: len(people) == 1)
        platform.keep(platform.event())
        page = {"data": {"events": {"collectionItems": platform.kept}}}
        platform.graphql_body = json.dumps(page).encode()
        with patch.multiple(CLIENT, PAGE_SIZE=1, _MAX_PAGES=4):
            await platform.drop()
            await eventually(lambda: len(platform.sockets) == 1)
            await platform.send(platform.event())
            await eventually(lambda: len(people) == 3)
        assert [event.data["late"] for event in people] == [False, True, False]
        assert len(platform.queries) == 3 * 4
        assert "There is no end to the events" in caplog.text

    async def test_key_that_is_refused(self, hass, platform, people) -> None:
        """The websocket wants none, the query for what was missed does."""
        await add(hass, platform, api_key="wrong")
        await platform.send(platform.event())
        await eventually(lambda: len(people) == 1)
        platform.graphql_status = 403
        await platform.drop()
        await eventually(lambda: any(hass.config_entries.flow.async_progress_by_handler(DOMAIN)))
        await platform.send(platform.event())
        await eventually(lambda: len(people) == 2)

    async def test_what_is_of_no_use_among_what_was_missed(self, hass, platform, people) -> None:
        platform.key = "key"
        await add(hass, platform, api_key="key")
        await platform.send(platform.event())
        await eventually(lambda: len(people) == 1)
        for event in (platform.event(camera=""), platform.event(profile=None), platform.event("har")):
            platform.keep(event)
        await platform.drop()
        await eventually(lambda: len(people) == 3)
        assert [event.data["type"] for event in people[1:]] == ["identification", "har"]
        assert people[1].data["profile_id"] is None

    async def test_cut_twenty_times_at_random(self, hass, platform, people) -> None:
        """Each of a thousand events exactly once, in order."""
        platform.key = "key"
        await add(hass, platform, api_key="key")
        begin = datetime.now(UTC)
        events = [
            platform.event(at=begin + timedelta(milliseconds=number), pictures=False)
            for number in range(1000)
        ]
        platform.keep(events[0])
        await platform.send(events[0])
        await eventually(lambda: len(people) == 1)
        cuts = set(random.Random(7).sample(range(1, 1000), 20))
        for number, event in enumerate(events[1:], 1):
            platform.keep(event)
            if number in cuts:
                await platform.drop()
            else:
                with suppress(ConnectionError):
                    await platform.send(event)
            if number % 37 == 0:
                await asyncio.sleep(0.02)
        # The last ones may have been sent to nobody: the next connection brings them.
        await platform.drop()
        await eventually(lambda: len(people) >= 1000, 60)
        await hass.async_block_till_done()
        assert [event.data["activity_id"] for event in people] == [event["activity_id"] for event in events]
