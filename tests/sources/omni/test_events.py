"""An OMNI Platform's events, over its websocket and a webhook."""

import asyncio
from datetime import UTC, datetime, timedelta
import logging
from unittest.mock import patch

from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.json import json_bytes
import pytest

from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.domain.errors import Refusal
from tests.common import configure, device, eventually, shown, state, states
from tests.sources.omni.helpers import CAM, add_person, of_person

HAR = {"type": "text of 3", "camera": {"title": "text of 5"}}


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

    async def test_details_can_be_told_to_everybody(self, hass, platform, entry, people) -> None:
        """Numbers that do not fit 64 bits are JSON, but would break every listener of ours."""
        large = {"id": 2**64, "low": -(2**63) - 1, "fits": [2**64 - 1, -(2**63)], "on": True}
        await platform.send(platform.event("har", profile=None, **{"a\x00b\u202e": 1}, large=large))
        await eventually(lambda: len(people) == 1)
        assert people[0].data["details"] == {
            "ab": 1,
            "large": {"id": str(2**64), "low": str(-(2**63) - 1), "fits": [2**64 - 1, -(2**63)], "on": True},
        }
        assert json_bytes(people[0].data)

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

    async def test_ten_thousand_at_once(self, hass, platform, entry, people) -> None:
        events = [platform.event(pictures=False) for _ in range(10_000)]
        await platform.send(*events)
        await eventually(lambda: len(people) == 10_000, 120)
        assert [event.data["activity_id"] for event in people] == [event["activity_id"] for event in events]

    async def test_camera_past_the_limit_does_not_keep_the_others(
        self, hass, platform, entry, people
    ) -> None:
        await configure(hass, entry, max_cameras=2)
        await eventually(lambda: len(platform.sockets) == 1)
        await platform.send(*(platform.event(camera=f"cam-{number % 4}") for number in range(12)))
        await eventually(lambda: len(people) == 6)
        await asyncio.sleep(0.1)
        assert {event.data["camera_id"] for event in people} == {"cam-0", "cam-1"}

    async def test_error_of_ours_does_not_keep_the_others(
        self, hass, platform, entry, people, caplog
    ) -> None:
        """Not even one that nobody foresaw: the connection stays, and what failed is counted."""
        hub = entry.runtime_data.hub
        receive = hub.async_receive

        async def fail(messages, told):
            if any(message.camera_id == "bad" for message in messages):
                raise RuntimeError("boom")
            await receive(messages, told)

        connections = platform.connections
        with patch.object(hub, "async_receive", fail):
            await platform.send(*(platform.event(camera=camera) for camera in ("one", "bad", "two")))
            await eventually(lambda: len(people) == 2)
            await eventually(lambda: entry.runtime_data.traffic.refused[Refusal.INTERNAL] == 1)
        assert "boom" in caplog.text
        await platform.send(platform.event())
        await eventually(lambda: len(people) == 3)
        assert platform.connections == connections

    async def test_garbage_harms_nothing(self, hass, platform, entry, people, caplog) -> None:
        caplog.set_level(logging.INFO)
        await platform.send(platform.event())
        await eventually(lambda: len(people) == 1)
        await hass.async_block_till_done()
        before, connections = states(hass), platform.connections
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
        assert platform.connections == connections
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
        assert webhook_entry.runtime_data.hub.cameras == {}

    @pytest.mark.parametrize(
        ("text", "structure"),
        [
            ('{"type": "har", "camera": {"title": "Lobby"}}', {"json": HAR}),
            ('{"plate": ABC123}', {"text": '{"aaaaa": AAA999}'}),
        ],
    )
    async def test_structure_of_what_is_refused(self, hass, platform, entry, text, structure) -> None:
        """It is in diagnostics, to be pasted into an issue, over the websocket as well."""
        traffic = entry.runtime_data.traffic
        await platform.send(text)
        await eventually(lambda: traffic.last_refused)
        found = {"type": "application/json", "bytes": len(text)}
        assert traffic.last_refused[0]["structure"] == found | structure

    async def test_old_push_is_late(self, hass, platform, webhook_entry, poster, people) -> None:
        person = await add_person(hass, webhook_entry)
        event = platform.event(at=datetime.now(UTC) - timedelta(minutes=5))
        await platform.post(poster, webhook_entry.data["webhook_id"], event)
        await hass.async_block_till_done()
        assert people[0].data["late"] is True
        assert of_person(hass, person, "binary_sensor", "present").state == "off"
        assert state(hass, webhook_entry, "sensor", CAM, "last_person").state == "unknown"
