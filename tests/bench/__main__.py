"""Runs the benchmark and prints ratios as a table and as JSON."""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path
import sys

from ..demo.home_assistant import REPOSITORY, free_port
from . import cpu
from .home import BenchHome


async def main(rounds: int, seed: int, target: Path | None) -> int:
    """Measure and print."""
    home = BenchHome(REPOSITORY / ".demo" / "bench", free_port())
    home.prepare()
    await home.start()
    try:
        entry = await home.add_entry("vstarcam")
        entry_id = entry["result"]["entry_id"]
        webhook_id = entry["description_placeholders"]["urls"].strip("`").rpartition("/")[2]
        await home.set_options(entry_id, {"local_only": True, "camera_cap": 1000})
        found = await cpu.measure(home, webhook_id, rounds, seed)
    finally:
        await home.stop()
    for size, doors in found.items():
        for name, times in doors.items():
            print(f"{size:>7} {name:<18} {times['min']:6.2f} {times['median']:6.2f} ms")
    for what, ratio, goal in cpu.ratios(found):
        print(f"{what:<50} {ratio:6.2f} {'' if goal is None else f'(goal {goal})'}")
    if target is not None:
        target.write_text(json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    sys.exit(asyncio.run(main(options.rounds, options.seed, options.json)))
