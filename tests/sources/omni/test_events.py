"""An OMNI Platform's events, pictures and persons."""

import asyncio
from datetime import UTC, datetime, timedelta
import logging
import re
from unittest.mock import patch

from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.json import json_bytes
import pytest

from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.domain.errors import Refusal
from tests.common import configure, device, eventually, shown, state, states
from tests.config_flows import add_subentry, start_subentry, submit
from tests.sources.omni.helpers import CAM, LIVE, PICTURES, add, add_person, of_person, rows


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
            "/",
            "/elsewhere",
            "/event-service/graphql",
            "/event-service/get-image/",
            "/event-service/get-image/../graphql",
            "/event-service/get-image/%2e%2e/graphql",
            "/event-service/get-image/..%2fgraphql",
            "/event-service/get-image/%2e%2e",
            "/event-service/get-image/a/b",
            "/event-service/get-image/a%5c..%5cgraphql",
        ],
    )
    async def test_never_from_anywhere_else(self, hass, platform, people, link) -> None:
        """So the key gets nowhere else either."""
        await add(hass, platform, api_key="secret-key")
        event = platform.event()
        event["event"]["image_link"] = event["event"]["original_image_link"] = link
        platform.asked.clear()
        await platform.send(event)
        await eventually(lambda: len(people) == 1)
        assert people[0].data["picture"] is None
        assert platform.asked == []

    async def test_few_at_a_time(self, hass, platform, webhook_entry, poster, people) -> None:
        """A push with very many pictures does not fetch all of them at once."""
        await configure(hass, webhook_entry, platform={"url": platform.url, "verify_ssl": True})
        platform.image_delay = 0.02
        events = [platform.event() for _ in range(40)]
        assert (await platform.post(poster, webhook_entry.data["webhook_id"], events)).status == 200
        assert all(event.data["picture"] for event in people)
        assert len(people) == 40
        assert 1 < platform.most_images <= 8

    async def test_budget_of_a_push(self, hass, platform, webhook_entry, poster, people) -> None:
        """What is beyond is told without its pictures; another push has its own."""
        await configure(hass, webhook_entry, platform={"url": platform.url, "verify_ssl": True})
        with patch("custom_components.camera_push.sources.omni.MAX_BYTES_OF_PUSH", 100_000):
            for _ in range(2):
                people.clear()
                events = [platform.event() for _ in range(5)]
                platform.images |= {
                    key: data + bytes(30_000 - len(data)) for key, data in platform.images.items()
                }
                webhook_id = webhook_entry.data["webhook_id"]
                assert (await platform.post(poster, webhook_id, events)).status == 200
                assert len(people) == 5
                assert 1 <= sum(event.data["picture"] is not None for event in people) <= 3
        assert webhook_entry.runtime_data.context.limiter.state()["waiting_bytes"] == 0

    async def test_memory_of_a_connection(self, hass, platform, people) -> None:
        """Pictures wait in memory for their delivery: those for which there is no room are left out."""
        with patch(f"{LIVE}._MAX_WAITING_BYTES", 100_000):
            await add(hass, platform)
            events = [platform.event() for _ in range(10)]
            platform.images = {
                key: data + bytes(400_000 - len(data)) for key, data in platform.images.items()
            }
            platform.image_delay = 0.05
            await platform.send(*events)
            await eventually(lambda: len(people) == 10)
            assert any(event.data["picture"] is None for event in people)
            # It was given back.
            platform.images = {key: data[:200_000] for key, data in platform.images.items()}
            await platform.send(platform.event())
            await eventually(lambda: len(people) == 11)
            assert people[-1].data["picture"] is not None

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

    async def test_slow_pictures_do_not_keep_the_event(self, hass, platform, entry, people) -> None:
        """They are added to what was told: to the images, and to the row in the history."""
        platform.image_delay = 0.5
        with patch(f"{PICTURES}.IN_TIME_SECONDS", 0.1):
            await platform.send(platform.event())
            await eventually(lambda: len(people) == 1)
        assert people[0].data["picture"] is None
        await eventually(lambda: entry.runtime_data.traffic.received["LaterPictures"] == 1)
        assert await shown(hass, entry, "snapshot", CAM) == platform.images["original_image-1"]
        assert await shown(hass, entry, "face", CAM) == platform.images["image-1"]
        (row,) = await rows(hass, entry)
        assert row["picture"] is not None
        assert row["face_picture"] is not None
        assert (row["type"], row["confidence"], row["late"]) == ("identification", 0.93, False)
        assert len(people) == 1

    async def test_pictures_of_a_camera_that_was_deleted_meanwhile(
        self, hass, platform, entry, people
    ) -> None:
        """It comes back with its next event, not with what is left of an old one."""
        platform.one_image_at_a_time = asyncio.Lock()
        await platform.one_image_at_a_time.acquire()
        with patch(f"{PICTURES}.IN_TIME_SECONDS", 0.1):
            await platform.send(platform.event())
            await eventually(lambda: len(people) == 1)
        await entry.runtime_data.hub.async_forget_camera(CAM)
        platform.one_image_at_a_time.release()
        await eventually(lambda: not entry.runtime_data.receivers.state()["websocket"]["under_way"])
        assert CAM not in entry.runtime_data.hub.cameras

    async def test_stalled_pictures_of_a_camera_keep_no_other_camera(
        self, hass, platform, entry, people
    ) -> None:
        platform.stalled = re.compile("-1$")
        await platform.send(platform.event(camera="slow"), platform.event(camera="fast"))
        await eventually(lambda: len(people) == 1)
        assert people[0].data["camera_id"] == "fast"
        assert people[0].data["picture"] is not None

    async def test_burst_of_a_slow_platform(self, hass, platform, entry, people) -> None:
        """Each event has its pictures in the end: with it, or added to it."""
        platform.one_image_at_a_time, platform.image_delay = asyncio.Lock(), 0.01
        with patch(f"{PICTURES}.IN_TIME_SECONDS", 0.3):
            events = [platform.event() for _ in range(60)]
            await platform.send(*events)
            await eventually(lambda: len(people) == 60)
            assert any(event.data["picture"] is None for event in people)
            assert [event.data["activity_id"] for event in people] == [it["activity_id"] for it in events]
            await eventually(lambda: not entry.runtime_data.receivers.state()["websocket"]["under_way"])
        found = await rows(hass, entry)
        assert len(found) == 60
        assert all(row["picture"] and row["face_picture"] for row in found)

    async def test_flood_of_events_with_stalled_pictures(self, hass, platform, entry, people) -> None:
        """They wait for their pictures, but there is a limit to how many."""
        platform.images_hang = True
        await platform.send(*(platform.event() for _ in range(300)))
        await eventually(lambda: len(people) == 300)

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
