"""Many cameras and many pushes: memory, CPU time of heartbeats, set-up time, rows in the database."""

import asyncio
from collections.abc import Iterator
import json
import sqlite3
import time
from typing import Any

from .cpu import idle_share
from .figures import Figure, Row, figure, ratio
from .home import BenchHome
from .pushes import alarm, request, send

_MIB = 1024 * 1024
_FIFTHS = 5
_STEPS = (1, 100, 1000)
_AT_ONCE = 20
# A period of heartbeats is measured in parts, in turn with those of the floor; so often all of them.
_PARTS = 3
_PERIODS = 2
_SET_UPS = 5
# What counts as no growth at all.
_FLAT_MIB = 1
HEARTBEAT_SECONDS = 30
ENTITIES_OF_A_CAMERA = 12


def heartbeat(number: int, webhook_id: str, prefix: str = "VCMANY") -> bytes:
    """Return a camera's heartbeat."""
    body = json.dumps({"vuid": f"{prefix}{number:08d}"}).encode()
    return request("bench", webhook_id, body, "application/json")


async def _all(home: BenchHome, requests: list[bytes]) -> None:
    """Send requests, some at once."""
    waiting = iter(requests)

    async def work() -> None:
        for data in waiting:
            if (status := await send(home.port, data)) != 200:
                raise RuntimeError(f"A push was answered {status}")

    await asyncio.gather(*(work() for _ in range(_AT_ONCE)))


async def cameras(home: BenchHome, webhook_id: str) -> dict[str, Any]:
    """Return memory per camera, and CPU milliseconds per heartbeat of the last step's cameras, by part."""
    found: dict[str, Any] = {"memory": {}}
    known, base = 0, home.memory()
    for step in _STEPS:
        await _all(home, [heartbeat(number, webhook_id) for number in range(known, step)])
        await asyncio.sleep(4)
        found["memory"][step] = (home.memory() - base) / 1024 / (step - known)
        known, base = step, home.memory()
    # The registries are written ten seconds after the last change.
    await asyncio.sleep(12)
    # They have been at it for a while.
    await _all(home, [heartbeat(number, webhook_id) for number in range(known)])
    await asyncio.sleep(2)
    doors = {"floor": "bench_floor", "ours": webhook_id}
    for part in [*range(_PARTS)] * _PERIODS:
        idle = await idle_share(home, 5)
        for what, door in doors.items():
            beats = [heartbeat(number, door) for number in range(part, known, _PARTS)]
            for pace, seconds in (("paced", HEARTBEAT_SECONDS / _PARTS), ("at_once", 0)):
                used = await _used(home, seconds, beats, idle)
                found.setdefault(pace, {}).setdefault(what, []).append(used / len(beats) * 1000)
    found["count"] = known
    return found


async def _used(home: BenchHome, seconds: float, beats: list[bytes], idle: float) -> float:
    """Return the CPU time in seconds of heartbeats that are spread over so many seconds."""
    since, cpu = time.monotonic(), home.cpu()
    for number, data in enumerate(beats):
        await asyncio.sleep(max(0.0, since + number * seconds / len(beats) - time.monotonic()))
        if (status := await send(home.port, data)) != 200:
            raise RuntimeError(f"A heartbeat was answered {status}")
    await asyncio.sleep(1)
    return home.cpu() - cpu - idle * (time.monotonic() - since)


async def set_up(home: BenchHome, entry_id: str) -> dict[str, Any]:
    """Return the CPU seconds that the entry takes to load its cameras, and as many plain entities."""
    # The first plain ones are new to the registry.
    await home.get(f"/api/bench/set_up/{entry_id}")
    rounds = [await home.get(f"/api/bench/set_up/{entry_id}") for _ in range(_SET_UPS)]
    return {
        "entities": rounds[-1]["entities"],
        "ours": [each["ours"] for each in rounds],
        "plain": [each["plain"] for each in rounds],
    }


async def recorded(home: BenchHome, webhook_id: str, count: int = 50) -> dict[str, float]:
    """Return what the recorder's database grows by per alarm that comes every few seconds."""
    data = request("bench", webhook_id, alarm("VCROWS00000001", 20_000))
    await send(home.port, data)
    await asyncio.sleep(2)
    before = _count(home)
    for _ in range(count):
        await send(home.port, data)
        await asyncio.sleep(0.1)
    await asyncio.sleep(2)
    after = _count(home)
    return {table: (after[table] - before[table]) / count for table in before}


def _count(home: BenchHome) -> dict[str, int]:
    tables = ("states", "state_attributes", "events", "event_data")
    with sqlite3.connect(f"file:{home.folder}/home-assistant_v2.db?mode=ro", uri=True) as connection:
        return {table: connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in tables}


async def many_pushes(home: BenchHome, webhook_id: str, pushes: int) -> dict[str, float]:
    """Push so often, three heartbeats for an alarm; return by how much the process grew, and lately.

    The recorder's database has a cache of 16 MiB, which fills up meanwhile.
    """
    numbers = range(_AT_ONCE)
    alarms = [request("bench", webhook_id, alarm(f"VCFLAT{number:08d}", 20_000)) for number in numbers]
    beats = [heartbeat(number, webhook_id, "VCFLAT") for number in numbers]
    part = [*alarms, *beats * 3] * (pushes // _FIFTHS // (4 * _AT_ONCE))
    sizes = [home.memory()]
    since = time.monotonic()
    for _ in range(_FIFTHS):
        await _all(home, part)
        await asyncio.sleep(2)
        sizes.append(home.memory())
    return {
        "pushes": len(part) * _FIFTHS,
        "seconds": time.monotonic() - since,
        "growth_mib": (sizes[-1] - sizes[0]) / _MIB,
        "last_fifth_mib": (sizes[-1] - sizes[-2]) / _MIB,
    }


def growth_rows(flat: dict[str, float]) -> Iterator[Row]:
    """Iterate over the figures of `many_pushes`."""
    yield Row(f"Growth by {flat['pushes']:,} pushes", figure(flat["growth_mib"]), "MiB")
    yield Row("the same, in the last fifth of them", figure(flat["last_fifth_mib"]), "MiB", _FLAT_MIB)


def rows(found: dict[str, Any]) -> Iterator[Row]:
    """Iterate over the figures of `cameras`, `set_up` and `recorded`."""
    cameras = found["cameras"]
    for count, size in cameras["memory"].items():
        yield Row(f"Memory per camera, up to {count}", figure(size), "KiB")
    for pace, how in (("paced", "each at its pace"), ("at_once", "one after the other")):
        for what, who in (("floor", "a webhook that only answers"), ("ours", "Camera Push")):
            times = cameras[pace][what]
            share = 100 * cameras["count"] / HEARTBEAT_SECONDS / 1000
            shares = Figure(tuple(each * share for each in times))
            yield Row(f"A thousand cameras' heartbeats, {how}: {who}", shares, "% of a core")
        goal = 1.5 if pace == "paced" else None
        yield Row(
            f"the same, {how}: Camera Push / a webhook that only answers",
            ratio(cameras[pace]["ours"], cameras[pace]["floor"]),
            "×",
            goal,
        )
    up = found["set_up"]
    yield Row(
        f"Setting up a thousand cameras / {up['entities']:,} plain entities without devices",
        ratio(up["ours"], up["plain"]),
        "×",
    )
    for who, tables in found["rows"].items():
        for table, count in tables.items():
            yield Row(f"Rows per alarm, {who}: {table}", figure(count), "")
