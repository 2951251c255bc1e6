"""Many at once: floods, slow senders, fake cameras, wrong credentials. Honest cameras come through."""

import asyncio
from collections.abc import Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
import gc
import json
import time
import tracemalloc
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from custom_components.camera_push.domain.errors import ProtocolError
from custom_components.camera_push.domain.quota import FREE_BYTES
from custom_components.camera_push.domain.rates import Rates, RateSettings
from custom_components.camera_push.transports.limits import (
    MAX_OF_ALL,
    MAX_OF_ONE,
    MAX_WAITING_BYTES,
    PushLimiter,
)
from tests.common import configure, eventually, free_port, states
from tests.credentials import BASIC
from tests.emulators.ff import FFCamera
from tests.emulators.ff_tcp import TcpLink
from tests.emulators.http import BOUNDARY, Poster, form
from tests.emulators.pictures import jpeg
from tests.emulators.vstarcam import VStarcamCamera

DOOR = "custom_components.camera_push.transports.limits"


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
    return entry.runtime_data.context.limiter.state()["inside"]


async def test_slow_senders_leave_room_for_others(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, alarms
) -> None:
    """One address has its share, however many connections it opens; others have theirs."""
    webhook_id = vstarcam.webhook_id
    before = states(hass)
    with patch.multiple(DOOR, MAX_OF_ONE=40, PATIENCE_SECONDS=0.2, GRACE_SECONDS=300):
        async with AsyncExitStack() as stack:
            readers = [
                await stack.enter_async_context(slow_sender(vstarcam.poster, webhook_id, "127.0.0.9"))
                for _ in range(60)
            ]
            await eventually(lambda: inside(vstarcam_entry) == 40)
            # Those past the share are told so after a while.
            await eventually(lambda: vstarcam_entry.runtime_data.traffic.refused["too_many"] == 20)
            refused = [reader for reader in readers if await answered(reader, 429, 0.05)]
            assert len(refused) == 20
            assert states(hass) == before
            assert (await vstarcam.alarm()).status == 200
            assert len(alarms) == 1
    await eventually(lambda: inside(vstarcam_entry) == 0)
    async with slow_sender(vstarcam.poster, webhook_id, "127.0.0.9"):
        await eventually(lambda: inside(vstarcam_entry) == 1)
    refusals = vstarcam_entry.runtime_data.traffic.refused
    assert refusals["too_many"] == 20


@pytest.mark.parametrize("share", ["MAX_OF_ONE", "MAX_OF_ALL"])
async def test_slow_senders_give_way(hass, vstarcam, vstarcam_entry, alarms, share: str) -> None:
    """Behind one address as the honest cameras: who has waited long enough makes room for them."""
    with patch(f"{DOOR}.{share}", 10), patch(f"{DOOR}.GRACE_SECONDS", 300):
        async with AsyncExitStack() as stack:
            readers = [
                await stack.enter_async_context(slow_sender(vstarcam.poster, vstarcam.webhook_id))
                for _ in range(10)
            ]
            await eventually(lambda: inside(vstarcam_entry) == 10)
            # Not at once: they might only be about to begin. Who waits gets in then.
            alarm = asyncio.create_task(vstarcam.alarm())
            await eventually(lambda: vstarcam_entry.runtime_data.context.limiter.state()["waiting"] == 1)
            assert inside(vstarcam_entry) == 10
            with patch(f"{DOOR}.GRACE_SECONDS", 0):
                assert (await alarm).status == 200
                replies = await asyncio.gather(*(vstarcam.alarm() for _ in range(2)))
            assert {reply.status for reply in replies} == {200}
            # The first that came were told to come again, as many as had to be.
            left = inside(vstarcam_entry)
            assert left in (7, 8)
            told = [await answered(reader, 503) for reader in readers[: 10 - left]]
            told += [await answered(reader, 503, 0.05) for reader in readers[10 - left :]]
            assert told == [True] * (10 - left) + [False] * left
    await eventually(lambda: inside(vstarcam_entry) == 0)
    assert vstarcam_entry.runtime_data.context.limiter.state()["put_out"] == told.count(True)
    assert len(alarms) == 3


