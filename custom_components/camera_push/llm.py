"""Tools for assistants: they look into the history, of cameras that are exposed to them."""

from datetime import datetime, timedelta
from typing import Any, Final, override

from homeassistant.components.homeassistant import async_should_expose
from homeassistant.components.llm import LLMTools
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    LLMContext,
    Tool,
    ToolAnnotations,
    ToolInput,
    ToolResult,
)
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import DOMAIN
from .domain.history import EventKind
from .hub.devices import device_name
from .storage.library import LibraryError
from .web.event_descriptions import describe_known
from .web.events import EventQuery, FoundEvent, find_events, known_devices, loaded
from .web.permissions import TELLING

_MAX_EVENTS: Final = 30
# Without a beginning, this much of the past is looked at.
_LOOK_BACK: Final = timedelta(days=365)
_READ_ONLY: Final = ToolAnnotations(read_only=True, destructive=False, idempotent=True, open_world=False)


@callback
def _is_exposed(
    hass: HomeAssistant, assistant: str | None, device_id: str, domains: frozenset[str] | None = None
) -> bool:
    """Tell whether an entity of a device (of those domains) is exposed to an assistant."""
    return assistant is not None and any(
        async_should_expose(hass, assistant, entity.entity_id)
        for entity in er.async_entries_for_device(er.async_get(hass), device_id)
        if domains is None or entity.domain in domains
    )


@callback
def _cameras(hass: HomeAssistant, assistant: str | None) -> dict[str, str]:
    """Return the names of the cameras that are exposed, by their devices' ids.

    Motion sensors and switches do not count: Home Assistant exposes those by itself.
    """
    return {
        camera.device_id: device_name(hass, camera.device_id) or camera.name
        for runtime in loaded(hass, None)
        for camera in runtime.hub.cameras.values()
        if _is_exposed(hass, assistant, camera.device_id, TELLING)
    }


def _described(
    hass: HomeAssistant, found: FoundEvent, cameras: dict[str, str], known: set[str]
) -> dict[str, Any]:
    event = found.event
    camera = found.runtime.hub.cameras[event.camera_id]
    who = describe_known(hass, found)
    vehicle = " ".join(
        value for key in ("color", "make", "model") if (value := (event.vehicle or {}).get(key))
    )
    values = {
        "time": dt_util.as_local(event.at).isoformat(timespec="seconds"),
        "kind": str(event.kind),
        "camera": cameras[camera.device_id],
        "what": event.type,
        "who": who["name"] if who is not None and who["id"] in known else None,
        "plate": event.plate_raw or event.plate,
        "direction": event.direction if event.direction != "unknown" else None,
        "vehicle": vehicle or None,
        "earlier_visits": event.visits if event.plate or event.profile_id else None,
        "danger": True if event.danger else None,
    }
    return {key: value for key, value in values.items() if value is not None}


def _time(value: Any) -> datetime:
    return dt_util.as_utc(cv.datetime(value))


class GetEventsTool(Tool):
    """Tool that tells what cameras saw."""

    name = "camera_push__get_events"
    title = "Get camera events"
    description = (
        "Returns what cameras saw, newest first: visits of vehicles with their number plates, recognised "
        "persons, and alarms such as motion, doorbell, fire. Use it for questions like 'When was the plumber "
        "here?' (search for the name), 'Was AB 123 CD here before?' (search for the plate) or 'What happened "
        "at the front door last night?' (give the camera and both times). Times are local, like "
        "2026-11-21T22:00:00."
    )
    annotations = _READ_ONLY
    integration = DOMAIN

    def __init__(self, cameras: list[str]) -> None:
        """Offer the cameras of these names."""
        self.parameters = vol.Schema(
            {
                vol.Optional(
                    "search", description="Name of a vehicle or person, plate, or kind of alarm"
                ): str,
                vol.Optional("camera"): vol.In(cameras),
                vol.Optional("kind"): vol.In([str(kind) for kind in EventKind]),
                vol.Optional("start"): str,
                vol.Optional("end"): str,
            }
        )

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        """Look into the history."""
        data = self.parameters(tool_input.tool_args)
        cameras = _cameras(hass, llm_context.assistant)
        name = data.get("camera")
        try:
            after = _time(data["start"]) if "start" in data else dt_util.utcnow() - _LOOK_BACK
            before = _time(data["end"]) if "end" in data else None
        except vol.Invalid as err:
            return ToolResult(data={"error": str(err)}, error=True)
        known = {
            device.id
            for _, device in known_devices(hass)
            if _is_exposed(hass, llm_context.assistant, device.device_id)
        }
        query = EventQuery(
            device_ids=[device_id for device_id, it in cameras.items() if name in (None, it)],
            kinds=[EventKind(data["kind"])] if "kind" in data else None,
            text=data.get("search"),
            nameable=known,
            after=after,
            before=before,
        )
        try:
            found, more = await find_events(hass, query, _MAX_EVENTS)
        except LibraryError as err:
            return ToolResult(data={"error": str(err)}, error=True)
        events: list[Any] = [_described(hass, it, cameras, known) for it in found]
        return ToolResult(data={"events": events, "there_are_more": more is not None})


class GetPresenceTool(Tool):
    """Tool that tells who of the known vehicles and persons is there, or was there last."""

    name = "camera_push__get_known"
    title = "Get known vehicles and persons"
    description = (
        "Returns the known vehicles and persons: whether they are present now, and when cameras saw them "
        "last. Use it for questions like 'Is our car at home?' or 'Who was here today?'."
    )
    annotations = _READ_ONLY
    integration = DOMAIN
    parameters = vol.Schema({})

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        """Say who is there."""
        self.parameters(tool_input.tool_args)
        known: list[Any] = [
            {
                "name": device.name,
                "present": device.is_present,
                "last_seen": (
                    dt_util.as_local(device.record.last_seen).isoformat(timespec="seconds")
                    if device.record.last_seen is not None
                    else None
                ),
            }
            for _, device in known_devices(hass)
            if _is_exposed(hass, llm_context.assistant, device.device_id)
        ]
        return ToolResult(data={"known": known})


@callback
def async_get_tools(hass: HomeAssistant, llm_context: LLMContext, api_id: str) -> LLMTools | None:
    """Return the tools for an assistant that cameras, vehicles or persons are exposed to."""
    if api_id != LLM_API_ASSIST:
        return None
    tools: list[Tool] = []
    if cameras := _cameras(hass, llm_context.assistant):
        tools.append(GetEventsTool(sorted(set(cameras.values()))))
    if any(_is_exposed(hass, llm_context.assistant, it.device_id) for _, it in known_devices(hass)):
        tools.append(GetPresenceTool())
    return LLMTools(tools=tools) if tools else None
