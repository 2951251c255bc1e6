"""The steps that follow the creation of an entry with a URL: they show it, and wait for the first push."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from homeassistant.components.http.auth import async_sign_path
from homeassistant.config_entries import (
    ConfigEntry,
    ConfigSubentryFlow,
    ConfigSubentryFlowManager,
    FlowType,
    SubentryFlowResult,
)
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.translation import async_get_translations
import voluptuous as vol

from ..const import CONF_SOURCE, DOMAIN
from ..domain.errors import Refusal
from ..domain.media_id import MediaId
from ..domain.text import markdown_code
from ..entry.receive import traffic_signal
from ..entry.runtime import RuntimeData, find_runtime
from ..hub.camera import CameraDevice
from ..sources import SOURCES
from .options import entry_urls

# The first step of the flow that `async_start` starts, which nobody else names.
SOURCE_FIRST_PUSH: Final = "first_push"

HINTS_AFTER: Final = timedelta(minutes=1)
# A browser that was closed leaves its flow behind, which stops to wait.
_ENDS_AFTER: Final = timedelta(hours=1)
# Showing what came costs more than a push: where there is so much of it, it is shown once a second.
_SHOWN_AT_ONCE: Final = 20
_THEN_EVERY_SECONDS: Final = 1
_PICTURE_SHOWN_FOR: Final = timedelta(hours=1)


async def async_start(
    entry: ConfigEntry, manager: ConfigSubentryFlowManager, kind: str
) -> tuple[FlowType, str]:
    """Start to wait for an entry's first push, in the flow of a kind of its subentries.

    Return the flow as a result's `next_flow` names it.
    """
    # The frontend opens no options flow that was started for it.
    flow = await manager.async_init((entry.entry_id, kind), context={"source": SOURCE_FIRST_PUSH})
    return FlowType.CONFIG_SUBENTRIES_FLOW, flow["flow_id"]


@callback
def async_end(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """End the flows that wait for an entry that is being removed: none of them would find it."""
    manager = hass.config_entries.subentries
    for flow in manager.async_progress():
        if flow["handler"][0] == entry.entry_id and flow["context"].get("source") == SOURCE_FIRST_PUSH:
            manager.async_abort(flow["flow_id"])


class FirstPushFlow(ConfigSubentryFlow):
    """Shows a new entry's URL until a camera has pushed a picture; adds no subentry.

    Of a platform, the first event is waited for: its pictures come only with settings that are made later.
    """

    _wait: asyncio.Task[None] | None = None
    _began_at: float | None = None
    _shown = 0
    _came: CameraDevice

    async def async_step_first_push(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the URL and what came so far, until there is a camera with a picture."""
        now = self.hass.loop.time()
        if self._began_at is None:
            self._began_at = now
        waited = timedelta(seconds=now - self._began_at)
        runtime = find_runtime(self.hass, self._get_entry().entry_id)
        camera = _newest_camera(runtime)
        source = self._get_entry().data[CONF_SOURCE]
        if self._wait is None or self._wait.done():
            has_platform = SOURCES[source].info.has_platform_device
            if camera is not None and (camera.record.pictures or has_platform):
                self._came = camera
                return self.async_show_progress_done(next_step_id="first_push_came")
            if waited >= _ENDS_AFTER or self.hass.is_stopping:
                return self.async_show_progress_done(next_step_id="first_push_missing")
            self._shown += 1
            pause = _THEN_EVERY_SECONDS if self._shown > _SHOWN_AT_ONCE else 0
            self._wait = _until_changed(self.hass, self._get_entry().entry_id, HINTS_AFTER, pause)
        refused = [
            it
            for it in (runtime.traffic.last_refused if runtime is not None else ())
            # A browser that the URL was opened in, as the hints advise.
            if it["reason"] != Refusal.METHOD
        ]
        if camera is not None:
            action = "first_push_alive"
        elif refused:
            action = "first_push_refused"
        else:
            action = "first_push_hints" if waited >= HINTS_AFTER else "first_push_waiting"
        return self.async_show_progress(
            step_id="first_push",
            # Where a URL goes is different for each system.
            progress_action=f"{action}_{source}" if action == "first_push_waiting" else action,
            description_placeholders={
                "urls": entry_urls(self.hass, self._get_entry()),
                "camera": markdown_code(camera.name) if camera is not None else "",
                "reason": await self._reason(refused[0]["reason"]) if refused else "",
                # As it is in the log and in the answer to the sender.
                "sentence": markdown_code(refused[0]["sentence"]) if refused else "",
            },
            progress_task=self._wait,
        )

    async def async_step_first_push_came(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the camera and its picture."""
        if user_input is not None:
            return self.async_abort(reason="first_push_came")
        return self.async_show_form(
            step_id="first_push_came",
            data_schema=vol.Schema({}),
            description_placeholders={
                "camera": markdown_code(self._came.name),
                "picture": self._picture(self._came),
            },
        )

    async def async_step_first_push_missing(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Stop to wait; a camera that pushes later appears all the same."""
        return self.async_abort(reason="first_push_missing")

    async def _reason(self, refusal: str) -> str:
        """Return why a push was refused, in Home Assistant's language."""
        texts = await async_get_translations(self.hass, self.hass.config.language, "selector", [DOMAIN])
        return texts.get(f"component.{DOMAIN}.selector.refusal.options.{refusal}", refusal)

    def _picture(self, camera: CameraDevice) -> str:
        """Return a camera's newest picture as Markdown; the name stands beside it, as it may say anything."""
        pictures = camera.record.pictures.values()
        newest = max(pictures, key=lambda picture: picture.updated_at, default=None)
        if newest is None or newest.media_id is None:
            return ""
        path = MediaId(self._get_entry().entry_id, newest.media_id).path
        return f"![]({async_sign_path(self.hass, path, _PICTURE_SHOWN_FOR)})"


def _newest_camera(runtime: RuntimeData | None) -> CameraDevice | None:
    """Return the camera that was heard of last, preferably one with a picture."""
    if runtime is None:
        return None
    heard = [camera for camera in runtime.hub.cameras.values() if camera.record.last_seen is not None]
    return max(heard, key=lambda it: (bool(it.record.pictures), it.record.last_seen), default=None)


def _until_changed(hass: HomeAssistant, entry_id: str, limit: timedelta, pause: float) -> asyncio.Task[None]:
    """Return a task that ends a pause after the next push, accepted or refused, or after a while.

    It is not one of Home Assistant's own: those that wait for all of these would wait for a camera.
    """
    changed = asyncio.Event()

    @callback
    def change() -> None:
        changed.set()

    async def wait() -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(limit.total_seconds()):
                await changed.wait()
        await asyncio.sleep(pause)

    task = hass.loop.create_task(wait(), name="camera_push first push")

    @callback
    def stop(_event: Event) -> None:
        task.cancel()

    ends = (
        async_dispatcher_connect(hass, traffic_signal(entry_id), change),
        hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, stop),
    )

    def end(_task: asyncio.Task[None]) -> None:
        for disconnect in ends:
            disconnect()

    task.add_done_callback(end)
    return task
