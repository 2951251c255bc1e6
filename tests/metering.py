"""What things cost: CPU time of the event loop's thread and of the one that decodes.

A busy machine changes that little, unlike how long something takes.
"""

from asyncio import events
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
import gc
import json
import time
from unittest.mock import patch

from custom_components.camera_push.transports.serial_executor import SerialExecutor

# Ten times as dear for each byte is no straight line any more; quadratic would be 32 times.
_GROWTH = 8
# Of what is so short that it hardly costs anything, nothing can be said.
_HARDLY = 0.02
# Nothing may run on the event loop for longer, where `speed()` is as here; on slower machines it may.
_LONGEST = 0.05
_SPEED = 0.005


def speed() -> float:
    """Return how long this machine takes for 100,000 values of JSON: the measure for everything else."""
    text = "[" + '{"":0},' * 50_000 + "0]"
    times = []
    for _ in range(5):
        begin = time.thread_time()
        json.loads(text)
        times.append(time.thread_time() - begin)
    return min(times)


def longest_block() -> float:
    """Return for how long something may run on the event loop of this machine, as busy as it is now."""
    return _LONGEST * max(1, speed() / _SPEED)


@dataclass
class Meter:
    """What the event loop and the decoder's thread spend, and the longest time without a break."""

    longest: float = 0
    loop: float = 0
    decoder: float = 0
    where: str = ""

    def begin(self) -> None:
        self.longest = self.loop = self.decoder = 0
        self.where = ""


@contextmanager
def metered() -> Iterator[Meter]:
    """Measure every step of the event loop, and everything that is decoded elsewhere."""
    found = Meter()
    run, run_elsewhere = events.Handle._run, SerialExecutor.run  # noqa: SLF001  # What is measured.

    def measured(handle) -> None:
        begin = time.thread_time()
        run(handle)
        took = time.thread_time() - begin
        found.loop += took
        if took > found.longest:
            found.longest, found.where = took, repr(handle)[:300]

    async def measured_elsewhere(self, function, data, sender=None):
        def work(data):
            begin = time.thread_time()
            try:
                return function(data)
            finally:
                found.decoder += time.thread_time() - begin

        return await run_elsewhere(self, work, data, sender)

    gc.collect()
    gc.disable()
    try:
        with (
            patch.object(events.Handle, "_run", measured),
            patch.object(SerialExecutor, "run", measured_elsewhere),
        ):
            yield found
    finally:
        gc.enable()


@dataclass
class Judge:
    """Collects what was too dear."""

    meter: Meter
    sizes: Sequence[int]
    longest: float = field(default_factory=longest_block)
    costs: list[tuple[int, float]] = field(default_factory=list)
    found: list[str] = field(default_factory=list)

    def note(self, name: str, size: int) -> None:
        meter = self.meter
        times = [round(it * 1000, 1) for it in (meter.loop, meter.decoder, meter.longest)]
        print(f"{name:45} {size:9} {times}")  # noqa: T201  # What pytest shows when it fails.
        # The machine may have become slower since.
        if meter.longest > self.longest and meter.longest > longest_block():
            self.found.append(f"{name}: {size} bytes block for {meter.longest:.3f} s: {meter.where}")
        self.costs.append((size, meter.loop + meter.decoder))

    def end(self, name: str) -> None:
        """Compare the costs of one kind of body at its sizes."""
        (small, cheap), *_, (large, dear) = self.costs
        if dear > _HARDLY and dear / large > _GROWTH * max(cheap, _HARDLY / 10) / small:
            self.found.append(f"{name}: {self.costs}")
        self.costs.clear()
