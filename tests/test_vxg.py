"""VXG Cloud VMS, from the config flow to events in both directions."""

import asyncio
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
import json
import logging
import random
from unittest.mock import patch

from homeassistant.components.camera import async_get_image
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from hypothesis import given, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.diagnostics import async_get_config_entry_diagnostics
from custom_components.camera_push.sources.vxg.token import parse_token

from .common import configure, device, entity_id, eventually, pass_time, shown, state, states
from .emulators.pictures import jpeg
from .emulators.vxg import VxgServer, event_type

CAM = "237863"
CLIENT = "custom_components.camera_push.sources.vxg.client"
POLLING = "custom_components.camera_push.receiving.polling"
INTERVAL = "custom_components.camera_push.options.DEFAULT_POLL_SECONDS"


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    """Shorten what waits."""
    with (
        patch(INTERVAL, 0.05),
        patch(f"{CLIENT}.FIRST_RETRY_SECONDS", 0.01),
        patch(f"{POLLING}.LONGEST_SECONDS", 0.2),
    ):
        yield


@pytest.fixture
async def server(socket_enabled: None):
    """Return a server that is running."""
    it = VxgServer()
    async with it.serve():
        yield it


@pytest.fixture
def cloud(hass: HomeAssistant) -> list[Event]:
    """Return the list of cloud events on the bus."""
    return async_capture_events(hass, "camera_push_cloud_event")


async def start(hass: HomeAssistant, option: str = "vxg_token"):
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": "user"})
    flow = await hass.config_entries.flow.async_configure(flow["flow_id"], {"next_step_id": "vxg"})
    assert flow["menu_options"] == ["vxg_token", "vxg_key"]
    return await hass.config_entries.flow.async_configure(flow["flow_id"], {"next_step_id": option})


async def step(hass: HomeAssistant, flow, user_input: dict):
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], user_input)
    await hass.async_block_till_done()
    return result


async def settled(entry: ConfigEntry) -> None:
    """Wait until what the server has now was asked for."""
    polling = entry.runtime_data.listening._listeners[0]
    polls = polling.polls
    await eventually(lambda: polling.polls >= polls + 2)


@pytest.fixture
async def entry(hass: HomeAssistant, server: VxgServer) -> ConfigEntry:
    """Return an entry for one channel that polls."""
    flow = await step(hass, await start(hass), {"api_key": server.access_token()})
    assert flow["step_id"] == "vxg_address"
    result = await step(hass, flow, {"url": server.url})
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await eventually(lambda: CAM in result["result"].runtime_data.cameras)
    await settled(result["result"])
    return result["result"]


async def add_account(hass: HomeAssistant, server: VxgServer) -> ConfigEntry:
    flow = await start(hass, "vxg_key")
    result = await step(hass, flow, {"url": server.url, "api_key": server.key})
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await eventually(lambda: len(result["result"].runtime_data.cameras) == len(server.cameras))
    await settled(result["result"])
    return result["result"]


