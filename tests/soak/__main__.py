"""Runs the soak: prints what held and what did not, and as JSON with `--json`; fails if anything did not."""

import argparse
import asyncio
import json
from pathlib import Path
from random import Random, SystemRandom
import sys
import time

from ..demo.home_assistant import REPOSITORY, free_port
from . import answers, browser, costs, floods, fuzz, hang_ups, kills, reloads, thumbnails
from .home import SoakHome
from .report import Report

PARTS = ("fuzz", "answers", "hang-ups", "costs", "thumbnails", "browser", "floods", "reloads", "kills")
# These take as long as they take.
_AS_LONG_AS_IT_TAKES = {"costs": costs.run, "thumbnails": thumbnails.run, "browser": browser.run}
# What the parts take of the time; kills and reloads take about as long as this, and are counted.
_KILLS_A_MINUTE = 5
_RELOADS_A_MINUTE = 10
# In each of three ways, over each of four transports.
_HANG_UPS_A_MINUTE = 3


async def soak(parts: list[str], minutes: float, seed: int, report: Report) -> None:
    """Do the parts that are asked for."""
    seconds = minutes * 60
    if set(parts) - {"kills"}:
        home = SoakHome(REPOSITORY / ".demo" / "soak", free_port())
        home.prepare()
        await home.start()
        # What it says of its own start, before there is anything of ours, is not about us.
        home.complaints()
        try:
            if "fuzz" in parts:
                await fuzz.run(home, report, Random(seed), seconds * 0.13)
            if "answers" in parts:
                await answers.run(home, report, Random(seed), seconds * 0.07)
            if "hang-ups" in parts:
                times = max(1, round(minutes * _HANG_UPS_A_MINUTE))
                await hang_ups.run(home, report, Random(seed), times)
            for name, run in _AS_LONG_AS_IT_TAKES.items():
                if name in parts:
                    await run(home, report)
            if "floods" in parts:
                await floods.run(home, report, seconds * 0.2)
            if "reloads" in parts:
                await reloads.run(home, report, max(1, round(minutes * _RELOADS_A_MINUTE)))
        finally:
            await home.stop()
    if "kills" in parts:
        home = SoakHome(REPOSITORY / ".demo" / "soak-kills", free_port())
        await kills.run(home, report, Random(seed), max(1, round(minutes * _KILLS_A_MINUTE)))


def main() -> int:
    """Read the options, and soak."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="about how long")
    parser.add_argument("--seed", type=int, default=None, help="of everything that is random")
    parser.add_argument("--only", choices=PARTS, action="append", help="a part, can be given again")
    parser.add_argument("--json", type=Path, help="where to write everything")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else SystemRandom().randrange(10**6)
    print(f"Seed {seed}")
    report, begin = Report(), time.monotonic()
    asyncio.run(soak(options.only or list(PARTS), options.minutes, seed, report))
    minutes = (time.monotonic() - begin) / 60
    print(f"\n{len(report.findings)} findings, {report.broken} broken, {minutes:.1f} minutes, seed {seed}")
    if options.json is not None:
        found = {"seed": seed, "minutes": minutes, "findings": report.as_list()}
        options.json.write_text(json.dumps(found, indent=2))
    return 1 if report.broken else 0


if __name__ == "__main__":
    sys.exit(main())
