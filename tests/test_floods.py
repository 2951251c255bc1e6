"""Many at once: floods, slow senders, fake cameras, wrong credentials. Honest cameras come through."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
import json
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from custom_components.camera_push.receiving import door as door_module
from custom_components.camera_push.receiving.door import MAX_OF_ALL, MAX_OF_ONE, Door

from .common import configure, eventually, states
from .emulators.http import BOUNDARY, Poster, form
from .emulators.pictures import jpeg
from .emulators.vstarcam import VStarcamCamera
from .test_authentication import BASIC

DOOR = "custom_components.camera_push.receiving.door"


@asynccontextmanager
async def slow_sender(poster: Poster, webhook_id: str, local: str = "127.0.0.1"):
    """Begin a push and send no more than its head."""
    reader, writer = await asyncio.open_connection(poster.host, poster.port, local_addr=(local, 0))
    head = (
        f"POST /api/webhook/{webhook_id} HTTP/1.1\r\nHost: x\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: 100000\r\n\r\n"
    )
    writer.write(head.encode())
    await writer.drain()
    try:
        yield reader
    finally:
        writer.close()


def inside(entry: ConfigEntry) -> int:
    """Return how many pushes are on their way."""
    return entry.runtime_data.door.state()["inside"]


async def test_slow_senders_leave_room_for_others(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, alarms
) -> None:
    """One address has its share, however many connections it opens; others have theirs."""
    webhook_id = vstarcam.webhook_id
    before = states(hass)
    async with AsyncExitStack() as stack:
        readers = [
            await stack.enter_async_context(slow_sender(vstarcam.poster, webhook_id, "127.0.0.9"))
            for _ in range(MAX_OF_ONE + 20)
        ]
        await eventually(lambda: inside(vstarcam_entry) == MAX_OF_ONE)
        # Those past the share are told so at once.
        refused = [reader for reader in readers if await answered(reader)]
        assert len(refused) == 20
        assert states(hass) == before
        assert (await vstarcam.alarm()).status == 200
        assert len(alarms) == 1
    await eventually(lambda: inside(vstarcam_entry) == 0)
    async with slow_sender(vstarcam.poster, webhook_id, "127.0.0.9"):
        await eventually(lambda: inside(vstarcam_entry) == 1)
    refusals = vstarcam_entry.runtime_data.traffic.refused
    assert refusals["too_many"] == 20


async def answered(reader: asyncio.StreamReader) -> bool:
    """Tell whether a sender was refused by now."""
    try:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 0.05)
    except TimeoutError:
        return False
    assert head.startswith(b"HTTP/1.1 429")
    assert b"Retry-After: 10" in head
    return True


async def test_all_together(vstarcam, vstarcam_entry, alarms) -> None:
    """Past what all may have, everybody waits, and the entry recovers."""
    with patch(f"{DOOR}.MAX_OF_ALL", 10):
        async with AsyncExitStack() as stack:
            for number in range(10):
                sender = slow_sender(vstarcam.poster, vstarcam.webhook_id, f"127.0.1.{number + 1}")
                await stack.enter_async_context(sender)
            await eventually(lambda: inside(vstarcam_entry) == 10)
            reply = await vstarcam.alarm()
            assert (reply.status, reply.headers["retry-after"]) == (503, "10")
            assert reply.json["code"] == "503"
        await eventually(lambda: inside(vstarcam_entry) == 0)
        assert (await vstarcam.alarm()).status == 200
    assert len(alarms) == 1


async def test_memory_is_bounded(hass, vstarcam_entry, vstarcam, alarms) -> None:
    """Pictures that wait for the end of their push have so much memory together, then nobody gets more."""
    with patch(f"{DOOR}.MAX_WAITING_BYTES", 300_000):
        vstarcam_entry.runtime_data.door = Door()
    body = form(vstarcam.fields(picture=jpeg() + bytes(200_000)))
    held = asyncio.Event()

    async def pieces():
        yield body[:150_000]
        await held.wait()
        yield body[150_000:]

    kind = f"multipart/form-data; boundary={BOUNDARY}"
    slow = [
        asyncio.create_task(
            vstarcam.poster.post(vstarcam.webhook_id, b"", kind, length=len(body), pieces=pieces())
        )
        for _ in range(2)
    ]
    await eventually(lambda: vstarcam_entry.runtime_data.door.state()["waiting_bytes"] > 250_000)
    reply = await vstarcam.alarm(picture=jpeg() + bytes(100_000))
    assert (reply.status, "retry-after" in reply.headers) == (503, True)
    assert alarms == []
    held.set()
    # One of the two has room for all of it, then the other one had none, or both did one after the other.
    replies = [await task for task in slow]
    assert {reply.status for reply in replies} <= {200, 503}
    assert vstarcam_entry.runtime_data.door.state() == {"inside": 0, "waiting_bytes": 0}
    assert (await vstarcam.alarm(picture=jpeg() + bytes(100_000))).status == 200


async def test_fake_cameras(hass, vstarcam, vstarcam_entry, alarms) -> None:
    """Thousands of ids make no devices past the limit, nothing in memory, and one repair issue."""
    await configure(hass, vstarcam_entry, camera_cap=3)
    await vstarcam.heartbeat()

    async def fake(number: int) -> int:
        camera = VStarcamCamera(f"VC{number:011d}", vstarcam.poster, vstarcam.webhook_id)
        return (await camera.heartbeat()).status

    found: list[int] = []
    for start in range(0, 400, 40):
        found += await asyncio.gather(*(fake(number) for number in range(start, start + 40)))
    assert sorted(found) == [200] * 2 + [403] * 398
    assert len(vstarcam_entry.runtime_data.cameras) == 3
    assert (await vstarcam.alarm()).status == 200
    assert len(alarms) == 1


async def test_wrong_credentials_cost_nothing(hass, ff, ff_entry, plates) -> None:
    await configure(hass, ff_entry, authentication=BASIC)
    before = states(hass)
    replies = await asyncio.gather(*(ff.send_json(ff.event()) for _ in range(60)))
    assert {reply.status for reply in replies} == {401}
    assert states(hass) == before
    assert plates == []


async def test_flood_of_one_camera(hass, vstarcam, vstarcam_entry, alarms) -> None:
    """Everything that was answered with success is there once; what was not was told to come again."""
    replies = await asyncio.gather(*(vstarcam.alarm(0x12) for _ in range(200)))
    accepted = sum(reply.status == 200 for reply in replies)
    assert {reply.status for reply in replies} <= {200, 429}
    assert accepted >= MAX_OF_ONE
    assert len(alarms) == accepted
    assert inside(vstarcam_entry) == 0
    assert (await vstarcam.alarm()).status == 200


def test_shares() -> None:
    """A door counts by address, and forgets who is gone."""
    door = Door()
    assert MAX_OF_ONE < MAX_OF_ALL
    with door.enter(None) as keep, door.enter("192.0.2.1"):
        keep(1000)
        assert door.state() == {"inside": 2, "waiting_bytes": 1000}
        with pytest.raises(door_module.ProtocolError):
            keep(door_module.MAX_WAITING_BYTES)
    assert door.state() == {"inside": 0, "waiting_bytes": 0}
    assert json.dumps(door.state())
    assert not door._inside