class TestEvents:
    """What a stored event does."""

    async def test_bus_event_and_entities(self, hass, server, entry, cloud) -> None:
        event = server.happen("motion", picture=True, zone="3")
        await eventually(lambda: len(cloud) == 1)
        await hass.async_block_till_done()
        found = device(hass, entry, CAM)
        assert found is not None
        assert (found.name, found.manufacturer) == ("Gate", "VXG")
        data = dict(cloud[0].data)
        assert data.pop("received_at")
        assert data.pop("picture").startswith("media-source://camera_push/")
        captured = datetime.fromisoformat(event["time"]).replace(tzinfo=UTC)
        assert data == {
            "device_id": found.id,
            "source": "vxg",
            "camera_id": CAM,
            "name": "motion",
            "meta": {"zone": "3"},
            "captured_at": captured.isoformat(timespec="milliseconds"),
            "late": False,
        }
        it = state(hass, entry, "event", CAM, "cloud_event")
        assert it.attributes["event_type"] == "motion"
        assert it.attributes["event_types"] == ["motion", "sound", "net", "custom", "other"]
        assert state(hass, entry, "binary_sensor", CAM, "motion").state == "on"
        assert state(hass, entry, "binary_sensor", CAM, "sound").state == "off"
        assert await shown(hass, entry, "snapshot", CAM) == server.images["1"]

    async def test_hold_time(self, hass, server, entry, cloud, freezer) -> None:
        server.happen("sound")
        await hass.async_block_till_done()
        await eventually_with_time(hass, freezer, lambda: len(cloud) == 1)
        assert state(hass, entry, "binary_sensor", CAM, "sound").state == "on"
        await pass_time(hass, freezer, 31)
        assert state(hass, entry, "binary_sensor", CAM, "sound").state == "off"

    @pytest.mark.parametrize(
        ("meta", "expected"),
        [
            ({"status": "offline"}, "off"),
            ({"state": "Connected"}, "on"),
            ({"x": "y"}, "unknown"),
            ({}, "unknown"),
        ],
    )
    async def test_connectivity(self, hass, server, entry, cloud, meta, expected) -> None:
        server.happen("net", **meta)
        await eventually(lambda: len(cloud) == 1)
        await hass.async_block_till_done()
        assert state(hass, entry, "binary_sensor", CAM, "connectivity").state == expected
        await hass.config_entries.async_reload(entry.entry_id)
        await eventually(lambda: entry.runtime_data.is_connected)
        await hass.async_block_till_done()
        assert state(hass, entry, "binary_sensor", CAM, "connectivity").state == expected

    async def test_type_that_is_not_known(self, hass, server, entry, cloud) -> None:
        server.happen("facedetection", password="secret")
        await eventually(lambda: len(cloud) == 1)
        await hass.async_block_till_done()
        assert state(hass, entry, "event", CAM, "cloud_event").attributes["event_type"] == "other"
        assert (cloud[0].data["name"], cloud[0].data["meta"]) == ("facedetection", {})

    async def test_first_start_takes_only_what_is_new(self, hass, server, cloud) -> None:
        for minutes in (0.05, 1, 60):
            server.happen(at=server.now - timedelta(minutes=minutes))
        entry = await add_account(hass, server)
        assert cloud == []
        server.happen()
        await eventually(lambda: len(cloud) == 1)
        await settled(entry)
        assert len(cloud) == 1

    async def test_old_event_is_late(self, hass, server, entry, cloud) -> None:
        entry.runtime_data.cameras[CAM].record.known_since -= timedelta(hours=1)
        server.happen(at=server.now - timedelta(seconds=90), picture=True)
        await eventually(lambda: len(cloud) == 1)
        await hass.async_block_till_done()
        assert cloud[0].data["late"] is True
        assert state(hass, entry, "binary_sensor", CAM, "motion").state == "off"

    async def test_picture_that_cannot_be_had(self, server, entry, cloud) -> None:
        event = server.happen(picture=True)
        server.images.clear()
        await eventually(lambda: len(cloud) == 1)
        assert cloud[0].data["picture"] is None
        assert event["id"] == 1
        for link in ("file:///etc/passwd", "http://[", "javascript:x", "ftp://127.0.0.1/x"):
            server.happen()["thumb"] = {"url": link}
        await eventually(lambda: len(cloud) == 5)
        assert {it.data["picture"] for it in cloud} == {None}

    async def test_every_event_once_whatever_happens(self, hass, server, cloud) -> None:
        """Shuffled within 30 seconds, duplicated, over many polls and three restarts."""
        server.cameras |= {str(number): f"Camera {number}" for number in range(1, 5)}
        server.__post_init__()
        entry = await add_account(hass, server)
        rng = random.Random(5)
        begin = server.now
        times = [begin + timedelta(milliseconds=12 * number) for number in range(5000)]
        order = sorted(range(5000), key=lambda number: times[number].timestamp() + rng.uniform(0, 30))
        cameras = list(server.cameras)
        for turn, number in enumerate(order):
            event = server.happen(camera=rng.choice(cameras), at=times[number])
            if rng.random() < 0.2:
                server.events.append(dict(event))
                # Numbers go by how many there are.
            if turn % 166 == 165:
                await settled(entry)
            if turn in (1250, 2500, 3750):
                await hass.config_entries.async_reload(entry.entry_id)
                await eventually(lambda: entry.runtime_data.is_connected)
        await settled(entry)
        ids = [(event.data["camera_id"], event.data["captured_at"]) for event in cloud]
        assert len(ids) == len({(event["camid"], event["time"]) for event in server.events})
        assert len(set(ids)) == len(ids)


