"""Runs the demo: for a user to look at, or once, with checks."""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
import signal
import sys
from typing import Any

from ..emulators.ff_cgi import FFCgiServer
from ..emulators.http import Poster
from ..emulators.omni import OmniPlatform
from ..emulators.vstarcam_cgi import CgiServer
from ..emulators.vxg import VxgServer
from .cameras import TIME_ZONE, Cameras, DemoOmni, DemoVxg, WebPages
from .cast import picture
from .home_assistant import (
    PASSWORD,
    REPOSITORY,
    USER,
    HomeAssistant,
    HomeAssistantError,
    free_port,
    usual_port,
)
from .once import run_once
from .past import Entry, folders_of, write_past
from .scenario import name_devices, show

# A known vehicle, as its form is filled in.
MY_CAR = {
    "name": "My car",
    "plates": ["47 ATD PN", "B-MK 4711"],
    "directions": ["in"],
    "home_direction": "in",
    "hold_time": 10,
    "certainty": {"misreads": "1", "minimum_confidence": 80},
    "places": {"cameras": ["entrance"], "zones": []},
}


# Those of the demo that one looks at, by one of their plates.
ANYWHERE = MY_CAR | {
    "directions": ["in", "out"],
    "certainty": {"misreads": "1", "minimum_confidence": 0},
    "places": {"cameras": [], "zones": []},
}
LOOKED_AT = {
    "MAB1234": ANYWHERE | {"plates": ["M AB 1234"]},
    "47ATDPN": ANYWHERE | {"name": "Anna\u2019s estate", "plates": ["47 ATD PN"]},
}


async def add_omni(home: HomeAssistant, omni: OmniPlatform) -> str:
    """Add an OMNI Platform by websocket, and a person that it knows; return the entry's id."""
    address = {"url": omni.url, "endpoint_id": omni.endpoint_id, "verify_ssl": True, "version": "1.18"}
    result = await home.add_entry("omni", {"next_step_id": "omni_websocket"}, address)
    entry_id = result["result"]["entry_id"]
    person = {"name": "Ada", "profiles": ["profile-1"], "hold_time": 10}
    await home.add_subentry(entry_id, "person", person)
    for name, group in (("Family", "group-1"), ("House ban", "group-2")):
        await home.add_subentry(entry_id, "watchlist", {"name": name, "groups": [group]})
    await home.until("event.ada_seen", "unknown")
    return entry_id


async def add_vxg(home: HomeAssistant, vxg: VxgServer) -> str:
    """Add an account of VXG Cloud VMS, which is asked as often as may be; return the entry's id."""
    account = {"url": vxg.url, "api_key": vxg.key}
    result = await home.add_entry("vxg", {"next_step_id": "vxg_key"}, account)
    await home.set_options(result["result"]["entry_id"], {"poll_interval": 5})
    await home.until("event.parking_cloud_event", "unknown")
    return result["result"]["entry_id"]


async def add_past(home: HomeAssistant, cameras: Cameras, entry_ids: dict[str, str]) -> None:
    """Let each camera be known, and give the days before now a history; `entry_ids` are by source."""
    print("Drawing the last days ...", flush=True)
    await cameras.heartbeats()
    await cameras.lobby.event("identification", "profile-1")
    await home.until("event.lobby_identification", None)
    await name_devices(home, cameras)
    entries = []
    async with home.websocket() as websocket:
        for source, entry_id in entry_ids.items():
            listed = await websocket.command("config_entries/subentries/list", entry_id=entry_id)
            by_title = {it["title"]: it["subentry_id"] for it in listed}
            wanted = {plate: str(it["name"]) for plate, it in LOOKED_AT.items()} | {"profile-1": "Ada"}
            known = {key: by_title[name] for key, name in wanted.items() if name in by_title}
            folders = folders_of(home.folder, source, entry_id)
            entries.append(Entry(source, folders, cameras.names, known))
    await home.stop()
    await asyncio.to_thread(write_past, entries, datetime.now(TIME_ZONE))
    await home.start()
    await home.until("event.my_car_seen", None)


