"""Runs the benchmark: prints ratios and figures as a table, and writes JSON with `--json`."""

import argparse
import asyncio
from collections.abc import Iterator
import json
from pathlib import Path
import sys
from typing import Any

from ..demo.home_assistant import REPOSITORY, free_port
from . import cpu, latency, scale, sources
from .figures import Row, figure
from .home import BenchHome

# The benchmark is a flood.
_OPTIONS = {"local_only": True, "max_cameras": 1000, "rates": {"of_one": 1000, "of_all": 5000}}
# Rounds of what takes long.
_FEW = 3
PARTS = ("cpu", "latency", "memory", "sources", "cameras")


async def measure(parts: list[str], rounds: int, seed: int, pushes: int) -> dict[str, Any]:
    """Start Home Assistant and return everything that was measured."""
    home = BenchHome(REPOSITORY / ".demo" / "bench", free_port())
    home.prepare()
    print("Starting Home Assistant ...", flush=True)
    await home.start()
    found: dict[str, Any] = {}
    try:
        _, webhook_id = await _add(home, {**_OPTIONS, "keep_gib": 1})
        if "cpu" in parts:
            print("CPU time per push ...", flush=True)
            found["cpu"] = await cpu.measure(home, webhook_id, rounds, seed)
        if "latency" in parts:
            print("Latency, with quick and slow syncs ...", flush=True)
            found["told"] = await latency.told(home, webhook_id, rounds)
            found["load"] = await latency.under_load(home, webhook_id, rounds)
            print("Blocks of the event loop ...", flush=True)
            found["blocks"] = await latency.blocks(home, webhook_id, _FEW)
        if "memory" in parts:
            print("Memory ...", flush=True)
            found["clip_mib"] = await latency.clip_growth(home, webhook_id, _FEW)
            found["flat"] = await scale.many_pushes(home, webhook_id, pushes)
        if "sources" in parts:
            print("Each source ...", flush=True)
            found["sources"] = await sources.measure(home)
        if "cameras" in parts:
            print("Rows in the database, and a thousand cameras ...", flush=True)
            found["rows"] = {
                "Camera Push": await scale.recorded(home, webhook_id),
                "equal work by hand": await scale.recorded(home, cpu.EQUAL),
            }
            many_id, many_webhook = await _add(home, _OPTIONS)
            found["cameras"] = await scale.cameras(home, many_webhook)
            found["set_up"] = await scale.set_up(home, many_id)
    finally:
        await home.stop()
        home.clear()
    return found


async def _add(home: BenchHome, options: dict[str, Any]) -> tuple[str, str]:
    """Add an entry for pushes over HTTP; return its id and its webhook's."""
    added = await home.add_entry("vstarcam")
    entry_id = added["result"]["entry_id"]
    # The step that waits for the first push is closed, as after a set-up.
    await home.delete(f"/api/config/config_entries/subentries/flow/{added['next_flow'][1]}")
    await home.set_options(entry_id, options)
    await home.loaded()
    return entry_id, added["description_placeholders"]["urls"].strip("`").rpartition("/")[2]


def rows(found: dict[str, Any]) -> Iterator[Row]:
    """Iterate over the lines that are printed."""
    if "cpu" in found:
        yield from cpu.rows(found["cpu"])
    if "told" in found:
        yield from latency.rows(found)
    if "flat" in found:
        yield Row("Growth while a clip of 200 MiB comes in", figure(found["clip_mib"]), "MiB", 8)
        yield from scale.growth_rows(found["flat"])
    for source, figures in found.get("sources", {}).items():
        yield Row(source, figure(figures["events_per_second"]), "events/s")
        yield Row(f"{source}: CPU time per event", figure(figures["cpu_ms"]), "ms")
    if "cameras" in found:
        yield from scale.rows(found)


def show(found: dict[str, Any]) -> None:
    """Print everything: medians, and how far off half of the rounds are."""
    if "cpu" in found:
        print("\nCPU time of Home Assistant per push:")
        for size, doors in found["cpu"].items():
            for name, times in doors.items():
                print(f"  {size:>7}  {name:<18} {figure(times)} ms")
    print()
    for row in rows(found):
        print(row)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append", help="a part, can be given again")
    parser.add_argument("--rounds", type=int, default=7, help="rounds, in each of which all take turns")
    parser.add_argument("--seed", type=int, default=1, help="of the order within a round")
    parser.add_argument("--pushes", type=int, default=100_000, help="how often to push for the memory")
    parser.add_argument("--json", type=Path, help="where to write everything")
    options = parser.parse_args()
    result = asyncio.run(measure(options.only or list(PARTS), options.rounds, options.seed, options.pushes))
    show(result)
    if options.json is not None:
        options.json.write_text(json.dumps(result, indent=2))
    sys.exit(0)
