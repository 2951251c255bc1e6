"""Many cameras and many pushes: memory, CPU time of heartbeats, set-up time, rows in the database."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from typing import Any

from .home import BenchHome
from .pushes import alarm, request, send

_MIB = 1024 * 1024
_FIFTHS = 5
_STEPS = (1, 100, 1000)
_AT_ONCE = 20
# A period of heartbeats is measured in parts, in turn with those of the floor.
_PARTS = 3
_SWITCH = "config_entries/disable"
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
    """Return memory per camera, and CPU time per heartbeat of the last step's cameras."""
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
    idle_since, idle_cpu = time.monotonic(), home.cpu()
    await asyncio.sleep(3)
    idle = (home.cpu() - idle_cpu) / (time.monotonic() - idle_since)
    doors = {"floor": "bench_floor", "ours": webhook_id}
    paced, at_once = dict.fromkeys(doors, 0.0), dict.fromkeys(doors, 0.0)
    for part in range(_PARTS):
        for what, door in doors.items():
            beats = [heartbeat(number, door) for number in range(part, known, _PARTS)]
            paced[what] += await _used(home, HEARTBEAT_SECONDS / _PARTS, beats, idle)
            at_once[what] += await _used(home, 0, beats, idle)
    for what in doors:
        found[what] = {
            "share_percent": 100 * paced[what] / HEARTBEAT_SECONDS,
            "at_once_percent": 100 * at_once[what] / HEARTBEAT_SECONDS,
            "heartbeat_ms": paced[what] / known * 1000,
        }
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


async def set_up(home: BenchHome, entry_id: str) -> dict[str, float]:
    """Return how long the entry takes to load its cameras, and how long as many plain entities take."""
    entities = len([it for it in await home.get("/api/states") if "vcmany" in it["entity_id"]])
    times = []
    async with home.websocket() as websocket:
        for _ in range(3):
            await websocket.command(_SWITCH, entry_id=entry_id, disabled_by="user")
            await asyncio.sleep(1)
            since = time.monotonic()
            await websocket.command(_SWITCH, entry_id=entry_id, disabled_by=None)
            times.append(time.monotonic() - since)
            await asyncio.sleep(1)
    plain = (await home.get(f"/api/bench/entities/{entities}"))["seconds"]
    return {"entities": entities, "seconds": min(times), "plain_seconds": plain}


async def rows(home: BenchHome, webhook_id: str, count: int = 50) -> dict[str, float]:
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
