"""What happens in the demo until somebody stops it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
import itertools
import random

from .cameras import Cameras, DemoFF
from .home_assistant import HomeAssistant

# More of those who live here than of strangers.
PLATES = ("M AB 1234", "47 ATD PN", "M AB 1234", "WOB ZK 295", "B MK 4711", "AB 12 CDE", "HH PK 880")
PROFILES = ("profile-1", "profile-1", "profile-2", "profile-3")


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
    """Let a car pass: new, update, lost. From afar, its plate is misread."""
    demo.next_car()
    direction = "out" if demo.name in ("Exit", "Ramp") else "in"
    await demo.read("new", plate[:-1] + "8", 0.61)
    await asyncio.sleep(1)
    await demo.read("update", plate, random.uniform(0.84, 0.99), carMoveDirection=direction)
    await asyncio.sleep(2)
    await demo.read("lost", plate, 0.8, carMoveDirection=direction)


async def show(home: HomeAssistant, cameras: Cameras) -> None:
    """Let things happen until somebody stops it; the garage camera is silent now and then."""
    silent: set[str] = set()
    await cameras.heartbeats()
    await name_devices(home, cameras)

    async def ring() -> None:
        await cameras.front_door.alarm("doorbell", with_clip=True)

    async def come() -> None:
        await cameras.front_door.alarm("humanoid")

    async def cry() -> None:
        await cameras.nursery.alarm("baby_crying", with_clip=True)

    async def recognise() -> None:
        await cameras.lobby.event("identification", random.choice(PROFILES))

    async def hear() -> None:
        cameras.parking.happen(random.choice(("motion", "sound")))

    def drive(demo: DemoFF) -> Callable[[], Awaitable[None]]:
        return lambda: _pass_by(demo, random.choice(PLATES))

    entrance, ramp, leave = drive(cameras.entrance), drive(cameras.ramp), drive(cameras.exit)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(heartbeats(cameras, silent))
        steps = (entrance, ring, ramp, recognise, leave, come, hear, entrance, cry, recognise)
        for turn, step in enumerate(itertools.cycle(steps)):
            await step()
            if turn % 20 == 12:
                silent.add("garage")
            elif turn % 20 == 18:
                silent.clear()
            # The first ones soon, so that there is something to see.
            await asyncio.sleep(1 if turn < len(steps) else 12)
