"""Entries that are reloaded and removed under load: nothing is left behind, nothing accepted is lost."""

import asyncio
from collections import Counter

from ..bench.pushes import alarm, request, send
from .home import SoakHome
from .report import Report

_ENTRY = "/api/config/config_entries/entry"


async def run(home: SoakHome, report: Report, times: int) -> None:
    """Reload an entry so often while cameras push, and add and remove another one."""
    report.begin(f"{times} reloads under load")
    entry_id, webhook_id = await home.add("vstarcam")
    await home.set_options(entry_id, {"rates": {"of_one": 1000, "of_all": 5000}})
    await home.loaded()
    data = [request("load", webhook_id, alarm(f"VCLOAD{number:08d}", 5_000)) for number in range(3)]
    for it in data:
        await send(home.port, it)
    await home.post(f"{_ENTRY}/{entry_id}/reload", {})
    await asyncio.sleep(2)
    before, answers, done = await home.held(), Counter[int](), asyncio.Event()

    async def push(it: bytes) -> None:
        while not done.is_set():
            answers[await send(home.port, it)] += 1

    async with home.websocket() as websocket:
        await websocket.command("subscribe_events", event_type="camera_push_alarm")
        pushing = [asyncio.create_task(push(it)) for it in data]
        for _ in range(times):
            await home.post(f"{_ENTRY}/{entry_id}/reload", {})
        done.set()
        await asyncio.gather(*pushing)
        await websocket.command("ping")
        told = len(websocket.events)
    report.check("pushes are taken or told to come again", set(answers) <= {200, 503}, dict(answers))
    report.check("each that was taken was told once", told == answers[200], f"{told} of {answers[200]}")
    await _same(home, report, before, "reloads leave nothing behind")
    for _ in range(max(1, times // 4)):
        other_id, other = await home.add("vstarcam")
        await asyncio.gather(
            *(send(home.port, request("x", other, alarm("VCGONE", 5_000))) for _ in range(5))
        )
        await home.delete(f"{_ENTRY}/{other_id}")
    await _same(home, report, before, "removed entries leave nothing behind")
    complaints = home.complaints()
    report.check("nothing of ours is in the log as an error", not complaints, "".join(complaints)[:3000])


async def _same(home: SoakHome, report: Report, before: dict[str, int], what: str) -> None:
    await asyncio.sleep(12)
    after = await home.held()
    difference = {name: after[name] - before[name] for name in before}
    limits = {"listeners": 0, "webhooks": 0, "tasks": 2, "files": 6, "threads": 8, "states": 0}
    report.check(what, all(difference[name] <= limit for name, limit in limits.items()), difference)
