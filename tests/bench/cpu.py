"""CPU time of Home Assistant per push, beside less work and equal work at the same door."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
import random
from statistics import mean
import time
from typing import Any

from .figures import Row, ratio
from .home import BenchHome
from .pushes import alarm, request, send

SIZES = {"20 KB": 20_000, "100 KB": 100_000, "1 MB": 1_000_000}
# The size that the goals are for is measured in each round, the others in every so manieth.
_JUDGED = "100 KB"
_OTHERS_EVERY = 3
_BATCH = {"20 KB": 60, "100 KB": 50, "1 MB": 20}
# A round's batches of a door, in turn with those of the others.
_BATCHES = 2
# What costs a tenth of a push is measured so much more often.
_OFTEN = 3
# The recorder has written what a batch led to.
_SETTLE_SECONDS = 1.3
# Doors behind which nothing is left to do after the answer.
_NOTHING_LEFT = {"floor": "bench_floor", "request.post": "bench_post", "our parser": "bench_parse"}
EQUAL = "bench_equal"


async def idle_share(home: BenchHome, seconds: float = 3) -> float:
    """Return the CPU time that Home Assistant needs in a second without anything to do."""
    since, cpu = time.monotonic(), home.cpu()
    await asyncio.sleep(seconds)
    return (home.cpu() - cpu) / (time.monotonic() - since)


async def _batch(home: BenchHome, data: bytes, count: int, idle: float, settle: float) -> float:
    """Return the CPU time per push of a batch, in milliseconds."""
    since, cpu = time.monotonic(), home.cpu()
    for _ in range(count):
        status = await send(home.port, data)
        if status != 200:
            raise RuntimeError(f"A push was answered {status}")
    await asyncio.sleep(settle)
    used = home.cpu() - cpu - idle * (time.monotonic() - since)
    return used / count * 1000


async def measure(
    home: BenchHome, webhook_id: str, rounds: int, seed: int
) -> dict[str, dict[str, list[float]]]:
    """Return milliseconds per push of each round: by size and kind of door, in turn with each other."""
    doors = _NOTHING_LEFT | {
        "core push camera": "bench_core",
        "equal work": EQUAL,
        "Camera Push": webhook_id,
    }
    chance = random.Random(seed)
    found: dict[str, dict[str, list[float]]] = {size: defaultdict(list) for size in SIZES}
    for number in range(rounds + 1):
        idle = await idle_share(home)
        for size, count in _BATCH.items():
            # The first round warms everything up, and is not counted.
            if size != _JUDGED and number % _OTHERS_EVERY > 1:
                continue
            body = alarm("VCBENCH0000001", SIZES[size])
            names = [name for name in doors for _ in range(_OFTEN if name in _NOTHING_LEFT else 1)]
            spent: dict[str, list[float]] = {name: [] for name in doors}
            for _ in range(_BATCHES):
                chance.shuffle(names)
                for name in names:
                    settle = 0 if name in _NOTHING_LEFT else _SETTLE_SECONDS
                    data = request("bench", doors[name], body)
                    spent[name].append(await _batch(home, data, count if number else 10, idle, settle))
            if number:
                for name, times in spent.items():
                    found[size][name].append(mean(times))
    return found


def rows(found: dict[str, Any]) -> Iterator[Row]:
    """Iterate over the ratios of what was measured in the same rounds."""
    for size, doors in found.items():
        for what, one, other, goal in (
            ("parsing alone / floor", "our parser", "floor", 1.3),
            ("request.post / floor", "request.post", "floor", None),
            ("whole push / equal work by hand", "Camera Push", "equal work", 1.1),
            ("whole push / core push camera, which does less", "Camera Push", "core push camera", None),
            ("whole push / floor", "Camera Push", "floor", None),
        ):
            figure = ratio(doors[one], doors[other])
            yield Row(f"CPU, {size}: {what}", figure, "×", goal if size == _JUDGED else None)
