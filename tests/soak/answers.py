"""Cameras and a platform that we ask, and whose answers and messages are damaged."""

import asyncio
from collections import Counter
import json
from random import Random
import time
from typing import Any

from ..demo.home_assistant import HomeAssistantError
from ..emulators.ff_cgi import CHOICE, FFCgiServer
from ..emulators.hostile import damaged, damaged_value
from ..emulators.hostile_answers import DamagingProxy
from ..emulators.omni import OmniPlatform
from ..emulators.vstarcam_cgi import CgiServer
from .home import SoakHome, until
from .report import Report

_FLOWS = "/api/config/config_entries/subentries/flow"
_MOST_STEPS = 4
_CAMERAS = 20
# What was sent has come in by then, slow pictures included.
_SETTLE_SECONDS = 8


async def _add_camera(home: SoakHome, entry_id: str, inputs: dict[str, Any]) -> str:
    """Click through the flow that adds a camera, whatever it says; return how that ended."""
    flow = await home.post(_FLOWS, {"handler": [entry_id, "camera"]})
    for _ in range(_MOST_STEPS):
        if flow["type"] != "form":
            break
        try:
            flow = await home.post(f"{_FLOWS}/{flow['flow_id']}", inputs[flow["step_id"]])
        except HomeAssistantError:
            return "error of ours"
    if flow["type"] == "form":
        await home.delete(f"{_FLOWS}/{flow['flow_id']}")
        return (flow.get("errors") or {}).get("base", "form")
    return flow["type"]


async def cameras(home: SoakHome, report: Report, chance: Random, seconds: float) -> None:
    """Add cameras whose answers are damaged."""
    for system, camera, share in (
        ("vstarcam", CgiServer(), 0.3),
        ("ff", FFCgiServer(user="admin", login=chance.choice(["basic", "digest"])), 0.1),
    ):
        entry_id, _ = await home.add(system)
        ends: Counter[str] = Counter()
        end = time.monotonic() + seconds / 2
        async with camera.serve():
            proxy = DamagingProxy(chance, camera.port, share)
            async with proxy.serve():
                login: dict[str, Any] = {"host": "127.0.0.1", "port": proxy.port}
                login |= {"username": camera.user, "password": camera.password}
                if system == "ff":
                    login |= {"ssl": False, "verify_ssl": True}
                inputs = {"user": login, "ff_address": login, "ff_profile": CHOICE, "ff_confirm": {}}
                inputs["confirm"] = {"heartbeat_seconds": 60}
                while time.monotonic() < end:
                    number = ends.total() % _CAMERAS
                    if isinstance(camera, CgiServer):
                        camera.vuid = f"VC{number:011d}"
                    inputs["ff_profile"] = CHOICE | {"device_id": f"gate{number}"}
                    ends[await _add_camera(home, entry_id, inputs)] += 1
        report.check(
            f"{system}: each attempt to add a camera with damaged answers had an end that we know",
            not ends["error of ours"] and ends.total() > 0,
            dict(ends),
        )


async def platform(home: SoakHome, report: Report, chance: Random, seconds: float) -> None:
    """Send damaged messages over a websocket, with pictures that come damaged."""
    it = OmniPlatform()
    async with it.serve():
        proxy = DamagingProxy(chance, it.port, 0.7)
        async with proxy.serve():
            address = {"endpoint_id": it.endpoint_id, "verify_ssl": True, "version": "1.18"}
            address["url"] = f"http://127.0.0.1:{proxy.port}"
            entry_id, _ = await home.add("omni", {"next_step_id": "omni_websocket"}, address)
            await it.wait_until_connected()
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                event = it.event(chance.choice(["identification", "har", "roi", "new"]))
                text = json.dumps(damaged_value(chance, event))
                if chance.random() < 0.3:
                    text = damaged(chance, text.encode()).decode("utf-8", "replace")
                await it.send(event, text)
                await asyncio.sleep(0.02)
            await asyncio.sleep(_SETTLE_SECONDS)
            count = (await home.diagnostics(entry_id))["received"].get("Identification", 0)
            report.check(
                "OMNI: events come through between damaged ones",
                count > 0,
                f"{count} of {it.events}, and more",
            )
            proxy.share = 0
            await it.send(it.event())

            async def came() -> bool:
                return (await home.diagnostics(entry_id))["received"].get("Identification", 0) > count

            report.check("OMNI: so do those afterwards", await until(came), "")


async def run(home: SoakHome, report: Report, chance: Random, seconds: float) -> None:
    """Do all of it, for so many seconds."""
    report.begin("Damaged answers")
    await cameras(home, report, chance, seconds * 0.6)
    await platform(home, report, chance, seconds * 0.4)
    complaints = home.complaints()
    report.check("nothing of ours is in the log as an error", not complaints, "".join(complaints)[:3000])
