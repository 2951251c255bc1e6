"""Asking VXG Cloud VMS, and what if there is no answer."""

import asyncio
from datetime import timedelta
import logging
from unittest.mock import Mock, patch

from aiohttp import ClientConnectorDNSError
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Event
import pytest

from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.domain.errors import Refusal
from custom_components.camera_push.hub.handlers import handle
from tests.common import entity_id, eventually, state, states
from tests.config_flows import submit as step
from tests.sources.vxg.helpers import CAM, add_account, polls, settled


class TestPolling:
    """Asking, and what if there is no answer."""

    async def test_account_shares_one_request(self, hass, server, cloud) -> None:
        server.cameras |= {str(number): f"Camera {number}" for number in range(1, 30)}
        server.__post_init__()
        entry = await add_account(hass, server)
        server.requests.clear()
        before = polls(entry)
        await settled(entry)
        made = polls(entry) - before
        # One poll may have been under way at the begin, and one at the end.
        assert abs(len(server.requests) - made) <= 1
        assert all(path == "/api/v2/storage/events/" for _, path, _ in server.requests)
        for camera in server.cameras:
            server.happen(camera=camera)
        await eventually(lambda: len(cloud) == 30)

    @pytest.mark.parametrize(
        "date",
        [
            "",
            "yesterday",
            "Mon, 01 Jan 0001 00:00:00 +1200",
            "Fri, 31 Dec 9999 23:59:59 -1200",
            "Thu, 01 Jan 1970 00:00:00 GMT",
        ],
    )
    async def test_server_whose_clock_is_not_set(self, hass, server, cloud, caplog, date) -> None:
        """Were that believed, its cameras would be known since then only, and all events late."""
        server.date = date
        await add_account(hass, server)
        server.happen()
        await eventually(lambda: len(cloud) == 1)
        assert cloud[0].data["camera_id"] == CAM
        assert "Unexpected error" not in caplog.text

    async def test_account_that_must_ask_for_each_camera(self, hass, server, cloud) -> None:
        server.cameras |= {"1": "Door"}
        server.__post_init__()
        server.account_events_forbidden = True
        await add_account(hass, server)
        server.happen(camera="1")
        server.happen(camera=CAM)
        await eventually(lambda: len(cloud) == 2)

    @pytest.mark.parametrize("status", [403, 404])
    async def test_account_that_may_not_see_types(self, hass, server, cloud, status) -> None:
        server.types_status = status
        entry = await add_account(hass, server)
        server.happen()
        await eventually(lambda: len(cloud) == 1)
        await hass.async_block_till_done()
        assert state(hass, entry, "event", CAM, "cloud_event").attributes["event_type"] == "other"
        assert state(hass, entry, "binary_sensor", CAM, "motion").state == "on"

    async def test_pages(self, hass, server, entry, cloud) -> None:
        server.max_page = 7
        for number in range(50):
            server.happen(at=server.now + timedelta(milliseconds=number))
        await eventually(lambda: len(cloud) == 50)
        captured = [event.data["captured_at"] for event in cloud]
        assert captured == sorted(captured)

    @pytest.mark.parametrize("hours", [-3, 3])
    async def test_servers_clock_is_its_own(self, hass, server, cloud, hours) -> None:
        server.clock = timedelta(hours=hours)
        server.happen()
        await asyncio.sleep(1.1)
        await add_account(hass, server)
        server.happen()
        await eventually(lambda: len(cloud) >= 1)
        assert [event.data["late"] for event in cloud] == [False]

    async def test_unavailable_while_there_is_no_answer(self, hass, server, entry, cloud, caplog) -> None:
        caplog.set_level(logging.INFO)
        found = entity_id(hass, entry, "event", CAM, "cloud_event")
        assert hass.states.get(found).state != "unavailable"
        server.status = 500
        await eventually(lambda: hass.states.get(found).state == "unavailable")
        await asyncio.sleep(0.3)
        server.happen()
        server.status = 200
        await eventually(lambda: len(cloud) == 1)
        await eventually(lambda: hass.states.get(found).state != "unavailable")
        lines = [
            record.message
            for record in caplog.records
            if "VXG 237863" in record.message and record.levelno > logging.DEBUG
        ]
        assert len(lines) == 2

    @pytest.mark.parametrize("statuses", [[429], [503, 502], [500]])
    async def test_asks_again(self, hass, server, entry, cloud, statuses, caplog) -> None:
        server.retry_after = "0"
        server.statuses = list(statuses)
        server.happen()
        await eventually(lambda: len(cloud) == 1)
        assert "no answer" not in caplog.text

    async def test_name_that_is_not_found_for_a_while(self, hass, server, entry, cloud) -> None:
        error = ClientConnectorDNSError(Mock(), OSError(-3, "Temporary failure in name resolution"))
        with patch("aiohttp.TCPConnector.connect", side_effect=error):
            await eventually(lambda: not entry.runtime_data.hub.context.connection.is_connected)
            server.happen()
        await eventually(lambda: len(cloud) == 1)
        await eventually(lambda: entry.runtime_data.hub.context.connection.is_connected)

    async def test_server_that_wants_to_be_left_alone(self, server, entry) -> None:
        server.status, server.retry_after = 429, "3600"
        await eventually(lambda: entry.runtime_data.receivers.state()["poll"]["error"] is not None)
        requests = len(server.requests)
        assert entry.runtime_data.receivers.state()["poll"]["error"] == "the server is busy"
        assert requests

    @pytest.mark.parametrize(
        "body",
        [b"", b"<html>", b"[]", b"{}", b'{"objects": 5}', b"x" * 9_000_000],
        ids=["empty", "page", "list", "nothing", "number", "large"],
    )
    async def test_answer_of_no_use(self, hass, server, entry, cloud, body, caplog) -> None:
        before = len(states(hass))
        server.body = body
        await eventually(lambda: not entry.runtime_data.hub.context.connection.is_connected)
        server.body = None
        server.happen()
        await eventually(lambda: len(cloud) == 1)
        assert len(states(hass)) == before
        assert "Unexpected error" not in caplog.text

    async def test_token_that_expired(self, hass, server, entry, cloud, caplog) -> None:
        server.token = "share.NEW"
        await eventually(lambda: any(hass.config_entries.flow.async_progress_by_handler(DOMAIN)))
        await asyncio.sleep(0.5)
        (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        assert flow["step_id"] == "vxg_reauth"
        lines = [
            record
            for record in caplog.records
            if "VXG 237863" in record.message and record.levelno > logging.DEBUG
        ]
        assert len(lines) == 1
        for api_key, error in (
            ("hello", "not_a_token"),
            (server.access_token("1"), "other_channel"),
            (server.access_token(token="share.OLD"), "key_refused"),
        ):
            flow = await step(hass, flow, {"api_key": api_key})
            assert flow["errors"] == {"base": error}
        result = await step(hass, flow, {"api_key": server.access_token()})
        assert result["reason"] == "reauth_successful"
        await eventually(lambda: entry.runtime_data.hub.context.connection.is_connected)
        server.happen()
        await eventually(lambda: len(cloud) == 1)

    async def test_key_that_was_refused_by_mistake(self, hass, server, entry, cloud) -> None:
        """Home Assistant's coordinator would never ask again."""
        server.status = 401
        await eventually(lambda: not entry.runtime_data.hub.context.connection.is_connected)
        server.status = 200
        server.happen()
        await eventually(lambda: len(cloud) == 1)
        await eventually(lambda: entry.runtime_data.hub.context.connection.is_connected)

    async def test_asks_less_and_less_often(self, hass, server, entry, cloud) -> None:
        def interval() -> float:
            return entry.runtime_data.receivers.state()["poll"]["interval"]

        assert interval() == 0.05
        server.status = 500
        await eventually(lambda: interval() == 0.2)
        server.status = 200
        server.happen()
        await eventually(lambda: len(cloud) == 1)
        await settled(entry)
        assert interval() == 0.05

    async def test_unloaded_while_it_asks(self, hass, server, entry, cloud) -> None:
        server.hangs = True
        await eventually(lambda: server.hanging == 1)
        assert await hass.config_entries.async_unload(entry.entry_id)
        await eventually(lambda: server.hanging == 0)
        server.hangs = False
        requests = len(server.requests)
        await asyncio.sleep(0.3)
        assert len(server.requests) == requests

    async def test_error_of_ours(self, hass, server, entry, cloud, caplog) -> None:
        with patch.object(entry.runtime_data.receiver, "async_receive", side_effect=RuntimeError("boom")):
            server.happen()
            await eventually(lambda: "boom" in caplog.text)
        await eventually(lambda: len(cloud) == 1)
        caplog.clear()

    async def test_structure_of_what_cannot_be_used(self, hass, server, entry, cloud) -> None:
        """It is in diagnostics, to be pasted into an issue."""
        traffic = entry.runtime_data.traffic
        server.happen(plate="ABC123")["camid"] = None
        await eventually(lambda: traffic.last_refused)
        json = traffic.last_refused[0]["structure"]["json"]
        assert json["camid"] == "null"
        assert json["meta"] == {"plate": "text of 6"}

    async def test_event_that_cannot_be_told(self, hass, server, entry, cloud, caplog) -> None:
        """It is refused by itself: the poll goes on, and no camera becomes unavailable."""
        traffic = entry.runtime_data.traffic

        def fail(camera, message, *args):
            if message.name == "bad":
                raise RuntimeError("boom")
            return handle(camera, message, *args)

        changes: list[Event] = []
        hass.bus.async_listen("state_changed", changes.append)
        with patch("custom_components.camera_push.hub.hub.handle", fail):
            server.happen()
            server.happen(name="bad")
            server.happen()
            await eventually(lambda: len(cloud) == 2 and traffic.refused[Refusal.INTERNAL])
            await settled(entry)
        assert "boom" in caplog.text
        assert not [event for event in changes if event.data["new_state"].state == "unavailable"]
        # What was refused because of us is not lost.
        await eventually(lambda: len(cloud) == 3)
        assert cloud[2].data["name"] == "bad"

    async def test_event_that_cannot_be_told_is_logged_once(self, hass, server, entry, cloud, caplog) -> None:
        """However often the cloud gives it, and it has its turn once we can tell it."""
        with patch("custom_components.camera_push.hub.hub.handle", side_effect=RuntimeError("boom")):
            server.happen()
            for _ in range(3):
                await settled(entry)
        assert caplog.text.count("Traceback") == 1
        await eventually(lambda: len(cloud) == 1)
        caplog.clear()

    @pytest.mark.parametrize("bad", [{"id": 7}, {"name": None}, {"camid": []}, {"time": "zz"}, {"meta": "x"}])
    async def test_event_of_no_use_among_others(self, hass, server, entry, cloud, bad) -> None:
        server.happen()
        event = server.happen()
        event.update(bad if bad != {"id": 7} else {"name": "", "camid": None})
        server.happen()
        await eventually(lambda: len(cloud) >= 2)
        await settled(entry)
        assert entry.runtime_data.hub.context.connection.is_connected
        assert len(cloud) == (3 if "time" in bad or "meta" in bad else 2)

    async def test_limit_of_cameras(self, hass, server, cloud) -> None:
        server.cameras |= {"1": "Door", "2": "Yard"}
        server.__post_init__()
        entry = await add_account(hass, server)
        hass.config_entries.async_update_entry(entry, options={"max_cameras": 3})
        server.cameras["3"] = "More"
        server.__post_init__()
        await hass.config_entries.async_reload(entry.entry_id)
        await settled(entry)
        server.happen(camera="3")
        server.happen(camera="1")
        await eventually(lambda: len(cloud) == 1)
        assert len(entry.runtime_data.hub.cameras) == 3


class TestSetUp:
    """The first request decides."""

    async def test_server_that_is_not_there(self, hass, server, entry, cloud) -> None:
        server.status = 500
        await hass.config_entries.async_reload(entry.entry_id)
        assert entry.state == ConfigEntryState.SETUP_RETRY
        server.status = 200
        await hass.config_entries.async_reload(entry.entry_id)
        await settled(entry)
        server.happen()
        await eventually(lambda: len(cloud) == 1)

    @pytest.mark.parametrize("token", ["share.NEW", "share.SECRETTOKEN"])
    async def test_token_that_is_refused(self, hass, server, entry, token) -> None:
        """Another token helps, and so does the same one, when the server takes it again."""
        before = server.token
        server.token = "share.OTHER"
        await hass.config_entries.async_reload(entry.entry_id)
        assert entry.state == ConfigEntryState.SETUP_ERROR
        (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        assert flow["step_id"] == "vxg_reauth"
        assert before == "share.SECRETTOKEN"
        server.token = token
        result = await step(hass, flow, {"api_key": server.access_token()})
        assert result["reason"] == "reauth_successful"
        assert entry.state == ConfigEntryState.LOADED
        await settled(entry)
