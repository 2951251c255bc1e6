"""Mutated requests, connections and sessions: what is refused changes nothing, and nothing is left behind."""

from collections import Counter
from random import Random
import time

from ..demo.home_assistant import WebSocket, free_port
from ..emulators.hostile import SYSTEMS, ftp_session, mutated, send, send_stream, stream
from .home import SoakHome
from .report import Report

_FTP = {"username": "camera", "password": "secret"}
# What a push would do; the end of a hold time is no push.
_OFF = ("off", "unavailable")


def _is_told(event: dict) -> bool:
    """Tell whether an event is one that only a push leads to."""
    if event["event_type"].startswith("camera_push_"):
        return True
    if event["event_type"] != "state_changed" or event["data"]["new_state"] is None:
        return False
    if event["data"]["entity_id"].endswith("_last_seen"):
        # Shown minutes later when there are hundreds of heartbeats in a minute.
        return False
    return event["data"]["new_state"]["state"] not in _OFF


async def _told(websocket: WebSocket) -> list[dict]:
    """Return what happened since the last call."""
    await websocket.command("ping")
    events, websocket.events = websocket.events, []
    return [event for event in events if _is_told(event)]


async def requests(home: SoakHome, report: Report, chance: Random, seconds: float) -> None:
    """Send mutated requests of each system that pushes over HTTP."""
    webhooks = {
        system: (await home.add(system, *([{"next_step_id": "omni_webhook"}] if system == "omni" else [])))[1]
        for system in SYSTEMS
    }
    answers: Counter[int] = Counter()
    changed: list[str] = []
    unanswered: list[str] = []
    end = time.monotonic() + seconds
    async with home.websocket() as websocket:
        await websocket.command("subscribe_events")
        for system, webhook_id in webhooks.items():
            await send("127.0.0.1", home.port, SYSTEMS[system](chance).encode(webhook_id))
        await _told(websocket)
        while time.monotonic() < end:
            system = chance.choice(list(SYSTEMS))
            wire = mutated(chance, SYSTEMS[system](chance))
            pieces = chance if chance.random() < 0.3 else None
            data = wire.encode(webhooks[system])
            try:
                status = await send("127.0.0.1", home.port, data, pieces, is_complete=wire.is_complete)
            except TimeoutError:
                unanswered.append(str(wire)[:2000])
                continue
            answers[status] += 1
            told = await _told(websocket)
            # What was all there can be accepted although its sender, who announced more, hung up.
            if told and status != 200 and (status or wire.is_complete):
                changed.append(f"{system}: {status}, {told[0]['event_type']}, {wire}"[:2000])
        report.check(
            "refused requests changed nothing", not changed, changed or f"{answers.total()} requests"
        )
        report.check("each was answered, or hung up on", not unanswered, unanswered or "")
        report.check("none was answered with an error of ours (500)", not answers[500], dict(answers))
        honest = [
            await send("127.0.0.1", home.port, SYSTEMS[system](chance).encode(webhook_id))
            for system, webhook_id in webhooks.items()
        ]
        report.check("honest pushes come through afterwards", set(honest) == {200}, honest)


async def connections(home: SoakHome, report: Report, chance: Random, seconds: float) -> None:
    """Damage what comes over TCP and FTP."""
    entry_id, _ = await home.add("ff")
    tcp, ftp = free_port(), free_port()
    await home.set_options(entry_id, {"tcp": {"port": tcp}, "ftp": {"port": ftp, **_FTP}})
    await home.loaded()
    before = await home.held()
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        await send_stream(tcp, stream(chance), chance)
        await ftp_session(ftp, chance, _FTP["username"], _FTP["password"])
        count += 1
    state = (await home.diagnostics(entry_id))["transports"]
    waiting = [state[kind]["waiting_bytes"] for kind in ("tcp", "ftp")]
    report.check("TCP and FTP keep no bytes of connections that are gone", waiting == [0, 0], waiting)
    after = await home.held()
    report.check(
        "TCP connections and FTP sessions leave no task and no file",
        after["tasks"] <= before["tasks"] + 3 and after["files"] <= before["files"] + 6,
        f"{count} of each, {_change(before, after)}",
    )
    report.figure(
        "taken in over TCP, stored over FTP", f"{state['tcp']['messages']}, {state['ftp']['files']}"
    )


def _change(before: dict[str, int], after: dict[str, int]) -> str:
    return ", ".join(f"{what} {before[what]} to {after[what]}" for what in ("tasks", "files"))


async def run(home: SoakHome, report: Report, chance: Random, seconds: float) -> None:
    """Do all of it, for so many seconds."""
    report.begin("Damaged and hostile pushes")
    before = await home.held()
    await requests(home, report, chance, seconds * 0.6)
    await connections(home, report, chance, seconds * 0.4)
    after = await home.held()
    report.figure("files and tasks before and after", _change(before, after))
    left = [it for it in home.cache().glob("*/incoming/*") if it.is_file()]
    report.check("no file is left half-way", not left, len(left))
    complaints = home.complaints()
    report.check("nothing of ours is in the log as an error", not complaints, "".join(complaints)[:3000])