async def test_who_is_not_slow_stays(hass, vstarcam, vstarcam_entry, alarms) -> None:
    """A camera whose picture is coming is not sent away for another one."""
    body = form(vstarcam.fields(picture=jpeg() + bytes(100_000)))
    coming = asyncio.Event()

    async def pieces():
        sent = 0
        while not coming.is_set():
            yield body[sent : sent + 1000]
            sent += 1000
            await asyncio.sleep(0.02)
        yield body[sent:]

    kind = f"multipart/form-data; boundary={BOUNDARY}"
    with patch.multiple(DOOR, MAX_OF_ONE=1, GRACE_SECONDS=1, PATIENCE_SECONDS=1.5, MAX_WAITING=1):
        first = asyncio.create_task(
            vstarcam.poster.post(vstarcam.webhook_id, b"", kind, length=len(body), pieces=pieces())
        )
        await eventually(lambda: inside(vstarcam_entry) == 1)
        # One waits in vain, another one does not even find room to wait.
        replies = await asyncio.gather(*(vstarcam.alarm() for _ in range(2)))
        assert {reply.status for reply in replies} == {429}
        coming.set()
        assert (await first).status == 200
    assert len(alarms) == 1


async def answered(reader: asyncio.StreamReader, status: int, seconds: float = 30) -> bool:
    """Tell whether a sender was refused, soon or by now."""
    try:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), seconds)
    except TimeoutError:
        return False
    assert head.startswith(f"HTTP/1.1 {status}".encode())
    assert b"Retry-After: 10" in head
    return True


async def test_who_waits_is_first() -> None:
    """Who comes again and again does not get in before those who wait; other addresses do not wait."""
    door, order, leave = PushLimiter(), [], asyncio.Event()

    async def come(name: str, address: str = "192.0.2.1") -> None:
        async with door.enter(address):
            order.append(name)
            await leave.wait()

    with patch.multiple(DOOR, MAX_OF_ONE=2, PATIENCE_SECONDS=20):
        tasks = []
        for name in ("first", "second", "third", "fourth", "fifth"):
            tasks.append(asyncio.create_task(come(name)))
            await asyncio.sleep(0)
        assert door.state()["waiting"] == 3
        tasks.append(asyncio.create_task(come("other", "192.0.2.2")))
        await eventually(lambda: order == ["first", "second", "other"])
        leave.set()
        await asyncio.gather(*tasks)
    assert order == ["first", "second", "other", "third", "fourth", "fifth"]
    assert door.state()["waiting"] == 0


async def test_all_together(vstarcam, vstarcam_entry, alarms) -> None:
    """Past what all may have, everybody waits, and the entry recovers."""
    with patch.multiple(DOOR, MAX_OF_ALL=10, PATIENCE_SECONDS=0.2, GRACE_SECONDS=300):
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


@asynccontextmanager
async def holding_memory(poster: Poster, camera: VStarcamCamera, *, hang_up: bool = True):
    """Begin a push with a large picture, and bring no more of it; yields a task with the reply."""
    body = form(camera.fields(picture=jpeg() + bytes(600_000)))
    go_on = asyncio.Event()

    async def pieces():
        yield body[:500_000]
        await go_on.wait()

    kind = f"multipart/form-data; boundary={BOUNDARY}"
    task = asyncio.create_task(
        poster.post(camera.webhook_id, b"", kind, length=len(body), pieces=pieces(), hang_up=hang_up)
    )
    try:
        yield task
    finally:
        go_on.set()
        await task


def large() -> bytes:
    """Return a picture that needs more memory than is on the house."""
    return jpeg() + bytes(FREE_BYTES + 150_000)


async def test_who_keeps_memory_gives_way(hass, vstarcam_entry, vstarcam, alarms) -> None:
    """Large pictures have so much memory together; usual ones need none of it."""
    with patch(f"{DOOR}.MAX_WAITING_BYTES", 300_000):
        assert await hass.config_entries.async_reload(vstarcam_entry.entry_id)
    door = vstarcam_entry.runtime_data.context.limiter
    async with holding_memory(vstarcam.poster, vstarcam, hang_up=False) as slow:
        await eventually(lambda: door.state()["waiting_bytes"] > 200_000)
        assert (await vstarcam.alarm(picture=jpeg() + bytes(200_000))).status == 200
        assert door.state()["put_out"] == 0
        assert (await vstarcam.alarm(picture=large())).status == 200
        assert door.state()["put_out"] == 1
        await eventually(lambda: inside(vstarcam_entry) == 0)
    assert (await slow).status == 503
    state = door.state()
    assert (state["inside"], state["waiting_bytes"]) == (0, 0)
    assert len(alarms) == 2


