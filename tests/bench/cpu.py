"""CPU time of Home Assistant per push, beside less work at the same door."""

from __future__ import annotations

import asyncio
from collections import defaultdict
import random
from statistics import median
import time
from typing import Any

from .home import BenchHome
from .pushes import alarm, request, send

SIZES = {"20 KB": 20_000, "100 KB": 100_000, "1 MB": 1_000_000}
BATCH = {"20 KB": 120, "100 KB": 100, "1 MB": 40}
# What costs a tenth of a push is measured so much more often.
_OFTEN = 6
# The recorder has written what a batch led to.
_SETTLE_SECONDS = 1.3
# Doors behind which nothing is left to do after the answer.
_BENCH_DOORS = {"floor": "bench_floor", "request.post": "bench_post", "our parser": "bench_parse"}


async def _idle(home: BenchHome) -> float:
    """Return the CPU time that Home Assistant needs in a second without anything to do."""
    since, cpu = time.monotonic(), home.cpu()
    await asyncio.sleep(3)
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


async def measure(home: BenchHome, webhook_id: str, rounds: int, seed: int) -> dict[str, Any]:
    """Return milliseconds per push: by size and kind of door, in interleaved rounds."""
    doors = _BENCH_DOORS | {"core push camera": "bench_core", "Camera Push": webhook_id}
    chance = random.Random(seed)
    found: dict[str, dict[str, list[float]]] = {size: defaultdict(list) for size in SIZES}
    for number in range(rounds + 1):
        idle = await _idle(home)
        for size, count in BATCH.items():
            body = alarm("VCBENCH0000001", SIZES[size])
            names = [name for name in doors for _ in range(_OFTEN if name in _BENCH_DOORS else 1)]
            chance.shuffle(names)
            for name in names:
                settle = 0 if name in _BENCH_DOORS else _SETTLE_SECONDS
                # The first round warms everything up, and is not counted.
                pushes = count if number else count // 4
                spent = await _batch(home, request("bench", doors[name], body), pushes, idle, settle)
                if number:
                    found[size][name].append(spent)
    return {
        size: {name: {"min": min(times), "median": median(times)} for name, times in by_name.items()}
        for size, by_name in found.items()
    }


def ratios(found: dict[str, Any]) -> list[tuple[str, float, float | None]]:
    """Return the ratios that count: what, how much (of the medians), and the goal where there is one."""
    rows: list[tuple[str, float, float | None]] = []
    for size, doors in found.items():
        is_judged = size == "100 KB"
        for what, one, other, goal in (
            ("parsing alone / floor", "our parser", "floor", 1.3),
            ("request.post / floor", "request.post", "floor", None),
            ("whole push / core push camera", "Camera Push", "core push camera", 1.0),
            ("whole push / floor", "Camera Push", "floor", None),
        ):
            ratio = doors[one]["median"] / doors[other]["median"]
            rows.append((f"CPU, {size}: {what}", ratio, goal if is_judged else None))
    return rows
