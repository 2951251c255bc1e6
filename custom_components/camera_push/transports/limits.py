"""How many may push at once, and how fast: a fair share for each sender, and memory for all of them.

It limits and delays by who sends and how much, before anything is decoded and again before it is told. It
knows neither the order in which pushes are told (`ArrivalOrder`: whoever is slowed down must not hold up
others) nor what they cost to decode (`SerialExecutor`).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterable, Sequence
from contextlib import asynccontextmanager
from math import inf
from typing import Any, Final

from ..domain.errors import ProtocolError, Refusal, unavailable
from ..domain.messages import Alarm, Message
from ..domain.quota import FREE_BYTES, ByteQuota, Reservation
from ..domain.rates import BURST_SECONDS, Debts, Rates, RateSettings

# Of one address. Cameras behind one router share it; one of them has one push on its way, or a few.
MAX_OF_ONE: Final = 256
# Of all, for one entry.
MAX_OF_ALL: Final = 512
# Pushes that wait for room besides.
MAX_WAITING: Final = 512
# Pictures and texts that wait in memory for the end of their push; clips go to the disk as they come.
MAX_WAITING_BYTES: Final = 64 * 1024 * 1024
# A push that is slower, in bytes per second, gives way to others when there is no room.
SLOW_BYTES_PER_SECOND: Final = 1024
# The same when there is no memory, for pushes that keep much of it.
SLOW_FOR_LARGE_BYTES_PER_SECOND: Final = 64 * 1024
# The least time, in seconds, after which a push counts as slow.
GRACE_SECONDS: Final = 1
# The longest that a push waits for room, and for its turn, in seconds; one that would wait longer is refused.
PATIENCE_SECONDS: Final = 5
TURN_PATIENCE_SECONDS: Final = 2
_LOOK_EVERY_SECONDS: Final = 0.1
# Home Assistant does not know the address of pushes through its WebSocket API.
_UNKNOWN: Final = "?"
# Pushes of one address that are decoded in a second, over a longer time; more where all may push more often.
DECODES_PER_SECOND: Final = 200
# The cost of a refused push to its address, in seconds, and of its bytes.
REFUSED_SECONDS: Final = 0.05
REFUSED_BYTES_PER_SECOND: Final = 2 * 1024 * 1024
# The longest that an address waits for its refused pushes: there may be honest cameras behind it.
MAX_PENALTY_SECONDS: Final = 2
# Refused because of the state of the entry, not because of the push.
_BLAMELESS: Final = frozenset({Refusal.BUSY, Refusal.INTERNAL, Refusal.TOO_MANY, Refusal.UNAVAILABLE})


class InflightPush:
    """A push over HTTP that is on its way in."""

    def __init__(self, address: str, quota: ByteQuota, find_memory: Callable[[InflightPush], bool]) -> None:
        """Come from an address, and keep bytes within a quota; `find_memory` tries to make room there."""
        self.address = address
        self.memory = Reservation(quota)
        self.received = 0
        self._find_memory = find_memory
        # When it came, when we last looked how fast it is, and when it last brought anything.
        self.since = self._looked_at = self._last_at = asyncio.get_running_loop().time()
        self._bytes = 0
        self._bytes_per_second = inf
        self._deadline: asyncio.Timeout | None = None
        self._is_here = False
        self._ended: ProtocolError | None = None

    async def keep(self, size: int) -> None:
        """Reserve memory until the end of the push; raises ProtocolError when there is no room."""
        try:
            return self.memory.take(size)
        except ProtocolError:
            await self._wait_for_memory(size)

    async def _wait_for_memory(self, size: int) -> None:
        loop = asyncio.get_running_loop()
        begin = loop.time()
        while True:
            try:
                return self.memory.take(size)
            except ProtocolError:
                if loop.time() >= begin + PATIENCE_SECONDS:
                    raise
            if not self._find_memory(self):
                await asyncio.sleep(_LOOK_EVERY_SECONDS)
                # While it has to wait for us, it cannot bring anything.
                self._last_at = self._looked_at = loop.time()

    def counted(self, read: Callable[[int], Awaitable[bytes]]) -> Callable[[int], Awaitable[bytes]]:
        """Return a function that reads, and sees how fast the body comes."""
        loop = asyncio.get_running_loop()

        async def read_and_count(size: int) -> bytes:
            data = await read(size)
            self.received += len(data)
            self._is_here = not data
            self._last_at = now = loop.time()
            if (passed := now - self._looked_at) >= GRACE_SECONDS:
                self._bytes_per_second = self._bytes / passed
                self._bytes, self._looked_at = 0, now
            self._bytes += len(data)
            return data

        return read_and_count

    @asynccontextmanager
    async def arriving(self, seconds: float) -> AsyncIterator[None]:
        """Wait inside for the turn or the body; raises ProtocolError when that is too long or gives way."""
        self._last_at = self._looked_at = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(seconds) as self._deadline:
                yield
        except TimeoutError as err:
            if self._ended is not None:
                raise self._ended from err
            raise ProtocolError(
                f"The push took longer than {seconds:g} seconds to arrive.", Refusal.TIMEOUT
            ) from err
        finally:
            self._deadline = None

    def put_out_if_slow(self, bytes_per_second: float) -> bool:
        """End the push if it is still coming, and too slowly of late; return True if it was ended."""
        now = asyncio.get_running_loop().time()
        if now - self._last_at < GRACE_SECONDS and self._bytes_per_second >= bytes_per_second:
            return False
        return self.end(
            ProtocolError("The push came too slowly while others were waiting; try again.", Refusal.BUSY)
        )

    def end(self, error: ProtocolError) -> bool:
        """End now with an error if it is still coming; return True if it was ended."""
        if self._deadline is None or self._is_here:
            return False
        self._ended = error
        self._deadline.reschedule(asyncio.get_running_loop().time())
        # Its memory is freed as soon as it ends, which it does next.
        self.memory.give_back_all()
        return True


class PushLimiter:
    """Where an entry's pushes come in.

    A camera that sends what it kept through an outage sends one push after the other: past its rate it is
    slowed down by waiting for its turn, and loses nothing. A sender with more pushes on the way at the same
    time than a camera has is refused: floods and hundreds of slow senders need that.

    Turns are taken twice. Before a push is decoded it is its address's turn, as more is not known of it:
    refused pushes make that address owe time, and one that owes too much waits before its next push is read.
    Others are not touched by that, and honest cameras at the same address wait for seconds at most.
    After decoding, it is the turn of each camera and kind of message, lest motion drowns a smoke alarm.
    """

    def __init__(self, rates: RateSettings | None = None) -> None:
        """Begin with nobody inside."""
        rates = rates or RateSettings()
        # In the order in which they came.
        self._inside: dict[InflightPush, None] = {}
        self._of_address: dict[str, dict[InflightPush, None]] = {}
        self._quota = ByteQuota(MAX_WAITING_BYTES)
        self._rates = Rates(rates)
        self._debts = Debts()
        self._decode_seconds = 1 / max(rates.of_all, DECODES_PER_SECOND)
        # Pushes that wait for room, by address, in the order in which they came.
        self._lines: dict[str, dict[asyncio.Event, None]] = {}
        self._slowed = 0
        self._put_out = 0
        self._is_closed = False

    def close(self) -> None:
        """Refuse what is still arriving over HTTP, and what waits for room; what is all here goes on."""
        self._is_closed = True
        for push in self._inside:
            push.end(unavailable())

    @asynccontextmanager
    async def enter(self, address: str | None) -> AsyncIterator[InflightPush]:
        """Let a push over HTTP in, after a while if there is no room yet or its address has to wait.

        Raises ProtocolError when its sender, or all together, have too many on their way, and
        none of them ends or is so slow that it has to give way. A ProtocolError that is raised inside
        counts as refused.
        """
        address = address or _UNKNOWN
        # A new push does not pass those that wait already.
        if address in self._lines or self._no_room(address) is not None:
            await self._wait_for_room(address)
        push = InflightPush(address, self._quota, self._find_memory)
        self._inside[push] = None
        self._of_address.setdefault(address, {})[push] = None
        try:
            if wait := self._take_turn_to_decode(address, PATIENCE_SECONDS):
                async with push.arriving(PATIENCE_SECONDS):
                    await asyncio.sleep(wait)
            yield push
        except ProtocolError as err:
            self.note_refused(err, address, push.received)
            raise
        finally:
            push.memory.give_back_all()
            self._leave(push)

    def _no_room(self, address: str) -> ProtocolError | None:
        """Return why there is no room, None if there is; the slow push that came first gives way."""
        of_address = self._of_address.get(address, {})
        if len(of_address) >= MAX_OF_ONE and not self._make_room(of_address):
            return _too_many()
        if len(self._inside) >= MAX_OF_ALL and not self._make_room(self._inside):
            return ProtocolError("Too many pushes are on their way at once; try again.", Refusal.BUSY)
        return None

    async def _wait_for_room(self, address: str) -> None:
        """Return when there is room; raises ProtocolError when that takes too long.

        Those of one address wait in line: an answer at once would have a flood try all the more often,
        and whoever tries most often would get in.
        """
        if sum(map(len, self._lines.values())) >= MAX_WAITING:
            raise self._no_room(address) or _too_many()
        line = self._lines.setdefault(address, {})
        turn = asyncio.Event()
        line[turn] = None
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while next(iter(line)) is not turn:
                    await turn.wait()
                while not self._is_closed:
                    if self._no_room(address) is None:
                        return
                    # Room is made by time as well, when somebody becomes too slow.
                    await asyncio.sleep(_LOOK_EVERY_SECONDS)
                raise unavailable()
        except TimeoutError as err:
            raise self._no_room(address) or _too_many() from err
        finally:
            del line[turn]
            if line:
                next(iter(line)).set()
            else:
                del self._lines[address]

    def _leave(self, push: InflightPush) -> None:
        if push not in self._inside:
            return
        del self._inside[push]
        of_address = self._of_address[push.address]
        del of_address[push]
        if not of_address:
            del self._of_address[push.address]

    def _make_room(self, pushes: Iterable[InflightPush]) -> bool:
        """Put out the one of them that came first of those that are slow; tell whether there was one."""
        since = asyncio.get_running_loop().time() - GRACE_SECONDS
        return self._put_out_first([it for it in pushes if it.since <= since], SLOW_BYTES_PER_SECOND)

    def _find_memory(self, seeker: InflightPush) -> bool:
        """Put out the one that keeps most, of those that are slow; tell whether there was one."""
        large = [it for it in self._inside if it.memory.kept > FREE_BYTES and it is not seeker]
        large.sort(key=lambda push: push.memory.kept, reverse=True)
        return self._put_out_first(large, SLOW_FOR_LARGE_BYTES_PER_SECOND)

    def _put_out_first(self, pushes: Iterable[InflightPush], bytes_per_second: float) -> bool:
        for push in pushes:
            if push.put_out_if_slow(bytes_per_second):
                self._leave(push)
                self._put_out += 1
                return True
        return False

    async def async_take_turn_to_decode(self, address: str | None, patience: float = inf) -> None:
        """Return when something from an address may be decoded, usually at once.

        Raises ProtocolError when that would take longer than `patience` seconds.
        """
        if wait := self._take_turn_to_decode(address, patience):
            await asyncio.sleep(wait)

    def _take_turn_to_decode(self, address: str | None, patience: float) -> float:
        """Return how many seconds it is until the turn that is taken, usually 0."""
        sender = address or _UNKNOWN
        now = asyncio.get_running_loop().time()
        wait = self._debts.owed(sender, now) + self._decode_seconds - BURST_SECONDS
        if wait > patience:
            raise ProtocolError("This sender pushes too often; try again.", Refusal.TOO_MANY)
        self._debts.add(sender, now, self._decode_seconds)
        self._slowed += wait > 0
        return max(wait, 0.0)

    def note_refused(self, error: ProtocolError, address: str | None, size: int = 0) -> None:
        """Have an address pay for a refused push of `size` bytes, unless the entry was the reason."""
        if error.refusal not in _BLAMELESS:
            now = asyncio.get_running_loop().time()
            cost = REFUSED_SECONDS + size / REFUSED_BYTES_PER_SECOND
            self._debts.add(address or _UNKNOWN, now, cost, BURST_SECONDS + MAX_PENALTY_SECONDS)

    async def async_take_turns(self, messages: Sequence[Message], patience: float = inf) -> None:
        """Return when it is the turn of a push with those messages, usually at once.

        Raises ProtocolError when that would take longer than `patience` seconds.
        """
        now = asyncio.get_running_loop().time()
        longest = 0.0
        for message in messages:
            wait = self._rates.take(_sender(message), now, patience)
            if wait is None:
                raise ProtocolError("This camera pushes too often; try again.", Refusal.TOO_MANY)
            longest = max(longest, wait)
        if longest:
            self._slowed += 1
            await asyncio.sleep(longest)

    def state(self) -> dict[str, Any]:
        """Return the numbers for diagnostics."""
        return {
            "inside": len(self._inside),
            "waiting": sum(map(len, self._lines.values())),
            "waiting_bytes": self._quota.taken,
            "slowed": self._slowed,
            "put_out": self._put_out,
        }


def _too_many() -> ProtocolError:
    return ProtocolError(
        "Too many pushes of this sender are on their way at once; try again.", Refusal.TOO_MANY
    )


def _sender(message: Message) -> Hashable:
    """Return whose turn it is: a camera's, with each alarm by itself, lest motion drowns a smoke alarm."""
    kind = message.alarm if isinstance(message, Alarm) else type(message)
    return message.camera_id, kind
