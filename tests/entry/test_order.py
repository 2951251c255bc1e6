"""Pushes are told in the order in which they were complete, however long each takes from there on."""

import asyncio
import base64
import json
import threading
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from custom_components.camera_push.domain.quota import FREE_BYTES
from tests.common import configure, eventually
from tests.emulators.ff import FFCamera
from tests.emulators.http import Poster
from tests.emulators.omni import OmniPlatform
from tests.emulators.vstarcam import VStarcamCamera


def cars(plates: list) -> list[str]:
    """Return the cars that were told of."""
    return [event.data["car_id"] for event in plates]


async def settle() -> None:
    """Let what can go on without anybody's help go on: whatever has to wait is waiting afterwards."""
    for _ in range(50):
        await asyncio.sleep(0.002)


async def test_decoding_does_not_invert(hass, ff: FFCamera, ff_entry: ConfigEntry, plates) -> None:
    """A large event waits for the thread that decodes; a small one needs none, and is told after it."""
    runtime = ff_entry.runtime_data
    go_on = threading.Event()
    decoding = asyncio.ensure_future(runtime.receiver.arrival("192.0.2.7").run(lambda _: go_on.wait(), b""))
    filler = base64.b64encode(bytes(FREE_BYTES + FREE_BYTES // 2)).decode()
    large = ff.event(carID="1", filler=filler)
    size = len(json.dumps(large).encode())
    try:
        first = asyncio.create_task(ff.send_json(large))
        state = runtime.context.limiter.state
        await eventually(lambda: state()["waiting_bytes"] >= 0.9 * size - FREE_BYTES)
        await settle()
        # One that is refused meanwhile changes nothing for those after it.
        assert (await ff.send_json({"carID": "?"})).status == 400
        second = asyncio.create_task(ff.send_json(ff.event(carID="2")))
        await eventually(lambda: state()["inside"] == 2)
        await settle()
        assert cars(plates) == []
    finally:
        go_on.set()
    assert {(await it).status for it in (first, second)} == {200}
    await decoding
    await hass.async_block_till_done()
    assert cars(plates) == ["1", "2"]


async def test_stalled_push_holds_back_no_other_of_its_address(
    vstarcam: VStarcamCamera, poster: Poster, alarms
) -> None:
    """It began first, but an alarm that is all here does not wait for what may never come."""
    reader, writer = await asyncio.open_connection(poster.host, poster.port)
    head = f"POST /api/webhook/{vstarcam.webhook_id} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
    writer.write(head.encode() + b'Content-Type: application/json\r\n\r\n{"vuid": ')
    await writer.drain()
    await settle()
    assert (await vstarcam.alarm(0x12)).status == 200
    assert len(alarms) == 1
    writer.close()
    await reader.read()


async def test_many_messages_of_a_camera_are_told_before_the_next(
    platform: OmniPlatform, omni_webhook_entry: ConfigEntry, poster: Poster, people
) -> None:
    """They are told a few at a time, between which others have their turn: those of other cameras."""
    webhook_id = omni_webhook_entry.data["webhook_id"]
    many = [platform.event(pictures=False) for _ in range(100)]
    last = platform.event(pictures=False)
    with patch("custom_components.camera_push.hub.hub._TELLING_SECONDS", 0.0005):
        first = asyncio.create_task(platform.post(poster, webhook_id, many))
        await eventually(lambda: people)
        assert (await platform.post(poster, webhook_id, last)).status == 200
        assert (await first).status == 200
    told = [event.data["activity_id"] for event in people]
    assert told == [event["activity_id"] for event in (*many, last)]


class TestPicturesThatAreFetched:
    """An OMNI platform pushes links: what they lead to can be slow."""

    @pytest.fixture(autouse=True)
    async def _fetches(self, hass: HomeAssistant, platform: OmniPlatform, omni_webhook_entry) -> None:
        await configure(hass, omni_webhook_entry, platform={"url": platform.url, "verify_ssl": True})

    async def test_events_of_a_camera_keep_their_order(
        self, hass, platform: OmniPlatform, omni_webhook_entry, poster, people
    ) -> None:
        """Those of other cameras of the same platform do not wait."""
        webhook_id = omni_webhook_entry.data["webhook_id"]
        platform.one_image_at_a_time = slow = asyncio.Lock()
        await slow.acquire()
        slow_event, next_event = platform.event(), platform.event(pictures=False)
        asked = len(platform.asked)
        first = asyncio.create_task(platform.post(poster, webhook_id, slow_event))
        await eventually(lambda: len(platform.asked) > asked)
        second = asyncio.create_task(platform.post(poster, webhook_id, next_event))
        await settle()
        other = await platform.post(poster, webhook_id, platform.event(camera="cam-2", pictures=False))
        assert other.status == 200
        assert [event.data["camera_id"] for event in people] == ["cam-2"]
        slow.release()
        assert {(await it).status for it in (first, second)} == {200}
        told = [event.data["activity_id"] for event in people if event.data["camera_id"] == "cam-1"]
        assert told == [slow_event["activity_id"], next_event["activity_id"]]
        assert people[1].data["picture"] is not None
