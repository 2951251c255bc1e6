"""The pictures of an OMNI Platform's events."""

import asyncio
import re
from unittest.mock import patch

import pytest

from tests.common import configure, eventually, shown
from tests.sources.omni.helpers import CAM, CLIENT, LIVE, PICTURES, add, rows


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

    async def test_error_of_ours_does_not_cost_the_event(self, platform, entry, people, caplog) -> None:
        with patch(f"{CLIENT}.checked_picture", side_effect=RuntimeError("boom")):
            await platform.send(platform.event())
            await eventually(lambda: len(people) == 1)
        assert people[0].data["picture"] is None
        assert "Error while fetching a picture" in caplog.text

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
