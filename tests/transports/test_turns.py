"""What is refused costs its sender: garbage of one address slows that address down, and no other."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
import json
import time
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from custom_components.camera_push.domain.errors import ProtocolError, Refusal, unavailable
from custom_components.camera_push.domain.json_body import Json
from custom_components.camera_push.domain.undecoded import parse_json_or_mask
from custom_components.camera_push.transports import limits
from custom_components.camera_push.transports.limits import PushLimiter
from custom_components.camera_push.transports.serial_executor import SerialExecutor
from tests.common import configure, eventually, free_port
from tests.emulators.ff import FFCamera
from tests.emulators.ff_tcp import TcpLink
from tests.emulators.http import Poster
from tests.emulators.omni import OmniPlatform
from tests.emulators.vstarcam import VStarcamCamera

LIMITS = "custom_components.camera_push.transports.limits"
GARBAGE = b"{}"
ATTACKER, OTHER = "127.0.0.9", "127.0.0.8"


async def post(
    poster: Poster, webhook_id: str, body: bytes, local: str, kind: str = "application/json"
) -> int:
    """Push from an address; return the status, 0 if the connection was closed."""
    reader, writer = await asyncio.open_connection(poster.host, poster.port, local_addr=(local, 0))
    try:
        head = (
            f"POST /api/webhook/{webhook_id} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = await reader.read()
        return int(answer[9:12] or 0)
    except ConnectionError:
        return 0
    finally:
        writer.close()


@asynccontextmanager
async def flood(poster: Poster, webhook_id: str, body: bytes = GARBAGE, senders: int = 20):
    """Have an address push garbage all the time, over several connections; yields the statuses so far."""
    statuses: list[int] = []

    async def send() -> None:
        while True:
            statuses.append(await post(poster, webhook_id, body, ATTACKER))

    tasks = [asyncio.create_task(send()) for _ in range(senders)]
    try:
        yield statuses
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_what_is_refused_slows_its_address_down(
    vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, poster: Poster, alarms
) -> None:
    """Not that of others; and behind the same address, an honest camera waits for a bounded time."""
    limiter = vstarcam_entry.runtime_data.context.limiter
    with patch.multiple(LIMITS, REFUSED_SECONDS=1, MAX_PENALTY_SECONDS=1):
        async with flood(poster, vstarcam.webhook_id) as statuses:
            # What was saved for a burst is used up.
            await eventually(lambda: limiter.state()["slowed"] > 0)
            used_up = len(statuses)
            assert used_up >= 15
            slowed = limiter.state()["slowed"]
            heartbeat = json.dumps({"vuid": vstarcam.vuid}).encode()
            for _ in range(5):
                assert await post(poster, vstarcam.webhook_id, heartbeat, OTHER) == 200
            assert (await vstarcam.alarm()).status == 200
            # From the same address: it waits, and comes through.
            assert await post(poster, vstarcam.webhook_id, heartbeat, ATTACKER) == 200
            assert limiter.state()["slowed"] > slowed
    assert set(statuses) == {400}
    assert len(alarms) == 1


async def test_flood_is_slower_than_it_wants(vstarcam, vstarcam_entry, poster) -> None:
    """Twenty connections that each wait for two seconds cannot do more than ten a second."""
    began = time.monotonic()
    with patch.multiple(LIMITS, REFUSED_SECONDS=1):
        async with flood(poster, vstarcam.webhook_id) as statuses:
            await eventually(lambda: vstarcam_entry.runtime_data.context.limiter.state()["slowed"] > 20)
    # 20 for nothing, 20 that were inside already, and those who waited.
    assert len(statuses) <= 20 + 20 + 20 * (time.monotonic() - began) / limits.MAX_PENALTY_SECONDS + 20


@pytest.mark.parametrize(
    ("refusal", "is_to_blame"),
    [(it, it not in ("busy", "too_many", "unavailable", "internal")) for it in Refusal],
)
async def test_who_is_to_blame(refusal: Refusal, is_to_blame: bool) -> None:
    """What we refuse because of ourselves does not count."""
    limiter = PushLimiter()
    for _ in range(2000):
        limiter.note_refused(ProtocolError("No.", refusal), ATTACKER)
    if not is_to_blame:
        await limiter.async_take_turn_to_decode(ATTACKER, 0)
        return
    with pytest.raises(ProtocolError) as error:
        await limiter.async_take_turn_to_decode(ATTACKER, 1)
    assert error.value.refusal is Refusal.TOO_MANY
    # Nobody waits for longer than that, however much was refused.
    await limiter.async_take_turn_to_decode(OTHER, 0)
    with patch(f"{LIMITS}.MAX_PENALTY_SECONDS", 0):
        limiter = PushLimiter()
        for _ in range(2000):
            limiter.note_refused(ProtocolError("No.", refusal), ATTACKER)
        await limiter.async_take_turn_to_decode(ATTACKER, 0.1)


async def test_size_counts() -> None:
    """Large garbage costs more than small garbage."""
    limiter, error = PushLimiter(), ProtocolError("No.")
    for _ in range(3):
        limiter.note_refused(error, ATTACKER, 32 * 1024 * 1024)
    for _ in range(300):
        limiter.note_refused(error, OTHER, 100)
    await limiter.async_take_turn_to_decode(OTHER, 0)
    with pytest.raises(ProtocolError):
        await limiter.async_take_turn_to_decode(ATTACKER, 0)


async def test_refused_by_the_hub_counts_as_well(hass, vstarcam_entry, vstarcam, poster) -> None:
    """Cameras past the limit cost their address, though they can be read."""
    await configure(hass, vstarcam_entry, max_cameras=1)
    assert (await vstarcam.heartbeat()).status == 200
    with patch.multiple(LIMITS, REFUSED_SECONDS=100, MAX_PENALTY_SECONDS=1):
        body = json.dumps({"vuid": "VC0000000OTHER"}).encode()
        assert await post(poster, vstarcam.webhook_id, body, ATTACKER) == 403
        assert vstarcam_entry.runtime_data.context.limiter.state()["slowed"] == 0
        assert await post(poster, vstarcam.webhook_id, body, ATTACKER) == 403
        assert vstarcam_entry.runtime_data.context.limiter.state()["slowed"] == 1


async def test_who_waits_for_a_turn_gives_way(vstarcam, vstarcam_entry, poster, alarms) -> None:
    """An address that owes time does not take the places of others meanwhile."""
    with (
        patch.multiple(LIMITS, REFUSED_SECONDS=100, MAX_PENALTY_SECONDS=4, GRACE_SECONDS=0.2),
        patch(f"{LIMITS}.MAX_OF_ALL", 10),
    ):
        limiter = vstarcam_entry.runtime_data.context.limiter
        await post(poster, vstarcam.webhook_id, GARBAGE, ATTACKER)
        waiting = [
            asyncio.create_task(post(poster, vstarcam.webhook_id, GARBAGE, ATTACKER)) for _ in range(10)
        ]
        await eventually(lambda: limiter.state()["inside"] == 10)
        assert (await vstarcam.alarm()).status == 200
        assert limiter.state()["put_out"] == 1
        assert sorted(await asyncio.gather(*waiting)) == [400] * 9 + [503]
    assert len(alarms) == 1


async def test_turns_come_before_decoding(vstarcam, vstarcam_entry, poster) -> None:
    """Whoever waits for its turn is not read meanwhile."""
    with patch.multiple(LIMITS, REFUSED_SECONDS=100, MAX_PENALTY_SECONDS=1):
        await post(poster, vstarcam.webhook_id, GARBAGE, ATTACKER)
        source = type(vstarcam_entry.runtime_data.source.push)
        decode, decoded = source.async_decode, []

        async def async_decode(self, push):
            decoded.append(push)
            return await decode(self, push)

        with patch.object(source, "async_decode", async_decode):
            task = asyncio.create_task(post(poster, vstarcam.webhook_id, GARBAGE, ATTACKER))
            await eventually(lambda: vstarcam_entry.runtime_data.context.limiter.state()["slowed"] == 1)
            assert decoded == []
            assert await task == 400
            assert len(decoded) == 1


@pytest.mark.parametrize("garbage", [b"hello", b'{"a":1}', b"{" * 40, b"GET / HTTP/1.1\r\n\r\n"])
async def test_tcp(
    hass: HomeAssistant, socket_enabled, ff: FFCamera, ff_entry: ConfigEntry, plates, garbage: bytes
) -> None:
    port = free_port()
    await configure(hass, ff_entry, tcp={"port": port})
    receivers, limiter = ff_entry.runtime_data.receivers, ff_entry.runtime_data.context.limiter
    with patch.multiple(LIMITS, REFUSED_SECONDS=100, MAX_PENALTY_SECONDS=1):
        async with TcpLink(port, local=ATTACKER) as camera:
            await camera.send(ff.event(carID="1"))
            # Kept, and its turn for the next one taken.
            await eventually(lambda: receivers.state()["tcp"]["messages"] == 1)
            async with TcpLink(port, local=ATTACKER) as link:
                await link.send_bytes(garbage)
                assert await link.is_closed()
            assert limiter.state()["slowed"] == 0
            async with TcpLink(port, local=ATTACKER) as link:
                await eventually(lambda: limiter.state()["slowed"] == 1)
                async with TcpLink(port, local=OTHER) as other:
                    await other.send(ff.event(carID="2"))
                    await eventually(lambda: len(plates) == 2)
                await link.send(ff.event(carID="3"))
                # A connection that was good so far has its turn already.
                await camera.send(ff.event(carID="4"))
                await eventually(lambda: len(plates) == 4)


async def test_websocket(platform: OmniPlatform, omni_entry: ConfigEntry, people) -> None:
    """What a platform sends has its turn before it is looked at."""
    limiter = omni_entry.runtime_data.context.limiter
    slowed: list[int] = []

    def decode(body: bytes, media_type: str) -> Json:
        slowed.append(limiter.state()["slowed"])
        return parse_json_or_mask(body, media_type)

    with (
        patch.multiple(LIMITS, REFUSED_SECONDS=100, MAX_PENALTY_SECONDS=0.2),
        patch("custom_components.camera_push.sources.omni.receivers.parse_json_or_mask", decode),
    ):
        await platform.send("{}", platform.event(pictures=False))
        await eventually(lambda: len(people) == 1)
    # The second had to wait, and was not decoded before.
    assert slowed == [0, 1]


async def test_bytes_a_second(hass, socket_enabled, ff, ff_entry, plates) -> None:
    """Of one address, over all its connections; others are not slowed down."""
    port = free_port()
    await configure(hass, ff_entry, tcp={"port": port})
    tcp = "custom_components.camera_push.transports.tcp_json"
    event = ff.event(more="x" * 400_000)
    with patch.multiple(tcp, BYTES_PER_SECOND=1_000_000, BYTES_BURST_SECONDS=0.5):
        async with AsyncExitStack() as stack:
            links = [await stack.enter_async_context(TcpLink(port, local=ATTACKER)) for _ in range(4)]
            other = await stack.enter_async_context(TcpLink(port, local=OTHER))
            began = time.monotonic()
            sending = [
                asyncio.create_task(link.send(event | {"carID": str(number)}))
                for number, link in enumerate(links)
            ]
            await asyncio.sleep(0.1)
            await other.send(event | {"carID": "other"})
            await eventually(lambda: len(plates) == 5)
            await asyncio.gather(*sending)
    # 1.6 MB, half a MB at once.
    assert time.monotonic() - began > 1
    assert plates[0].data["car_id"] == "other"


async def test_large_texts_take_turns() -> None:
    """Many of one sender wait for each other; of another one, the first is next."""
    executor = SerialExecutor()
    order: list[str] = []
    begun, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def work(data: bytes) -> None:
        order.append(data.decode())
        if data == b"a0":
            loop.call_soon_threadsafe(begun.set)
            asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()

    run_a, run_b = executor.runner("a"), executor.runner("b")
    tasks = [asyncio.ensure_future(run_a(work, f"a{number}".encode())) for number in range(5)]
    await begun.wait()
    tasks += [asyncio.ensure_future(run_b(work, f"b{number}".encode())) for number in range(2)]
    await asyncio.sleep(0)
    # Who hangs up does not hold up the others.
    tasks[2].cancel()
    go_on.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert order == ["a0", "a1", "b0", "a3", "b1", "a4"]
    assert await run_a(bytes.decode, b"again") == "again"
    executor.close()
    with pytest.raises(ProtocolError, match=unavailable().sentence):
        await run_b(work, b"late")
    with pytest.raises(ProtocolError):
        await run_a(work, b"late")
