"""Runs the benchmark: prints ratios and figures as a table, and as JSON with `--json`."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator
import json
from pathlib import Path
import sys
from typing import Any

from ..demo.home_assistant import REPOSITORY, free_port
from . import cpu, latency, scale, sources
from .home import BenchHome

# The benchmark is a flood.
_OPTIONS = {"local_only": True, "max_cameras": 1000, "rates": {"of_one": 1000, "of_all": 5000}}

# What counts as no growth at all.
_FLAT_MIB = 1

type Row = tuple[str, float, str, float | None]


async def measure(rounds: int, seed: int, pushes: int) -> dict[str, Any]:
    """Start Home Assistant and return everything that was measured."""
    home = BenchHome(REPOSITORY / ".demo" / "bench", free_port())
    home.prepare()
    print("Starting Home Assistant ...", flush=True)
    await home.start()
    found: dict[str, Any] = {}
    try:
        entry = await home.add_entry("vstarcam")
        entry_id = entry["result"]["entry_id"]
        webhook_id = entry["description_placeholders"]["urls"].strip("`").rpartition("/")[2]
        await home.set_options(entry_id, {**_OPTIONS, "keep_gib": 1})
        await home.loaded()
        print("CPU time per push ...", flush=True)
        found["cpu"] = await cpu.measure(home, webhook_id, rounds, seed)
        print("Rows in the database ...", flush=True)
        found["rows"] = await scale.rows(home, webhook_id)
        print("Latency, and blocks of the event loop ...", flush=True)
        found["latency"] = await latency.measure(home, webhook_id)
        print("Memory ...", flush=True)
        found["clip_mib"] = await latency.clip_growth(home, webhook_id)
        found["flat"] = await scale.many_pushes(home, webhook_id, pushes)
        print("Each source ...", flush=True)
        found["sources"] = await sources.measure(home)
        print("A thousand cameras ...", flush=True)
        many = await home.add_entry("vstarcam")
        many_id = many["result"]["entry_id"]
        many_webhook = many["description_placeholders"]["urls"].strip("`").rpartition("/")[2]
        await home.set_options(many_id, _OPTIONS)
        await home.loaded()
        found["cameras"] = await scale.cameras(home, many_webhook)
        found["set_up"] = await scale.set_up(home, many_id)
    finally:
        await home.stop()
        home.clear()
    return found


def rows(found: dict[str, Any]) -> Iterator[Row]:
    """Iterate over what is printed: what, how much, its unit, and the goal where there is one."""
    for what, ratio, goal in cpu.ratios(found["cpu"]):
        yield what, ratio, "×", goal
    seen = found["latency"]
    for when in ("idle", "50 pushes/s"):
        for kind in ("median", "p99"):
            yield f"Latency to the WebSocket, {when}: {kind}", seen[when][kind], "ms", None
    yield "Longest block of the event loop: idle", seen["block_idle"], "ms", None
    yield "Longest block: 50 pushes/s of 1 MB at the floor", seen["block_floor"], "ms", None
    yield "Longest block: the same at ours, and a clip of 100 MiB", seen["block_ours"], "ms", None
    yield (
        "Longest block, by our code: the difference",
        max(0.0, seen["block_ours"] - seen["block_floor"]),
        "ms",
        20,
    )
    yield "Growth while a clip of 200 MiB comes in", found["clip_mib"], "MiB", 8
    flat = found["flat"]
    yield f"Growth by {flat['pushes']:,} pushes", flat["growth_mib"], "MiB", None
    yield "the same, in the last fifth of them", flat["last_fifth_mib"], "MiB", _FLAT_MIB
    for count, size in found["cameras"]["memory"].items():
        yield f"Memory per camera, up to {count}", size, "KiB", None
    for what, who in (("floor", "a webhook that only answers"), ("ours", "Camera Push")):
        beats = found["cameras"][what]
        goal = 2 if what == "ours" else None
        yield f"A thousand heartbeats in 30 s: {who}", beats["share_percent"], "% of a core", goal
        yield "the same, one after the other", beats["at_once_percent"], "% of a core", goal
    up = found["set_up"]
    yield (
        f"Setting up a thousand cameras / {up['entities']:,} plain entities",
        up["seconds"] / up["plain_seconds"],
        "×",
        1.5,
    )
    for source, figures in found["sources"].items():
        yield source, figures["events_per_second"], "events/s", None
        yield f"{source}: CPU time per event", figures["cpu_ms"], "ms", None
    for table, count in found["rows"].items():
        yield f"Rows per alarm: {table}", count, "", None


def show(found: dict[str, Any]) -> None:
    """Print everything."""
    print("\nCPU time of Home Assistant per push (minimum, median):")
    for size, doors in found["cpu"].items():
        for name, times in doors.items():
            print(f"  {size:>7}  {name:<18} {times['min']:7.2f} {times['median']:7.2f} ms")
    print()
    for what, value, unit, goal in rows(found):
        verdict = "" if goal is None else f"(goal {goal:g}: {'met' if value <= goal else 'missed'})"
        print(f"{what:<62} {value:9.2f} {unit:<12} {verdict}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds of the CPU measurement")
    parser.add_argument("--seed", type=int, default=1, help="of the order within a round")
    parser.add_argument("--pushes", type=int, default=100_000, help="how often to push for the memory")
    parser.add_argument("--json", type=Path, help="where to write everything")
    options = parser.parse_args()
    result = asyncio.run(measure(options.rounds, options.seed, options.pushes))
    show(result)
    if options.json is not None:
        options.json.write_text(json.dumps(result, indent=2))
    sys.exit(0)