async def test_memory_is_bounded(hass, vstarcam_entry, vstarcam, alarms) -> None:
    """When nobody gives way, nobody gets more."""
    with patch(f"{DOOR}.MAX_WAITING_BYTES", 300_000):
        assert await hass.config_entries.async_reload(vstarcam_entry.entry_id)
    door = vstarcam_entry.runtime_data.context.limiter
    with patch.multiple(DOOR, GRACE_SECONDS=60, PATIENCE_SECONDS=0.2):
        async with holding_memory(vstarcam.poster, vstarcam):
            await eventually(lambda: door.state()["waiting_bytes"] > 200_000)
            reply = await vstarcam.alarm(picture=large())
            assert (reply.status, "retry-after" in reply.headers) == (503, True)
            assert alarms == []
        await eventually(lambda: inside(vstarcam_entry) == 0)
        assert door.state()["waiting_bytes"] == 0
        assert (await vstarcam.alarm(picture=large())).status == 200


async def test_fake_cameras(hass, vstarcam, vstarcam_entry, alarms) -> None:
    """Thousands of ids make no devices past the limit, nothing in memory, and one repair issue."""
    await configure(hass, vstarcam_entry, max_cameras=3)
    await vstarcam.heartbeat()

    async def fake(number: int) -> int:
        camera = VStarcamCamera(f"VC{number:011d}", vstarcam.poster, vstarcam.webhook_id)
        return (await camera.heartbeat()).status

    found: list[int] = []
    for start in range(0, 400, 40):
        found += await asyncio.gather(*(fake(number) for number in range(start, start + 40)))
    assert sorted(found) == [200] * 2 + [403] * 398
    assert len(vstarcam_entry.runtime_data.hub.cameras) == 3
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
    assert accepted >= min(200, MAX_OF_ONE)
    assert len(alarms) == accepted
    assert inside(vstarcam_entry) == 0
    assert (await vstarcam.alarm()).status == 200


async def growth(work: Awaitable[None]) -> int:
    """Return by how many bytes more is in memory after something was done."""
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        await work
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


async def test_refused_texts_are_not_kept(hass, ff: FFCamera, ff_entry, caplog) -> None:
    """Large ones are freed at once, and not when Python next looks for what is not used any more."""
    body = b'{"carState": "' + b"x" * 1_000_000 + b'", "ImageArray": [{"BinaryImage": "!"}]}'
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        for _ in range(3):
            assert (await ff.poster.post(ff.webhook_id, body, "application/json")).status == 400
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(20):
            assert (await ff.poster.post(ff.webhook_id, body, "application/json")).status == 400
        caplog.clear()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.enable()
    # The last one may be in the hands of a thread still; of twenty that were kept, there would be twenty.
    assert after - before < 8 * len(body)


async def test_large_texts_while_closing(hass, ff, ff_entry, plates) -> None:
    """The thread that decodes them is gone: not now, and no error of ours."""
    body = json.dumps(ff.event(more="x" * 100_000)).encode()
    ff_entry.runtime_data.receiver._executor.close()  # noqa: SLF001  # A fault is injected.
    reply = await ff.poster.post(ff.webhook_id, body, "application/json")
    assert (reply.status, plates) == (503, [])


async def test_shares() -> None:
    """It counts by address, and gives back what was taken."""
    door = PushLimiter()
    empty = door.state()
    assert MAX_OF_ONE < MAX_OF_ALL
    async with door.enter(None) as visitor, door.enter("192.0.2.1"):
        await visitor.keep(FREE_BYTES + 1000)
        assert door.state() == {**empty, "inside": 2, "waiting_bytes": 1000}
        with pytest.raises(ProtocolError), patch(f"{DOOR}.PATIENCE_SECONDS", 0.2):
            await visitor.keep(MAX_WAITING_BYTES)
    assert door.state() == empty
    assert json.dumps(door.state())


