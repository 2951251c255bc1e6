"""What was missed while the connection to an OMNI Platform was down."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
import json
import random
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
import pytest

from custom_components.camera_push.const import DOMAIN
from tests.common import eventually
from tests.sources.omni.helpers import CLIENT, GAP, PICTURES, add, add_person


@pytest.fixture
async def connected(hass, platform, people):
    """Return an entry with a key that received one event."""
    platform.key = "key"
    entry = await add(hass, platform, api_key="key")
    first = platform.event()
    platform.keep(first)
    await platform.send(first)
    await eventually(lambda: len(people) == 1)
    return entry


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
        present_until = entry.runtime_data.hub.known.devices[person].record.present_until
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
        assert entry.runtime_data.hub.known.devices[person].record.present_until == present_until
        assert [offset for _, offset, _ in platform.queries[-3:]] == [0, 100, 200]

    async def test_pictures_of_a_slow_platform(self, platform, people, connected) -> None:
        """Asked for all at once, most of a page's pictures would come too late."""
        platform.one_image_at_a_time, platform.image_delay = asyncio.Lock(), 0.02
        for _ in range(75):
            platform.keep(platform.event())
        with patch(f"{PICTURES}.IN_TIME_SECONDS", 2):
            await platform.drop()
            await eventually(lambda: len(people) == 76)
        assert all(event.data["picture"] for event in people)

    async def test_pictures_of_a_platform_that_is_too_slow(self, platform, people, connected) -> None:
        """Live events wait for those that were missed, but not for long."""
        platform.images_hang = True
        for _ in range(75):
            platform.keep(platform.event())
        with (
            patch(f"{PICTURES}.IN_TIME_SECONDS", 0.1),
            patch(f"{PICTURES}.ALL_WITHIN_SECONDS", 0.3),
        ):
            await platform.drop()
            await eventually(lambda: len(people) == 76)
        assert [event.data["picture"] for event in people[1:]] == [None] * 75

    async def test_missed_while_home_assistant_was_down(self, hass, platform, people, connected) -> None:
        await hass.config_entries.async_unload(connected.entry_id)
        platform.keep(platform.event())
        await hass.config_entries.async_setup(connected.entry_id)
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
        assert entry.state == ConfigEntryState.LOADED

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
        await eventually(lambda: len(platform.queries) > 3)
        assert caplog.text.count("Missed events could not be fetched") == 1
        platform.graphql_status, platform.graphql_body = 200, None
        await eventually(lambda: "Missed events were fetched" in caplog.text)
        assert "Missed events could not be fetched" in caplog.text

    async def test_stalled_answer_keeps_no_live_event(self, hass, platform, connected, people) -> None:
        platform.graphql_hangs = True
        missed = [platform.event() for _ in range(3)]
        await platform.drop()
        for event in missed:
            platform.keep(event)
        await eventually(lambda: len(platform.sockets) == 1)
        live = platform.event()
        platform.keep(live)
        await platform.send(live)
        await eventually(lambda: len(people) == 2)
        assert people[1].data["late"] is False
        platform.graphql_hangs = False
        await eventually(lambda: len(people) == 5)
        ids = [event["activity_id"] for event in (live, *missed)]
        assert [event.data["activity_id"] for event in people[1:]] == ids
        assert [event.data["late"] for event in people[2:]] == [True] * 3

    async def test_live_event_that_is_stored_already_stays_live(self, platform, connected, people) -> None:
        """Its pictures are on their way while what was missed is asked for, and triggers are to run."""
        await platform.drop()
        await eventually(lambda: len(platform.sockets) == 1)
        platform.images_hang = True
        with patch(f"{PICTURES}.IN_TIME_SECONDS", 0.5):
            event = platform.event()
            platform.keep(event)
            await platform.send(event)
            await eventually(lambda: len(people) == 2)
        assert people[1].data["late"] is False

    async def test_live_event_that_comes_after_it_was_found(self, platform, connected, people) -> None:
        with patch(f"{GAP}.LIVE_WITHIN_SECONDS", 60):
            event = platform.event()
            platform.keep(event)
            await platform.drop()
            await eventually(lambda: platform.queries and platform.sockets)
            await platform.send(event)
            await eventually(lambda: len(people) == 2)
        assert people[1].data["late"] is False

    @pytest.mark.parametrize("is_restarted", [False, True])
    async def test_asked_for_until_it_is_answered(
        self, hass, platform, connected, people, is_restarted
    ) -> None:
        """However far away it is by then: its begin is remembered, over restarts, too."""
        begin = connected.runtime_data.hub.history.last_event_at
        platform.graphql_status = 503
        missed = platform.event(at=datetime.now(UTC) - timedelta(seconds=1))
        await platform.drop()
        platform.keep(missed)
        queries = len(platform.queries)
        await eventually(lambda: len(platform.queries) >= queries + 5)
        later = platform.event(at=datetime.now(UTC) + timedelta(hours=1))
        await platform.send(later)
        await eventually(lambda: len(people) == 2)
        if is_restarted:
            await hass.config_entries.async_reload(connected.entry_id)
        assert connected.runtime_data.hub.history.unread_since == begin
        assert connected.runtime_data.receivers.state()["websocket"]["missed_since"] == begin.isoformat()
        platform.graphql_status = 200
        await eventually(lambda: len(people) == 3)
        assert people[2].data["activity_id"] == missed["activity_id"]
        await eventually(lambda: connected.runtime_data.hub.history.unread_since is None)

    async def test_agent_whose_clock_is_behind(self, platform, connected, people) -> None:
        """Another agent's clock is right: the last event is by that one."""
        behind = datetime.now(UTC) - timedelta(hours=3)
        await platform.send(platform.event(camera="behind", at=behind), platform.event())
        await eventually(lambda: len(people) == 3)
        await platform.drop()
        platform.keep(platform.event(camera="behind", at=behind + timedelta(seconds=1)))
        await eventually(lambda: len(people) == 4)
        assert people[3].data["late"] is True

    async def test_error_between_pages(self, platform, connected, people) -> None:
        """It goes on where it was: what is told already need not be remembered for ever."""
        begin = datetime.now(UTC)
        await platform.drop()
        for number in range(10):
            platform.keep(platform.event(at=begin + timedelta(minutes=10 * number), pictures=False))
        platform.pages_until_error = 3
        with patch(f"{CLIENT}.PAGE_SIZE", 2):
            await eventually(lambda: len(people) == 11)
        # The clock of what is told is not ahead of ours.
        assert datetime.fromisoformat(platform.queries[-1][0]) >= begin - timedelta(minutes=3)
        assert [event.data["late"] for event in people[1:]] == [True] * 10

    async def test_access_that_is_denied_in_an_answer(self, hass, platform, connected, people) -> None:
        """With the status of a success. A key that is refused by mistake works again by itself."""
        platform.key = "other"
        platform.websocket_needs_key = False
        platform.keep(platform.event())
        await platform.drop()
        await eventually(lambda: any(hass.config_entries.flow.async_progress_by_handler(DOMAIN)))
        (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        assert flow["step_id"] == "omni_reauth"
        platform.key = "key"
        await eventually(lambda: len(people) == 2)

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
            await eventually(lambda: len(people) == 3 and "There is no end" in caplog.text)
        assert sorted(event.data["late"] for event in people) == [False, False, True]
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
        """Each of a thousand events exactly once; the live ones in order, and so are those that are late."""
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
        sent = {event["activity_id"]: number for number, event in enumerate(events)}
        assert {event.data["activity_id"] for event in people} == sent.keys()
        assert len(people) == 1000
        live = [sent[event.data["activity_id"]] for event in people if not event.data["late"]]
        assert live == sorted(live)
        late = [sent[event.data["activity_id"]] for event in people if event.data["late"]]
        assert late == sorted(late)
