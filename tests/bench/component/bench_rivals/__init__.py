"""Runs beside Camera Push in the benchmark's Home Assistant: rivals at the same door, and stop-watches.

`bench_floor` reads the body and drops it. `bench_post` has aiohttp parse the form. `bench_parse` has our
parser do it, and drops what it found. `bench_equal` does by hand what a push with a picture needs.
`/api/bench/loop` tells how long the event loop was blocked at most, `/api/bench/seen` when events and states
came, `/api/bench/held` what the process holds, `/api/bench/set_up` what setting up costs;
`/api/bench/slow_disk` makes the disk slow.
"""

import asyncio
import gc
import logging
from pathlib import Path
import threading
import time
from typing import Any

from aiohttp import web
from homeassistant.components import webhook
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_component import EntityComponent
from homeassistant.helpers.http import HomeAssistantView
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

from custom_components.camera_push.entry.webhook import content_type
from custom_components.camera_push.sources.vstarcam.protocol import decode
from custom_components.camera_push.transports.push import Push

from .rival import Rival
from .watch import LoopView, SeenView, SlowDiskView

DOMAIN = "bench_rivals"


async def _floor(hass: HomeAssistant, webhook_id: str, request: web.Request) -> web.Response:
    while await request.content.read(64 * 1024):
        pass
    return web.json_response({"code": "200"})


async def _post(hass: HomeAssistant, webhook_id: str, request: web.Request) -> web.Response:
    data: Any = await request.post()
    return web.json_response({"code": "200", "bytes": len(data["picture"].file.read())})


async def _parse(hass: HomeAssistant, webhook_id: str, request: web.Request) -> web.Response:
    media_type, boundary = content_type(request.headers["Content-Type"])
    push = Push(
        media_type=media_type,
        boundary=boundary,
        length=request.content_length,
        read=request.content.read,
        address=request.remote,
        received_at=dt_util.utcnow(),
        time_zone=dt_util.get_default_time_zone(),
        new_clip=_no_clip,
        run=hass.async_add_executor_job,
    )
    alarm: Any = await decode(push)
    return web.json_response({"code": "200", "bytes": len(alarm.picture.data)})


async def _no_clip() -> Any:
    raise NotImplementedError


def open_files() -> int:
    """Return how many files and sockets the process has open."""
    return len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").is_dir() else 0


def held(hass: HomeAssistant) -> dict[str, int]:
    """Return what could be left behind, as numbers."""
    return {**held_in_memory(hass), "files": open_files()}


def held_in_memory(hass: HomeAssistant) -> dict[str, int]:
    """Return what of it needs no look at the system."""
    gc.collect()
    return {
        "listeners": sum(hass.bus.async_listeners().values()),
        "webhooks": len(hass.data["webhook"]),
        "tasks": len(asyncio.all_tasks()),
        "threads": threading.active_count(),
        "states": len(hass.states.async_all()),
    }


class HeldView(HomeAssistantView):
    """Tells what the process holds."""

    url = "/api/bench/held"
    name = "api:bench:held"

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass

    async def get(self, request: web.Request) -> web.Response:
        """Answer."""
        files = await self._hass.async_add_executor_job(open_files)
        return self.json({**held_in_memory(self._hass), "files": files})


class SetUpView(HomeAssistantView):
    """Sets an entry up again, and then as many plain entities as it has, which have no devices.

    Answers the CPU time in seconds that the event loop needed for each, without collecting garbage.
    """

    url = "/api/bench/set_up/{entry_id}"
    name = "api:bench:set_up"

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._component = EntityComponent[Entity](logging.getLogger(__name__), DOMAIN, hass)

    async def get(self, request: web.Request, entry_id: str) -> web.Response:
        """Set them up."""
        entries = self._hass.config_entries
        await entries.async_unload(entry_id)
        # The garbage collector comes when it likes, and stays for up to two seconds.
        gc.collect()
        gc.disable()
        since = time.thread_time()
        await entries.async_setup(entry_id)
        ours = time.thread_time() - since
        registry = er.async_get(self._hass)
        count = sum(
            entity.disabled_by is None for entity in er.async_entries_for_config_entry(registry, entry_id)
        )
        entities = [_Plain(number) for number in range(count)]
        since = time.thread_time()
        await self._component.async_add_entities(entities)
        plain = time.thread_time() - since
        gc.enable()
        for entity in entities:
            await entity.async_remove()
        return self.json({"entities": count, "ours": ours, "plain": plain})


class _Plain(Entity):
    """An entity with a unique id and a state, and nothing else."""

    _attr_should_poll = False

    def __init__(self, number: int) -> None:
        self._attr_unique_id = f"plain_{number}"
        self._attr_name = f"Plain {number}"

    @property
    def state(self) -> str:
        """Return a state."""
        return "on"


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register what the benchmark compares with."""
    rival = Rival(Path(hass.config.path("bench_rival")))
    await hass.async_add_executor_job(rival.open)
    doors: dict[str, webhook.HandlerType] = {
        "bench_floor": _floor,
        "bench_post": _post,
        "bench_parse": _parse,
        "bench_equal": rival.handle,
    }
    for name, handler in doors.items():
        webhook.async_register(hass, DOMAIN, name, name, handler, local_only=True)
    views = (LoopView(hass), SeenView(hass), SlowDiskView(), HeldView(hass), SetUpView(hass))
    for view in views:
        hass.http.register_view(view)
    return True
