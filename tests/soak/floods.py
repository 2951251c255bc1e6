"""Attacks from a process of its own, while an honest camera pushes and somebody looks at Home Assistant."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
import json
from statistics import median, quantiles
import sys
import time
from typing import Any

import aiohttp

from ..bench.pushes import alarm, picture, request, send
from ..demo.home_assistant import REPOSITORY, HomeAssistantError
from ..emulators.ff import FFCamera, image
from ..emulators.http import Field, form
from .attack import ATTACKS
from .home import SoakHome, until
from .report import Report

_MIB = 1024 * 1024
_PAGES = ("/", "/api/config", "/api/states", "/manifest.json")
# How much memory a flood may cost: what may wait in memory for one entry is bounded by 256 MiB.
_MAX_GROWTH_MIB = 300
# It does not post by itself.
_NOBODY: Any = None
_HONEST = FFCamera("honest", _NOBODY, "")
_BASIC = {"kind": "basic", "username": "camera", "password": "right"}


@dataclass
class _Witness:
    """What an honest camera and a user saw meanwhile; times in seconds."""

    answers: Counter[int] = field(default_factory=Counter)
    pushes: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    failed_pages: int = 0
    memory: int = 0


def _alarm(webhook_id: str) -> bytes:
    return request("honest", webhook_id, alarm("VCHONEST000001", 20_000))


def _plate_read(webhook_id: str) -> bytes:
    event = json.dumps(_HONEST.event()).encode()
    fields = [Field("event", event, "event.json", "application/json"), image("image", picture(200_000))]
    return request("honest", webhook_id, form(fields))


async def _push(home: SoakHome, data: bytes, witness: _Witness) -> None:
    since = time.monotonic()
    try:
        async with asyncio.timeout(60):
            status = await send(home.port, data)
    except OSError, TimeoutError:
        status = 0
    witness.answers[status] += 1
    witness.pushes.append(time.monotonic() - since)


async def _honest(home: SoakHome, make: Callable[[], bytes], witness: _Witness) -> None:
    """Push twice a second, one after the other, as a camera does."""
    while True:
        await _push(home, make(), witness)
        await asyncio.sleep(0.5)


async def _user(home: SoakHome, witness: _Witness) -> None:
    """Look at one page after the other."""
    while True:
        for path in _PAGES:
            try:
                witness.pages.append(await home.page(path))
            except aiohttp.ClientError, HomeAssistantError, OSError:
                witness.failed_pages += 1
            witness.memory = max(witness.memory, home.memory())
            await asyncio.sleep(0.05)


async def _attacked(
    home: SoakHome, make: Callable[[], bytes], attack: str, target: str, seconds: float
) -> tuple[_Witness, dict[str, int]]:
    """Return what a witness saw during an attack, and what the attacker was answered.

    `make` returns an honest push.
    """
    witness = _Witness()
    watching = [
        asyncio.create_task(_honest(home, make, witness)),
        asyncio.create_task(_user(home, witness)),
    ]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.soak.attack", attack, str(home.port), target, str(seconds)),
        stdout=asyncio.subprocess.PIPE,
        cwd=REPOSITORY,
    )
    output, _ = await process.communicate()
    # What is on its way is waited for: an honest push that is never answered has not come through.
    pushing, looking = watching
    looking.cancel()
    await asyncio.sleep(1)
    pushing.cancel()
    await asyncio.gather(*watching, return_exceptions=True)
    return witness, json.loads(output)


def _milliseconds(times: list[float]) -> str:
    if len(times) < 2:
        return f"{times}"
    p99 = quantiles(times, n=100)[98] if len(times) > 20 else max(times)
    return f"median {median(times) * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms, {len(times)} times"


async def run(home: SoakHome, report: Report, seconds: float) -> None:
    """Attack in every way, for so many seconds together."""
    entry_id, webhook_id = await home.add("vstarcam")
    ff_id, ff_webhook = await home.add("ff")
    guarded_id, guarded = await home.add("ff")
    await home.set_options(guarded_id, {"authentication": _BASIC})
    await home.loaded()
    for vuid in ("VCHONEST000001", "VCFLOOD0000001"):
        await send(home.port, request("honest", webhook_id, alarm(vuid, 20_000)))
    calm = _Witness()
    looking = asyncio.create_task(_user(home, calm))
    await asyncio.sleep(3)
    looking.cancel()
    report.begin("Floods")
    report.figure("pages of Home Assistant, in peace", _milliseconds(calm.pages))
    each = {"flood": max(10.0, seconds * 0.2)}
    for attack, does in ATTACKS.items():
        report.begin(f"Flood: {(does.__doc__ or attack).rstrip('.')}")
        held, memory = await home.held(), home.memory()
        target = {"credentials": guarded, "bombs": ff_webhook}.get(attack, webhook_id)
        # At the same entry, but for passwords, of which the honest camera needs none.
        make = partial(_plate_read, ff_webhook) if attack == "bombs" else partial(_alarm, webhook_id)
        witness, answers = await _attacked(home, make, attack, target, each.get(attack, seconds * 0.16))
        report.figure("what the attacker was answered", answers)
        report.check("pages of Home Assistant answer", not witness.failed_pages, _milliseconds(witness.pages))
        came = f"{dict(witness.answers)}; {_milliseconds(witness.pushes)}"
        report.check("an honest camera comes through", set(witness.answers) == {200}, came)
        growth = (witness.memory - memory) / _MIB
        report.check("memory is bounded", growth < _MAX_GROWTH_MIB, f"+{growth:.0f} MiB at most")
        await _recovers(home, report, (entry_id, ff_id), webhook_id, held)
    refused = (await home.diagnostics(entry_id))["refused"]
    report.check("refusals are counted in diagnostics", refused, refused)
    wrong = (await home.diagnostics(guarded_id))["refused"]
    report.check("wrong credentials are counted in diagnostics", wrong.get("credentials"), wrong)
    complaints = home.complaints()
    report.check("nothing of ours is in the log as an error", not complaints, "".join(complaints)[:3000])


async def _recovers(
    home: SoakHome, report: Report, entry_ids: Sequence[str], webhook_id: str, before: dict[str, int]
) -> None:
    after: dict[str, int] = {}

    async def is_quiet() -> bool:
        nonlocal after
        limits = [(await home.diagnostics(entry_id))["limits"] for entry_id in entry_ids]
        after = await home.held()
        return (
            all((limit["inside"], limit["waiting_bytes"]) == (0, 0) for limit in limits)
            and after["tasks"] <= before["tasks"] + 5
            and after["files"] <= before["files"] + 10
        )

    is_over = await until(is_quiet, 60)
    report.check(
        "everything is given back",
        is_over,
        {what: after[what] - before[what] for what in ("tasks", "files", "threads", "webhooks")},
    )
    status = await send(home.port, request("honest", webhook_id, alarm("VCHONEST000001", 20_000)))
    report.check("pushes are taken as before", status == 200, status)