async def test_addresses_are_forgotten() -> None:
    """Of those that came in, and of those that waited in vain."""
    door = PushLimiter()

    async def come(addresses: range) -> None:
        for number in addresses:
            async with door.enter(f"2001:db8::{number:x}"):
                pass
            with patch.multiple(DOOR, MAX_OF_ALL=0, PATIENCE_SECONDS=0), pytest.raises(ProtocolError):
                async with door.enter(f"2001:db8:1::{number:x}"):
                    pass

    # What they owe is remembered of some of them.
    with patch("custom_components.camera_push.domain.rates._MAX_REMEMBERED", 100):
        await come(range(200))
        assert await growth(come(range(200, 2200))) < 100_000


async def limit(hass: HomeAssistant, entry: ConfigEntry, of_one: float, of_all: float) -> None:
    """Set the rates in the options."""
    await configure(hass, entry, rates={"of_one": of_one, "of_all": of_all})


async def test_a_camera_that_pushes_too_often(hass, vstarcam, vstarcam_entry, alarms) -> None:
    """One after the other it is slowed down; many at once are told to come again. Others come through."""
    await limit(hass, vstarcam_entry, 1, 5000)
    since = time.monotonic()
    # What is saved for a burst.
    assert {(await vstarcam.alarm()).status for _ in range(19)} == {200}
    door = vstarcam_entry.runtime_data.context.limiter
    assert door.state()["slowed"] == 0
    replies = await asyncio.gather(*(vstarcam.alarm() for _ in range(20)))
    accepted = [reply for reply in replies if reply.status == 200]
    # One at once, and those who waited for a second or two; a slow machine had time to save for more.
    assert 2 <= len(accepted) <= 4 + int(time.monotonic() - since)
    assert 1 <= door.state()["slowed"] <= len(accepted)
    refused = [reply for reply in replies if reply.status == 429]
    assert len(refused) == 20 - len(accepted)
    assert {(reply.headers["retry-after"], reply.json["code"]) for reply in refused} == {("10", "429")}
    assert vstarcam_entry.runtime_data.traffic.refused["too_many"] == len(refused)
    # Motion does not drown the smoke alarm, nor another camera.
    assert (await vstarcam.alarm(0x26)).status == 200
    other = VStarcamCamera("VC0000000FFFF", vstarcam.poster, vstarcam.webhook_id)
    assert (await other.alarm()).status == 200
    assert len(alarms) == 19 + len(accepted) + 2


async def test_all_push_too_often(hass, vstarcam, vstarcam_entry, alarms) -> None:
    """When what there is for all is used up, those come through who used little of it."""
    await limit(hass, vstarcam_entry, 5, 1)
    assert {(await vstarcam.alarm()).status for _ in range(20)} == {200}
    replies = await asyncio.gather(*(vstarcam.alarm() for _ in range(60)))
    assert 429 in {reply.status for reply in replies}
    other = VStarcamCamera("VC0000000FFFF", vstarcam.poster, vstarcam.webhook_id)
    assert {(await other.alarm()).status for _ in range(5)} == {200}


async def test_over_tcp_everybody_waits(hass, socket_enabled, ff, ff_entry, plates) -> None:
    """A connection that is read more slowly loses nothing; there is no answer that could say "again"."""
    port = free_port()
    await configure(hass, ff_entry, tcp={"port": port}, rates={"of_one": 5, "of_all": 5000})
    since = time.monotonic()
    async with TcpLink(port) as link:
        # What is saved for a burst, and three seconds more.
        await link.send(*(ff.event(carID=str(number)) for number in range(115)))
        await eventually(lambda: len(plates) == 115)
    assert time.monotonic() - since > 2.9
    assert not ff_entry.runtime_data.traffic.refused


async def test_who_is_remembered() -> None:
    """However many names senders have, memory is bounded, and who owes something is not forgiven."""
    rates = Rates(RateSettings(of_one=1, of_all=1_000_000))
    for _ in range(20):
        assert rates.take("loud", 1000.0, 0) == 0

    async def come(numbers: range) -> None:
        for number in numbers:
            assert rates.take(number, 1000.0 + number / 10_000, 0) == 0

    await come(range(20_000))
    assert await growth(come(range(20_000, 60_000))) < 500_000
    quiet = Rates(RateSettings(of_one=1, of_all=1_000_000))
    for _ in range(20):
        assert quiet.take("loud", 1000.0, 0) == 0
    for number in range(15_000):
        assert quiet.take(number, 1000.0 + number / 2000, 0) == 0
    # Of the twenty at once, what seven and a half seconds have paid.
    assert [quiet.take("loud", 1007.5, 0) for _ in range(8)] == [0] * 7 + [None]