async def eventually_with_time(hass, freezer, condition) -> None:
    for _ in range(200):
        if condition():
            return
        freezer.tick(0.05)
        await asyncio.sleep(0)
        await hass.async_block_till_done()
    raise AssertionError("It did not happen")


class TestPolling:
    """Asking, and what if there is no answer."""

    async def test_account_shares_one_request(self, hass, server, cloud) -> None:
        server.cameras |= {str(number): f"Camera {number}" for number in range(1, 30)}
        server.__post_init__()
        entry = await add_account(hass, server)
        server.requests.clear()
        polls = entry.runtime_data.listening._listeners[0].polls
        await settled(entry)
        made = entry.runtime_data.listening._listeners[0].polls - polls
        assert made <= len(server.requests) <= made + 1
        assert all(path == "/api/v2/storage/events/" for _, path, _ in server.requests)
        for camera in server.cameras:
            server.happen(camera=camera)
        await eventually(lambda: len(cloud) == 30)

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
        lines = [record.message for record in caplog.records if record.message.startswith("VXG 237863:")]
        assert len(lines) == 2

    @pytest.mark.parametrize("statuses", [[429], [503, 502], [500]])
    async def test_asks_again(self, hass, server, entry, cloud, statuses, caplog) -> None:
        server.retry_after = "0"
        server.statuses = list(statuses)
        server.happen()
        await eventually(lambda: len(cloud) == 1)
        assert "no answer" not in caplog.text

    async def test_server_that_wants_to_be_left_alone(self, server, entry) -> None:
        server.status, server.retry_after = 429, "3600"
        await eventually(lambda: entry.runtime_data.listening.state()["poll"]["error"] is not None)
        requests = len(server.requests)
        assert entry.runtime_data.listening.state()["poll"]["error"] == "the server is busy"
        assert requests

    @pytest.mark.parametrize(
        "body",
        [b"", b"<html>", b"[]", b"{}", b'{"objects": 5}', b'{"objects": [{"id": 1}]}', b"x" * 9_000_000],
        ids=["empty", "page", "list", "nothing", "number", "no name", "large"],
    )
    async def test_answer_of_no_use(self, hass, server, entry, cloud, body, caplog) -> None:
        before = len(states(hass))
        server.body = body
        await eventually(lambda: not entry.runtime_data.is_connected)
        server.body = None
        server.happen()
        await eventually(lambda: len(cloud) == 1)
        assert len(states(hass)) == before
        assert "Error while polling" not in caplog.text

    async def test_token_that_expired(self, hass, server, entry, cloud, caplog) -> None:
        server.token = "share.NEW"
        await eventually(lambda: any(hass.config_entries.flow.async_progress_by_handler(DOMAIN)))
        await asyncio.sleep(0.5)
        (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        assert flow["step_id"] == "vxg_reauth"
        lines = [record for record in caplog.records if record.message.startswith("VXG 237863:")]
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
        await eventually(lambda: entry.runtime_data.is_connected)
        server.happen()
        await eventually(lambda: len(cloud) == 1)

    async def test_error_of_ours(self, hass, server, entry, cloud, caplog) -> None:
        with patch.object(entry.runtime_data, "async_receive", side_effect=RuntimeError("boom")):
            server.happen()
            await eventually(lambda: "boom" in caplog.text)
        await eventually(lambda: len(cloud) == 1)
        caplog.clear()

    async def test_limit_of_cameras(self, hass, server, cloud) -> None:
        server.cameras |= {"1": "Door", "2": "Yard"}
        server.__post_init__()
        entry = await add_account(hass, server)
        hass.config_entries.async_update_entry(entry, options={"camera_cap": 3})
        server.cameras["3"] = "More"
        server.__post_init__()
        await hass.config_entries.async_reload(entry.entry_id)
        await settled(entry)
        server.happen(camera="3")
        server.happen(camera="1")
        await eventually(lambda: len(cloud) == 1)
        assert len(entry.runtime_data.cameras) == 3


class TestPictures:
    """What the camera entity shows."""

    async def image(self, hass, entry) -> bytes:
        return (await async_get_image(hass, entity_id(hass, entry, "camera", CAM, "snapshot"))).content

    @pytest.mark.parametrize("as_json", [False, True])
    async def test_live(self, hass, server, entry, as_json) -> None:
        server.live, server.live_as_json = jpeg("live"), as_json
        assert await self.image(hass, entry) == server.live
        first = server.live
        server.live = jpeg("live 2")
        assert await self.image(hass, entry) == first
        paths = [path for _, path, _ in server.requests if "image" in path]
        assert paths == ["/api/v4/live/image/"]

    async def test_preview_of_an_account(self, hass, server) -> None:
        entry = await add_account(hass, server)
        server.live = jpeg("live")
        assert await self.image(hass, entry) == server.live
        assert any("preview" in path for _, path, _ in server.requests)

    async def test_last_event_where_there_is_none_of_now(self, hass, server, entry, cloud) -> None:
        server.happen(picture=True)
        await eventually(lambda: len(cloud) == 1)
        await hass.async_block_till_done()
        assert await self.image(hass, entry) == server.images["1"]

    @pytest.mark.parametrize("live", [b"<html>", b"{", b"{}", b'{"url": 5}'])
    async def test_no_picture(self, hass, server, entry, live) -> None:
        server.live = live
        with pytest.raises(HomeAssistantError):
            await self.image(hass, entry)


class TestActions:
    """Home Assistant's events in the cloud."""

    async def call(self, hass, entry, action: str, /, **data):
        found = device(hass, entry, CAM)
        assert found is not None
        return await hass.services.async_call(
            DOMAIN, action, {"device_id": found.id, **data}, blocking=True, return_response=True
        )

    async def test_create(self, hass, server, entry) -> None:
        answer = await self.call(
            hass,
            entry,
            "vxg_create_event",
            name="motion",
            time="2021-09-23T16:30:00+00:00",
            meta={"tag1": "value1"},
        )
        body = {
            "camid": 237863,
            "name": "motion",
            "time": "2021-09-23T16:30:00.000",
            "meta": {"tag1": "value1"},
        }
        assert server.created == [body]
        assert answer == {"id": 9001, **body}
        await self.call(hass, entry, "vxg_create_event", name="motion")
        now = datetime.fromisoformat(server.created[1]["time"]).replace(tzinfo=UTC)
        assert abs(datetime.now(UTC) - now) < timedelta(seconds=5)

    async def test_create_of_a_type_that_is_not_supported(self, hass, server, entry) -> None:
        with pytest.raises(ServiceValidationError) as error:
            await self.call(hass, entry, "vxg_create_event", name="gate_opened")
        assert "vxg_add_event_type" in str(error.value)
        assert server.created == []
        # One that was added elsewhere meanwhile is.
        server.types[CAM].append(event_type("gate_opened"))
        await self.call(hass, entry, "vxg_create_event", name="gate_opened")
        assert len(server.created) == 1

    async def test_add_type(self, hass, server, entry, cloud) -> None:
        answer = await self.call(hass, entry, "vxg_add_event_type", name="custom_event", notify=True)
        assert answer == {"name": "custom_event", "notify": True, "can_be_triggered": False}
        assert server.types[CAM][-1]["name"] == "custom_event"
        assert "custom_event" in state(hass, entry, "event", CAM, "cloud_event").attributes["event_types"]
        await self.call(hass, entry, "vxg_create_event", name="custom_event")
        server.happen("custom_event")
        await eventually(lambda: len(cloud) == 1)
        assert state(hass, entry, "event", CAM, "cloud_event").attributes["event_type"] == "custom_event"

    async def test_trigger(self, hass, server, entry) -> None:
        await self.call(hass, entry, "vxg_trigger_event", name="custom", meta={"a": "b"})
        ((name, body),) = server.triggered
        assert (name, body["meta"]) == ("custom", {"a": "b"})
        requests = len([path for _, path, _ in server.requests if "trigger" in path])
        for kind in ("motion", "unknown"):
            with pytest.raises(ServiceValidationError):
                await self.call(hass, entry, "vxg_trigger_event", name=kind)
        assert len([path for _, path, _ in server.requests if "trigger" in path]) == requests

    async def test_list(self, hass, server, entry) -> None:
        answer = await self.call(hass, entry, "vxg_list_event_types")
        assert answer["event_types"][0] == {
            "name": "motion",
            "notify": True,
            "record": True,
            "snapshot": True,
            "can_be_triggered": False,
        }

    async def test_what_the_server_does_not_do(self, hass, server, entry) -> None:
        server.status = 400
        for name, data in (
            ("vxg_create_event", {"name": "motion"}),
            ("vxg_trigger_event", {"name": "custom"}),
            ("vxg_add_event_type", {"name": "x"}),
            ("vxg_list_event_types", {}),
        ):
            with pytest.raises(HomeAssistantError, match="HTTP 400"):
                await self.call(hass, entry, name, **data)

    async def test_camera_of_another_system(self, hass, server, entry) -> None:
        for device_id in ("unknown", next(iter(er.async_get(hass).entities.values())).device_id + "x"):
            with pytest.raises(ServiceValidationError):
                await hass.services.async_call(
                    DOMAIN, "vxg_create_event", {"device_id": device_id, "name": "motion"}, blocking=True
                )


class TestSwitches:
    """What the cloud does at each type of event."""

    async def test_disabled_by_default_and_only_what_there_is(self, hass, server, entry) -> None:
        registry = er.async_get(hass)
        found = {
            entity.unique_id.removeprefix(f"{entry.entry_id}_{CAM}_")
            for entity in er.async_entries_for_config_entry(registry, entry.entry_id)
            if entity.domain == "switch"
        }
        assert found == {
            "motion_notify",
            "motion_record",
            "motion_snapshot",
            "sound_notify",
            "net_notify",
            "custom_notify",
        }
        switch = registry.async_get(entity_id(hass, entry, "switch", CAM, "motion_record"))
        assert switch.disabled_by is er.RegistryEntryDisabler.INTEGRATION
        assert switch.entity_category == "config"

    async def test_switching(self, hass, server, entry) -> None:
        switch = entity_id(hass, entry, "switch", CAM, "motion_record")
        er.async_get(hass).async_update_entity(switch, disabled_by=None)
        await hass.config_entries.async_reload(entry.entry_id)
        await eventually(lambda: entry.runtime_data.is_connected)
        await hass.async_block_till_done()
        assert hass.states.get(switch).state == "on"
        assert hass.states.get(switch).attributes["friendly_name"] == "Gate motion: record"
        await hass.services.async_call("switch", "turn_off", {"entity_id": switch}, blocking=True)
        assert server.types[CAM][0]["record"] is False
        assert hass.states.get(switch).state == "off"
        server.status = 400
        with pytest.raises(HomeAssistantError):
            await hass.services.async_call("switch", "turn_on", {"entity_id": switch}, blocking=True)
        assert server.types[CAM][0]["record"] is False


class TestFlow:
    """Adding, changing."""

    async def test_token(self, hass, server, entry) -> None:
        assert entry.title == "VXG 237863"
        assert entry.data == {
            "source": "vxg",
            "api_key": server.access_token(),
            "channel": CAM,
            "url": server.url,
        }

    async def test_address_of_the_token_is_shown_and_can_be_replaced(self, hass, server) -> None:
        flow = await step(
            hass, await start(hass), {"api_key": server.access_token(api="127.0.0.9", path="x")}
        )
        (field,) = flow["data_schema"].schema
        assert field.description["suggested_value"] == f"http://127.0.0.9:{server.port}/x"
        result = await step(hass, flow, {"url": "nowhere"})
        assert result["errors"] == {"base": "url_invalid"}
        result = await step(hass, result, {"url": server.url})
        # It is another token than the server's.
        assert result["errors"] == {"base": "key_refused"}

    @pytest.mark.parametrize(
        "text", ["hello", "", "e30=", b64encode(b"[]").decode(), b64encode(b"{").decode()]
    )
    async def test_not_a_token(self, hass, server, text) -> None:
        result = await step(hass, await start(hass), {"api_key": text})
        assert result["errors"] == {"api_key": "not_a_token"}

    @pytest.mark.parametrize(
        ("field", "value", "error"),
        [
            ("status", 401, "key_refused"),
            ("status", 403, "no_rights"),
            ("status", 500, "cannot_connect"),
            ("status", 404, "not_vxg"),
            ("body", b"<html>", "not_vxg"),
        ],
    )
    async def test_errors(self, hass, server, field, value, error) -> None:
        flow = await start(hass, "vxg_key")
        result = await step(hass, flow, {"url": "http://127.0.0.1:1", "api_key": server.key})
        assert result["errors"] == {"base": "cannot_connect"}
        good = getattr(server, field)
        setattr(server, field, value)
        result = await step(hass, result, {"url": server.url, "api_key": server.key})
        assert result["errors"] == {"base": error}
        setattr(server, field, good)
        result = await step(hass, result, {"url": server.url, "api_key": server.key})
        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert result["title"] == "VXG 127.0.0.1"

    async def test_same_channel_and_account_twice(self, hass, server, entry) -> None:
        flow = await step(hass, await start(hass), {"api_key": server.access_token()})
        assert (await step(hass, flow, {"url": server.url}))["reason"] == "already_configured"
        await add_account(hass, server)
        result = await step(hass, await start(hass, "vxg_key"), {"url": server.url, "api_key": server.key})
        assert result["reason"] == "already_configured"

    async def test_reconfigure(self, hass, server, entry) -> None:
        flow = await hass.config_entries.flow.async_init(
            DOMAIN, context={"source": "reconfigure", "entry_id": entry.entry_id}
        )
        assert flow["step_id"] == "vxg_reconfigure"
        result = await step(hass, flow, {"url": "http://127.0.0.1:1"})
        assert result["errors"] == {"base": "cannot_connect"}
        result = await step(hass, result, {"url": server.url + "/"})
        assert result["reason"] == "vxg_reconfigured"
        assert entry.data["api_key"] == server.access_token()

    async def test_options(self, hass, server, entry) -> None:
        flow = await hass.config_entries.options.async_init(entry.entry_id)
        names = {str(key) for key in flow["data_schema"].schema}
        assert "poll_interval" in names
        assert not names & {"local_only", "tcp", "platform"}
        await configure(hass, entry, poll_interval=600)
        assert entry.runtime_data.options.poll_interval == timedelta(minutes=10)


def test_tokens_address() -> None:
    def url(**fields) -> str:
        data = {"camid": 1, "token": "t", "api": "web.example"} | fields
        return str(parse_token(b64encode(json.dumps(data).encode()).decode()).url)

    assert url() == "https://web.example/"
    assert url(api_sp=8443) == "https://web.example:8443/"
    assert url(api_p="8080") == "http://web.example:8080/"
    assert url(api_p=80, api_sp=443) == "https://web.example/"
    assert url(path="/svc/") == "https://web.example/svc"
    assert url(api_p=99999999, path="svc") == "https://web.example/svc"


@given(st.text(max_size=100) | st.binary(max_size=100).map(lambda data: b64encode(data).decode()))
def test_any_token(text: str) -> None:
    try:
        parse_token(text)
    except ValueError:
        return


async def test_secrets_are_nowhere(hass, server, cloud, caplog) -> None:
    caplog.set_level(logging.DEBUG, "custom_components.camera_push")
    entry = await add_account(hass, server)
    server.happen(picture=True)
    await eventually(lambda: len(cloud) == 1)
    await hass.async_block_till_done()
    found = await async_get_config_entry_diagnostics(hass, entry)
    everything = (
        caplog.text,
        json.dumps(found),
        str([it.as_dict() for it in hass.states.async_all()]),
        entry.runtime_data.cameras[CAM].record.dump(),
        str(entry.unique_id),
    )
    assert not [text for text in everything if "SECRET" in text]
