"""The connection to an OMNI Platform: kept, and what was missed meanwhile."""

import asyncio
import logging
from types import CoroutineType
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState

from custom_components.camera_push.const import DOMAIN
from tests.common import entity_id, eventually, state
from tests.config_flows import submit as step
from tests.sources.omni.helpers import CAM, CLIENT, LIVE, WEBSOCKET, add

NO_NAME = OSError(-3, "Temporary failure in name resolution")


def work_of_ours() -> list[str]:
    """Return the tasks that do something about the platform."""
    coroutines = (task.get_coro() for task in asyncio.all_tasks())
    return [
        it.__qualname__
        for it in coroutines
        if isinstance(it, CoroutineType) and "camera_push" in it.cr_code.co_filename
    ]


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
        assert state(hass, entry, "image", CAM, "snapshot").state != "unavailable"
        assert state(hass, entry, "binary_sensor", CAM, "connectivity").state != "unavailable"
        await asyncio.sleep(0.3)
        platform.refuses_websocket = False
        await eventually(lambda: hass.states.get(event_entity).state != "unavailable")
        lines = [record.message for record in caplog.records if "OMNI 127.0.0.1:" in record.message]
        assert len([line for line in lines if "lost" in line]) == 1
        assert len([line for line in lines if "again" in line and "lost" not in line]) == 1

    async def test_name_that_is_not_found_for_a_while(self, hass, platform, entry, people) -> None:
        with patch("aiohttp.TCPConnector._resolve_host", side_effect=NO_NAME) as asked:
            await platform.drop()
            await eventually(lambda: not entry.runtime_data.hub.context.connection.is_connected)
            await eventually(lambda: asked.call_count >= 3)
        await eventually(lambda: len(platform.sockets) == 1)
        await platform.send(platform.event())
        await eventually(lambda: len(people) == 1)

    async def test_what_came_whole_is_told_when_it_is_lost(self, hass, platform, entry, people) -> None:
        """Its pictures may be on their way still; asked for again, it is known."""
        for number in range(1, 6):
            await platform.send(platform.event())
            await platform.drop()
            await eventually(lambda: len(people) == number)  # noqa: B023  # Used within the round.
            await eventually(lambda: len(platform.sockets) == 1)
        await hass.async_block_till_done()
        assert len(people) == 5
        assert all(event.data["picture"] for event in people)

    async def test_nothing_goes_on_after_it(self, hass, platform, entry) -> None:
        """Not the pictures of a live event, nor those of events that wait for their turn."""
        platform.images_hang = True
        await platform.send(*(platform.event() for _ in range(10)))
        await eventually(lambda: len(platform.asked) >= 10)
        assert work_of_ours()
        await hass.config_entries.async_unload(entry.entry_id)
        assert work_of_ours() == []

    async def test_what_came_is_told_when_the_entry_is_reloaded(self, hass, platform, entry, people) -> None:
        """Without a key it can never be had again. Pictures that are on their way are not waited for."""
        platform.images_hang = True
        with patch(f"{LIVE}.CLOSING_SECONDS", 0.1):
            await platform.send(*(platform.event() for _ in range(8)))
            await eventually(lambda: len(platform.asked) >= 10)
            await hass.config_entries.async_reload(entry.entry_id)
        assert len(people) == 8
        assert {event.data["late"] for event in people} == {False}

    async def test_closed_cleanly(self, hass, platform, entry) -> None:
        connections = platform.connections
        await hass.config_entries.async_unload(entry.entry_id)
        await eventually(lambda: platform.sockets == [])
        await asyncio.sleep(0.2)
        assert platform.connections == connections
        await hass.config_entries.async_setup(entry.entry_id)
        await eventually(lambda: len(platform.sockets) == 1)

    async def test_platform_that_is_not_there_at_start_up(self, hass, platform, entry, caplog) -> None:
        await hass.config_entries.async_unload(entry.entry_id)
        platform.refuses_websocket = True
        await hass.config_entries.async_setup(entry.entry_id)
        assert entry.state == ConfigEntryState.SETUP_RETRY
        assert entry.error_reason_translation_key == "not_connected"
        platform.refuses_websocket = False
        await hass.config_entries.async_reload(entry.entry_id)
        await eventually(lambda: len(platform.sockets) == 1)

    async def test_key_that_is_refused_at_start_up(self, hass, platform) -> None:
        platform.key = "first"
        entry = await add(hass, platform, api_key="first")
        await hass.config_entries.async_unload(entry.entry_id)
        platform.key = "second"
        await hass.config_entries.async_setup(entry.entry_id)
        assert entry.state == ConfigEntryState.SETUP_ERROR
        (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        assert flow["step_id"] == "omni_reauth"
        result = await step(hass, flow, {"api_key": "second"})
        assert result["reason"] == "reauth_successful"
        await eventually(lambda: len(platform.sockets) == 1)
        await eventually(lambda: entry.state is ConfigEntryState.LOADED)

    async def test_same_key_again_connects_again(self, hass, platform) -> None:
        """The platform takes it again, after it refused it for a while."""
        platform.key = "key"
        entry = await add(hass, platform, api_key="key")
        await hass.config_entries.async_unload(entry.entry_id)
        platform.key = "other"
        await hass.config_entries.async_setup(entry.entry_id)
        (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        platform.key = "key"
        assert (await step(hass, flow, {"api_key": "key"}))["reason"] == "reauth_successful"
        await eventually(lambda: len(platform.sockets) == 1)
        assert entry.state == ConfigEntryState.LOADED

    async def test_same_key_again_while_it_is_loaded(self, hass, platform) -> None:
        """The next attempt is five minutes away by then: nobody should have to wait for it."""
        platform.key = "key"
        entry = await add(hass, platform, api_key="key")
        with patch(f"{WEBSOCKET}.DENIED_DELAY_SECONDS", 300):
            platform.key = "other"
            await platform.drop()
            await eventually(lambda: any(hass.config_entries.flow.async_progress_by_handler(DOMAIN)))
            platform.key = "key"
            (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
            assert (await step(hass, flow, {"api_key": "key"}))["reason"] == "reauth_successful"
            await eventually(lambda: len(platform.sockets) == 1)
        assert entry.state == ConfigEntryState.LOADED

    async def test_platform_that_is_silent(self, hass, platform) -> None:
        """A router forgot the connection: neither side is told."""
        with patch.multiple(WEBSOCKET, PING_SECONDS=0.05), patch(f"{CLIENT}.SILENCE_SECONDS", 0.2):
            await add(hass, platform)
            connections = platform.connections
            await asyncio.sleep(0.6)
            assert platform.connections == connections
            platform.answers_pings = False
            await platform.drop()
            await eventually(lambda: platform.connections >= connections + 2)

    async def test_error_of_ours_does_not_end_it(self, hass, platform, entry, people, caplog) -> None:
        connections = platform.connections
        with patch.object(entry.runtime_data.receiver, "async_receive", side_effect=RuntimeError("boom")):
            await platform.send(platform.event())
            await eventually(lambda: "boom" in caplog.text)
        await platform.send(platform.event())
        await eventually(lambda: len(people) == 1)
        assert platform.connections == connections
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
