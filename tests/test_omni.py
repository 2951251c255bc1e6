"""An OMNI Platform, from the config flow to people who are seen."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
import json
import logging
import random
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import Event, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
from hypothesis import given, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.camera_push import async_remove_config_entry_device
from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.core.bounded import MAX_BYTES
from custom_components.camera_push.core.errors import ProtocolError
from custom_components.camera_push.diagnostics import async_get_config_entry_diagnostics
from custom_components.camera_push.receiving.push import Arrival
from custom_components.camera_push.sources.omni.event import decode_event

from .common import configure, device, entity_id, eventually, free_port, shown, state, states
from .emulators.omni import OmniPlatform

LINK = "custom_components.camera_push.receiving.websocket_link"
CLIENT = "custom_components.camera_push.sources.omni.client"
CONNECTION = "custom_components.camera_push.sources.omni.connection"
STEPS = "custom_components.camera_push.sources.omni.config_steps"
CAM = "cam-1"


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    """Shorten what waits."""
    with (
        patch.multiple(LINK, FIRST_DELAY_SECONDS=0.02, LAST_DELAY_SECONDS=0.1),
        patch(f"{STEPS}._CLOSES_WITHIN_SECONDS", 0.1),
        patch(f"{CONNECTION}._GAP_RETRY_SECONDS", 0.01),
        patch(f"{CLIENT}._RETRY_PICTURE_SECONDS", 0.01),
    ):
        yield


@pytest.fixture
async def platform(socket_enabled: None):
    """Return a platform that is running."""
    it = OmniPlatform()
    async with it.serve():
        yield it


@pytest.fixture
def people(hass: HomeAssistant) -> list[Event]:
    """Return the list of identification events on the bus."""
    return async_capture_events(hass, "camera_push_identification")


def filled_in(platform: OmniPlatform, **changes) -> dict:
    return {
        "url": platform.url,
        "endpoint_id": platform.endpoint_id,
        "verify_ssl": True,
        "version": "1.18",
    } | changes


async def start(hass: HomeAssistant, option: str = "omni_websocket"):
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": "user"})
    flow = await hass.config_entries.flow.async_configure(flow["flow_id"], {"next_step_id": "omni"})
    assert flow["menu_options"] == ["omni_websocket", "omni_webhook"]
    return await hass.config_entries.flow.async_configure(flow["flow_id"], {"next_step_id": option})


async def step(hass: HomeAssistant, flow, user_input: dict):
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], user_input)
    await hass.async_block_till_done()
    return result


async def add(hass: HomeAssistant, platform: OmniPlatform, **changes) -> ConfigEntry:
    result = await step(hass, await start(hass), filled_in(platform, **changes))
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await eventually(lambda: len(platform.sockets) == 1)
    return result["result"]


@pytest.fixture
async def entry(hass: HomeAssistant, platform: OmniPlatform) -> ConfigEntry:
    """Return an entry that is connected."""
    return await add(hass, platform)


@pytest.fixture
async def webhook_entry(hass: HomeAssistant) -> ConfigEntry:
    """Return an entry that the platform pushes to."""
    assert await async_setup_component(hass, "http", {})
    result = await start(hass, "omni_webhook")
    await hass.async_block_till_done()
    return result["result"]


async def add_subentry(hass: HomeAssistant, entry: ConfigEntry, kind: str, **data) -> str:
    before = set(entry.subentries)
    flow = await hass.config_entries.subentries.async_init((entry.entry_id, kind), context={"source": "user"})
    result = await hass.config_entries.subentries.async_configure(flow["flow_id"], data)
    await hass.async_block_till_done()
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    (found,) = set(entry.subentries) - before
    return found


async def add_person(hass: HomeAssistant, entry: ConfigEntry, **changes) -> str:
    data = {"name": "Ada", "profiles": ["profile-1"], "hold_time": 60} | changes
    return await add_subentry(hass, entry, "person", **data)


def of_person(hass: HomeAssistant, person: str, platform: str, key: str):
    found = er.async_get(hass).async_get_entity_id(platform, DOMAIN, f"{person}_{key}")
    assert found is not None
    it = hass.states.get(found)
    assert it is not None
    return it


class TestEvents:
    """What an event does."""

    async def test_bus_event(self, hass, platform, entry, people) -> None:
        event = platform.event(at=datetime.now(UTC))
        await platform.send(event)
        await eventually(lambda: len(people) == 1)
        await hass.async_block_till_done()
        found = device(hass, entry, CAM)
        assert found is not None
        assert found.name == "Lobby"
        via = dr.async_get(hass).async_get(found.via_device_id)
        assert via is not None
        assert (DOMAIN, entry.entry_id) in via.identifiers
        data = dict(people[0].data)
        assert data.pop("received_at")
        assert data.pop("picture").startswith("media-source://camera_push/")
        captured = datetime.fromisoformat(event["event"]["detection_date"])
        assert data == {
            "device_id": found.id,
            "source": "omni",
            "camera_id": CAM,
            "type": "identification",
            "profile_id": "profile-1",
            "person": None,
            "watchlists": ["group-1"],
            "age": 34,
            "gender": "FEMALE",
            "confidence": 0.93,
            "activity_id": "activity-1",
            "captured_at": captured.isoformat(timespec="milliseconds"),
            "late": False,
            "details": {},
        }
        assert state(hass, entry, "event", CAM, "identification").attributes["event_type"] == "identification"
        assert state(hass, entry, "sensor", CAM, "last_person").state == "profile-1"
        assert state(hass, entry, "sensor", CAM, "last_confidence").state == "93"
        assert state(hass, entry, "sensor", CAM, "last_watchlist").state == "group-1"
        assert await shown(hass, entry, "snapshot", CAM) == platform.images["original_image-1"]
        assert await shown(hass, entry, "face", CAM) == platform.images["image-1"]

    @pytest.mark.parametrize(
        "kind", ["non_identification", "har", "roi", "crossing", "face_hide_control", "new"]
    )
    async def test_other_types(self, hass, platform, entry, people, kind) -> None:
        await platform.send(platform.event(kind, profile=None, action={"name": "has_fallen"}, score=0.7))
        await eventually(lambda: len(people) == 1)
        await hass.async_block_till_done()
        assert people[0].data["type"] == kind
        assert people[0].data["details"] == {"action": {"name": "has_fallen"}, "score": 0.7}
        it = state(hass, entry, "event", CAM, "identification")
        assert it.attributes["event_type"] == (kind if kind != "new" else "other")
        assert it.attributes["details"]["action"] == {"name": "has_fallen"}
        assert state(hass, entry, "sensor", CAM, "last_person").state == "unknown"

    async def test_best_candidate_counts(self, hass, platform, entry, people) -> None:
        event = platform.event()
        other = platform.event(profile="profile-2", confidence=0.99)
        event["candidates"] += other["candidates"]
        await platform.send(event)
        await eventually(lambda: len(people) == 1)
        assert people[0].data["profile_id"] == "profile-2"

    async def test_repeated_event_fires_once(self, hass, platform, entry, people) -> None:
        event = platform.event()
        await platform.send(event, event, platform.event())
        await eventually(lambda: len(people) == 2)
        await hass.async_block_till_done()
        assert len(people) == 2

    async def test_both_ways_in_are_the_same(
        self, hass, platform, webhook_entry, entry, poster, people
    ) -> None:
        await configure(hass, webhook_entry, platform={"url": platform.url, "verify_ssl": True})
        event = platform.event(kind="har", extra=[1, {"a": "b"}])
        await platform.send(event)
        await eventually(lambda: len(people) == 1)
        reply = await platform.post(poster, webhook_entry.data["webhook_id"], event)
        assert (reply.status, reply.json) == (200, {"status": "ok"})
        one, two = (dict(event.data) for event in people)
        for data in (one, two):
            for key in ("device_id", "received_at"):
                assert data.pop(key)
            assert data.pop("picture")
        assert one == two
        await hass.async_block_till_done()
        for key in ("snapshot", "face"):
            assert await shown(hass, entry, key, CAM) == await shown(hass, webhook_entry, key, CAM)

    async def test_many_at_once(self, hass, platform, entry, people) -> None:
        events = [platform.event(pictures=False) for _ in range(2000)]
        await platform.send(*events)
        await eventually(lambda: len(people) == 2000, 60)
        assert [event.data["activity_id"] for event in people] == [event["activity_id"] for event in events]

    async def test_camera_past_the_limit_does_not_keep_the_others(
        self, hass, platform, entry, people
    ) -> None:
        await configure(hass, entry, camera_cap=2)
        await eventually(lambda: len(platform.sockets) == 1)
        await platform.send(*(platform.event(camera=f"cam-{number % 4}") for number in range(12)))
        await eventually(lambda: len(people) == 6)
        await asyncio.sleep(0.1)
        assert {event.data["camera_id"] for event in people} == {"cam-0", "cam-1"}

    async def test_garbage_harms_nothing(self, hass, platform, entry, people, caplog) -> None:
        caplog.set_level(logging.INFO)
        await platform.send(platform.event())
        await eventually(lambda: len(people) == 1)
        await hass.async_block_till_done()
        before = states(hass)
        no_camera, no_type = platform.event(), platform.event()
        del no_camera["camera"], no_type["type"]
        await platform.send(
            "",
            "hello",
            "[]",
            "{}",
            '{"type": 5}',
            "[" * 100,
            '{"type": "har"}',
            "\ud800".encode("utf-8", "replace").decode(),
            no_camera,
            no_type,
            platform.event() | {"camera": {"id": "a/b"}},
        )
        for socket in platform.sockets:
            await socket.send_bytes(b"\xff")
        await asyncio.sleep(0.1)
        await hass.async_block_till_done()
        assert states(hass) == before
        await platform.send(platform.event())
        await eventually(lambda: len(people) == 2)
        assert platform.connections == 2  # The flow's own, and this one.
        assert "Traceback" not in caplog.text


class TestWebhook:
    """The platform pushes."""

    async def test_without_the_platforms_address_there_are_no_pictures(
        self, hass, platform, webhook_entry, poster, people
    ) -> None:
        reply = await platform.post(poster, webhook_entry.data["webhook_id"], platform.event())
        assert reply.status == 200
        assert people[0].data["picture"] is None
        assert platform.asked == []

    async def test_several_at_once(self, platform, webhook_entry, poster, people) -> None:
        events = [platform.event(), platform.event(camera="cam-2")]
        assert (await platform.post(poster, webhook_entry.data["webhook_id"], events)).status == 200
        assert [event.data["camera_id"] for event in people] == ["cam-1", "cam-2"]

    @pytest.mark.parametrize(
        ("body", "content_type", "status"),
        [
            (b"{}", "application/json", 400),
            (b"hello", "application/json", 400),
            (b"{}", "text/plain", 415),
            (b"x" * (1024 * 1024 + 1), "application/json", 413),
            (b'[{"type": "har", "camera": {"id": "c"}}, {}]', "application/json", 400),
        ],
    )
    async def test_refused(self, hass, webhook_entry, poster, people, body, content_type, status) -> None:
        reply = await poster.post(webhook_entry.data["webhook_id"], body, content_type)
        assert reply.status == status
        assert reply.json["status"] == "error"
        assert people == []
        assert webhook_entry.runtime_data.cameras == {}

    async def test_old_push_is_late(self, hass, platform, webhook_entry, poster, people) -> None:
        person = await add_person(hass, webhook_entry)
        event = platform.event(at=datetime.now(UTC) - timedelta(minutes=5))
        await platform.post(poster, webhook_entry.data["webhook_id"], event)
        await hass.async_block_till_done()
        assert people[0].data["late"] is True
        assert of_person(hass, person, "binary_sensor", "present").state == "off"
        assert state(hass, webhook_entry, "sensor", CAM, "last_person").state == "unknown"


class TestPictures:
    """Only from the platform, within limits."""

    @pytest.mark.parametrize(
        "link",
        [
            "http://evil.example/event-service/get-image/1",
            "http://127.0.0.1:1/event-service/get-image/1",
            "https://127.0.0.1/event-service/get-image/1",
            "file:///etc/passwd",
            "//evil.example/x",
            "http://user:password@127.0.0.1/x",
            "http://[::1/x",
            "javascript:alert(1)",
        ],
    )
    async def test_never_from_anywhere_else(self, hass, platform, entry, people, link) -> None:
        event = platform.event()
        event["event"]["image_link"] = event["event"]["original_image_link"] = link
        platform.asked.clear()
        await platform.send(event)
        await eventually(lambda: len(people) == 1)
        assert people[0].data["picture"] is None
        assert platform.asked == []

    @pytest.mark.parametrize(
        "data",
        [b"<html></html>", b"", b"\xff\xd8\xff" + bytes(11 * 1024 * 1024)],
        ids=["page", "empty", "large"],
    )
    async def test_what_is_no_picture(self, hass, platform, entry, people, data) -> None:
        event = platform.event()
        platform.images = dict.fromkeys(platform.images, data)
        await platform.send(event)
        await eventually(lambda: len(people) == 1)
        assert people[0].data["picture"] is None

    async def test_redirect_is_not_followed(self, platform, entry, people) -> None:
        event = platform.event()
        del event["event"]["original_image_link"], event["event"]["original_image"]
        platform.image_status = 302
        await platform.send(event)
        await eventually(lambda: len(people) == 1)
        assert people[0].data["picture"] is None
        assert "/elsewhere" not in platform.asked

    async def test_failure_is_retried(self, platform, entry, people) -> None:
        event = platform.event()
        del event["event"]["original_image_link"], event["event"]["original_image"]
        platform.image_status = 503
        await platform.send(event)
        await eventually(lambda: len(people) == 1)
        assert people[0].data["picture"] is not None

    async def test_slow_pictures_do_not_keep_the_event(self, platform, entry, people) -> None:
        platform.image_delay = 0.5
        with patch(f"{CLIENT}.PICTURES_TIMEOUT_SECONDS", 0.1):
            await platform.send(platform.event())
            await eventually(lambda: len(people) == 1)
        assert people[0].data["picture"] is None
        await asyncio.sleep(0.6)

    async def test_key_only_where_it_is_asked_for(self, hass, platform, people) -> None:
        platform.images_need_key, platform.key = True, "secret-key"
        await add(hass, platform, api_key="secret-key")
        await platform.send(platform.event())
        await eventually(lambda: len(people) == 1)
        assert people[0].data["picture"] is not None

    async def test_relative_link_and_id_alone(self, hass, platform, entry, people) -> None:
        event = platform.event()
        event["event"]["image_link"] = "/event-service/get-image/image-1"
        del event["event"]["original_image_link"]
        await platform.send(event)
        await eventually(lambda: len(people) == 1)
        await hass.async_block_till_done()
        assert await shown(hass, entry, "snapshot", CAM) == platform.images["original_image-1"]
        assert await shown(hass, entry, "face", CAM) == platform.images["image-1"]


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
        flow = await hass.config_entries.subentries.async_init(
            (entry.entry_id, "person"), context={"source": "user"}
        )
        options = flow["data_schema"].schema["profiles"].config["options"]
        assert [option["value"] for option in options] == ["profile-2", "profile-1"]
        assert "/api/camera_push/thumbnail/" in flow["description_placeholders"]["seen"]
        await add_person(hass, entry)
        flow = await hass.config_entries.subentries.async_init(
            (entry.entry_id, "person"), context={"source": "user"}
        )
        options = flow["data_schema"].schema["profiles"].config["options"]
        assert [option["value"] for option in options] == ["profile-2"]

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
        flow = await hass.config_entries.subentries.async_init(
            (entry.entry_id, "person"), context={"source": "user"}
        )
        data = {"name": "Bob", "profiles": ["profile-9"], "hold_time": 60}
        result = await hass.config_entries.subentries.async_configure(flow["flow_id"], data | changes)
        assert result["errors"] == errors
        flow = await hass.config_entries.subentries.async_init(
            (entry.entry_id, "person"), context={"source": "reconfigure", "subentry_id": person}
        )
        result = await hass.config_entries.subentries.async_configure(flow["flow_id"], data)
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


class TestFlow:
    """Adding, changing."""

    async def test_websocket(self, hass, platform, entry) -> None:
        assert entry.title == "OMNI 127.0.0.1"
        assert entry.data == {"source": "omni", **filled_in(platform)}
        assert "webhook_id" not in entry.data
        assert platform.asked[-1] == f"/event-service/ws?endpoint_id={platform.endpoint_id}"

    async def test_older_version(self, hass, platform) -> None:
        result = await step(hass, await start(hass), filled_in(platform, version="1.17"))
        assert result["errors"] == {"base": "scope_missing"}
        older = filled_in(platform, version="1.17", event_type="har", scope_id="scope-1")
        result = await step(hass, result, older)
        assert result["type"] is FlowResultType.CREATE_ENTRY
        await eventually(lambda: len(platform.sockets) == 1)
        assert (
            platform.asked[-1] == f"/event-service/har/ws?endpoint_id={platform.endpoint_id}&scope_id=scope-1"
        )

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"url": "ftp://127.0.0.1"}, "url_invalid"),
            ({"url": "hello"}, "url_invalid"),
            ({"url": "http://127.0.0.1:1"}, "cannot_connect"),
            ({"endpoint_id": "unknown"}, "closed_at_once"),
        ],
    )
    async def test_errors(self, hass, platform, changes, error) -> None:
        result = await step(hass, await start(hass), filled_in(platform, **changes))
        assert result["errors"] == {"base": error}
        result = await step(hass, result, filled_in(platform))
        assert result["type"] is FlowResultType.CREATE_ENTRY

    async def test_what_answers(self, hass, platform) -> None:
        platform.refuses_websocket = True
        flow = await step(hass, await start(hass), filled_in(platform))
        assert flow["errors"] == {"base": "not_websocket"}
        platform.refuses_websocket, platform.key = False, "key"
        flow = await step(hass, flow, filled_in(platform))
        assert flow["errors"] == {"base": "invalid_auth"}
        flow = await step(hass, flow, filled_in(platform, api_key="wrong"))
        assert flow["errors"] == {"base": "invalid_auth"}
        platform.hangs = True
        with patch(f"{CLIENT}.CONNECT_TIMEOUT_SECONDS", 0.1):
            flow = await step(hass, flow, filled_in(platform, api_key="key"))
        assert flow["errors"] == {"base": "no_answer"}
        flow = await step(hass, flow, filled_in(platform, url=platform.url.replace("http", "https")))
        assert flow["errors"]["base"] in ("tls_refused", "cannot_connect")

    async def test_same_endpoint_twice(self, hass, platform, entry) -> None:
        result = await step(hass, await start(hass), filled_in(platform))
        assert result["reason"] == "already_configured"

    async def test_reconfigure(self, hass, platform, entry) -> None:
        other = OmniPlatform(endpoint_id="other", port=free_port())
        async with other.serve():
            flow = await hass.config_entries.flow.async_init(
                DOMAIN, context={"source": "reconfigure", "entry_id": entry.entry_id}
            )
            assert flow["step_id"] == "omni_reconfigure"
            result = await step(hass, flow, filled_in(other, endpoint_id="wrong"))
            assert result["errors"] == {"base": "closed_at_once"}
            result = await step(hass, result, filled_in(other))
            assert result["reason"] == "omni_reconfigured"
            await eventually(lambda: len(other.sockets) == 1)
            assert platform.sockets == []
            await hass.config_entries.async_unload(entry.entry_id)

    async def test_webhook(self, hass, webhook_entry) -> None:
        assert webhook_entry.title == "OMNI Platform"
        assert set(webhook_entry.data) == {"source", "webhook_id"}
        result = await configure(hass, webhook_entry, platform={"url": "nowhere", "verify_ssl": True})
        assert result["errors"] == {"base": "url_invalid"}

    async def test_options_of_a_websocket(self, hass, entry) -> None:
        flow = await hass.config_entries.options.async_init(entry.entry_id)
        names = {str(key) for key in flow["data_schema"].schema}
        assert not names & {"local_only", "platform", "tcp"}
        assert "minimum_person_confidence" in names

    async def test_platform_device_stays(self, hass, platform, entry) -> None:
        found = next(
            device
            for device in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
            if (DOMAIN, entry.entry_id) in device.identifiers
        )
        assert found.manufacturer == "3DiVi"
        assert not await async_remove_config_entry_device(hass, entry, found)

    async def test_removal(self, hass, platform, entry) -> None:
        await hass.config_entries.async_remove(entry.entry_id)
        await eventually(lambda: platform.sockets == [])


async def test_secrets_are_nowhere(hass, platform, people, caplog) -> None:
    caplog.set_level(logging.DEBUG, "custom_components.camera_push")
    platform.key = "secret-key"
    entry = await add(hass, platform, api_key="secret-key")
    event = platform.event(
        "har",
        note="see rtsp://admin:secret-note@192.0.2.7/live",
        stream="secret-rest",
        nested={"password": "secret-nest"},
    )
    event["camera"]["title"] = "rtsp://admin:secret-title@192.0.2.7/live"
    await platform.send(event)
    await eventually(lambda: len(people) == 1)
    await hass.async_block_till_done()
    everything = [
        caplog.text,
        json.dumps(await async_get_config_entry_diagnostics(hass, entry)),
        str([dict(event.data) for event in people]),
        str([it.as_dict() for it in hass.states.async_all()]),
        str(
            [
                found.dict_repr
                for found in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
            ]
        ),
        entry.runtime_data.cameras[CAM].record.dump(),
    ]
    for text in everything:
        assert "secret-" not in text
    assert device(hass, entry, CAM).name == "rtsp://192.0.2.7/live"


arrival = Arrival(address=None, received_at=datetime.now(UTC), time_zone=UTC, run=None)
values = st.recursive(
    st.text(max_size=300) | st.integers() | st.floats(allow_nan=False) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=40) | st.dictionaries(st.text(max_size=20), inner, max_size=5),
    max_leaves=30,
)


@given(
    st.dictionaries(st.sampled_from(["type", "camera", "candidates", "event", "activity_id", "x"]), values),
    values,
    values,
)
def test_any_body(body: dict, camera: object, candidates: object) -> None:
    for changed in (body, body | {"type": "har", "camera": {"id": camera}, "candidates": [candidates]}):
        try:
            event = decode_event(arrival, changed)
        except ProtocolError:
            continue
        assert len(json.dumps(event.more)) <= MAX_BYTES
        assert event.confidence is None or 0 <= event.confidence <= 1