@asynccontextmanager
async def demo(port: int, *, with_past: bool = False) -> AsyncIterator[tuple[HomeAssistant, Cameras]]:
    """Start Home Assistant with an entry for each system and cameras that push to it.

    `with_past` is for who looks at it: some days of history, and more vehicles that are known.
    """
    home = HomeAssistant(REPOSITORY / ".demo" / "config", port)
    home.prepare()
    print("Starting Home Assistant ...", flush=True)
    try:
        await home.start()
        async with home.websocket() as websocket:
            # A new port is on trial until somebody who reached it says that it is fine.
            with suppress(HomeAssistantError):
                await websocket.command("http/config/promote")
        print("Adding the entries through the config flow ...", flush=True)
        ids, entry_ids = {}, {}
        options = {"local_only": True, "heartbeat_interval": 4, "missed_heartbeats": 2, "max_cameras": 64}
        holds = {"motion": 10, "humanoid": 10, "smoke_alarm": 60, "fire": 60, "smoke": 60}
        tcp_port, ftp_port = free_port(), free_port()
        own_options: dict[str, dict[str, Any]] = {
            "vstarcam": {"hold_times": holds | {"baby_crying": 10, "absence": 10}},
            "ff": {
                "lateness_limit": 30,
                "tcp": {"port": tcp_port},
                "ftp": {"port": ftp_port, "username": USER, "password": PASSWORD},
            },
        }
        for source, own in own_options.items():
            result = await home.add_entry(source)
            # The URL to paste, as the flow's last step shows it.
            urls = result["description_placeholders"]["urls"]
            ids[source] = urls.strip("`").rpartition("/")[2]
            entry_ids[source] = result["result"]["entry_id"]
            await home.set_options(entry_ids[source], options | own)
            if source == "ff":
                for vehicle in LOOKED_AT.values() if with_past else [MY_CAR]:
                    await home.add_subentry(entry_ids[source], "vehicle", vehicle)
        # Changed options are taken over in the background.
        await home.until("event.my_car_seen", "unknown")
        now = picture("Front door", "", datetime.now(TIME_ZONE))
        cgi = CgiServer(vuid="VC0000000FRNT", password=PASSWORD, picture=now)
        plates_cgi = FFCgiServer(password=PASSWORD)
        omni, vxg = OmniPlatform(), VxgServer(cameras={"237863": "Parking"})
        async with cgi.serve(), plates_cgi.serve(), omni.serve(), vxg.serve():
            entry_ids["omni"] = await add_omni(home, omni)
            entry_ids["vxg"] = await add_vxg(home, vxg)
            poster = Poster("127.0.0.1", port)
            pages = WebPages(cgi, plates_cgi)
            cameras = Cameras.make(poster, ids["vstarcam"], ids["ff"], pages, tcp_port, ftp_port)
            cameras.lobby = DemoOmni(omni)
            cameras.parking = DemoVxg(vxg)
            await home.add_dashboard("camera-push")
            if with_past:
                await add_past(home, cameras, entry_ids)
            yield home, cameras
    finally:
        await home.stop()


async def main() -> int:
    """Run; returns the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="run a fixed scenario, check it, and end")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: 8123 if it is free)")
    parser.add_argument("--browser", help="with --once: look at the pages with this Chromium as well")
    arguments = parser.parse_args()
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        port = arguments.port or (free_port() if arguments.once else usual_port())
        async with demo(port, with_past=not arguments.once) as (home, cameras):
            if arguments.once:
                return 0 if await run_once(home, cameras, arguments.browser) else 1
            print(f"\n  {home.url}/camera-push/today\n  user {USER}, password {PASSWORD}\n")
            print(
                "Cars, persons and alarms arrive while you look; press one to see its pictures and its clip."
            )
            print('The white van is unknown: "That is ..." makes it a known vehicle, with two clicks.')
            print('Settings, Dashboards, "Add dashboard" offers the same in a home of your own.\n')
            door, gate = cameras.pages.front_door, cameras.pages.entrance
            print("To try setting up cameras from Home Assistant: the web pages of two of them are at")
            print(f"  127.0.0.1, port {door.port}, user {door.user} (VStarcam, front door)")
            print(f"  127.0.0.1, port {gate.port}, user {gate.user} (licence plates, entrance)")
            print(f"  password {PASSWORD}\n\nCtrl-C stops it.", flush=True)
            await show(home, cameras)
    except HomeAssistantError as err:
        print(err, file=sys.stderr)
        return 1
    except asyncio.CancelledError:
        print("\nStopped.")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
