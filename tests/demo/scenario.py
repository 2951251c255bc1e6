"""What happens in the demo until somebody stops it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
import itertools
import random

from .cameras import Cameras, DemoFF
from .home_assistant import HomeAssistant

PLATES = ("47ATDPN", "B MK 4711", "WOB ZK 295", "M AB 1234")


async def name_devices(home: HomeAssistant, cameras: Cameras) -> None:
    """Give the cameras names, as a user would."""
    async with home.websocket() as websocket:
        for device in await websocket.command("config/device_registry/list"):
            for domain, identifier in device["identifiers"]:
                name = cameras.names.get(identifier.partition("_")[2])
                if domain == "camera_push" and name:
                    await websocket.command(
                        "config/device_registry/update", device_id=device["id"], name_by_user=name
                    )


async def heartbeats(cameras: Cameras, silent: set[str]) -> None:
    """Let all cameras say that they are alive, but for one that is silent now and then."""
    while True:
        with suppress(OSError):
            await cameras.heartbeats(silent=cameras.garage if silent else None)
        await asyncio.sleep(2)


async def _pass_by(demo: DemoFF, plate: str) -> None:
    """Let a car pass: new, update, lost."""
    demo.next_car()
    await demo.read("new", plate[:-1] + "8", 0.61)
    await asyncio.sleep(1)
    await demo.read("update", plate, 0.93, carMoveDirection="in")
    await asyncio.sleep(2)
    await demo.read("lost", plate, 0.93, carMoveDirection="in")


async def show(home: HomeAssistant, cameras: Cameras) -> None:
    """Let things happen until somebody stops it; the garage camera is silent now and then."""
    silent: set[str] = set()
    await cameras.heartbeats()
    await name_devices(home, cameras)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(heartbeats(cameras, silent))
        for turn in itertools.count():
            camera = cameras.vstarcams[turn % 3]
            if camera is not cameras.garage or not silent:
                what = random.choice(("motion", "humanoid", "doorbell", "baby_crying"))
                await camera.alarm(what, with_clip=turn % 4 == 0)
            await cameras.lobby.event("identification", random.choice(("profile-1", "profile-2")))
            cameras.parking.happen(random.choice(("motion", "sound")))
            await _pass_by(cameras.plate_cameras[turn % 4], random.choice(PLATES))
            if turn % 6 == 3:
                silent.add("garage")
            elif turn % 6 == 0:
                silent.clear()
            await asyncio.sleep(3)
