"""Actions for VXG Cloud VMS: mark recordings with events, and say which types of event there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ...const import DOMAIN
from .client import EventType, VxgClient, VxgError
from .coordinator import settings
from .flow import KEY, cloud_client

if TYPE_CHECKING:
    from ...hub.hub import Hub

ATTR_DEVICE_ID: Final = "device_id"
ATTR_META: Final = "meta"
ATTR_NAME: Final = "name"
ATTR_NOTIFY: Final = "notify"
ATTR_TIME: Final = "time"

_CAMERA: Final = {vol.Required(ATTR_DEVICE_ID): cv.string}
_NAME: Final = {
    vol.Required(ATTR_NAME): vol.All(cv.string, vol.Length(min=1, max=128), vol.Match(r"^[\w.:-]+$"))
}
_EVENT: Final = vol.Schema(
    _CAMERA
    | _NAME
    | {
        vol.Optional(ATTR_TIME): cv.datetime,
        vol.Optional(ATTR_META, default={}): vol.Schema({cv.string: cv.string}),
    }
)
_TYPE: Final = vol.Schema(_CAMERA | _NAME | {vol.Optional(ATTR_NOTIFY, default=True): cv.boolean})
_LIST: Final = vol.Schema(_CAMERA)


@callback
def register(hass: HomeAssistant) -> None:
    """Register the actions."""
    optional, only = SupportsResponse.OPTIONAL, SupportsResponse.ONLY
    services = hass.services
    services.async_register(DOMAIN, "vxg_create_event", _create_event, _EVENT, optional)
    services.async_register(DOMAIN, "vxg_trigger_event", _trigger_event, _EVENT, optional)
    services.async_register(DOMAIN, "vxg_add_event_type", _add_event_type, _TYPE, optional)
    services.async_register(DOMAIN, "vxg_list_event_types", _list_event_types, _LIST, only)


def _camera(call: ServiceCall) -> tuple[Hub, str, VxgClient]:
    """Return the hub, id and cloud of the camera that a device is; raises ServiceValidationError."""
    device = dr.async_get(call.hass).async_get(call.data[ATTR_DEVICE_ID])
    for entry in call.hass.config_entries.async_loaded_entries(DOMAIN):
        hub: Hub = entry.runtime_data
        for camera in hub.cameras.values():
            if device is not None and camera.device_id == device.id and hub.source.key == KEY:
                return hub, camera.camera_id, cloud_client(call.hass, entry.data)
    name = (device.name_by_user or device.name) if device is not None else None
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="not_a_vxg_camera",
        translation_placeholders={"device": name or call.data[ATTR_DEVICE_ID]},
    )


def _failed(err: VxgError) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN, translation_key="vxg_failed", translation_placeholders={"error": str(err)}
    )


async def _types(hub: Hub, camera_id: str, client: VxgClient) -> dict[str, EventType]:
    """Return a camera's types of event, and remember them; raises HomeAssistantError."""
    try:
        types = await client.event_types(camera_id)
    except VxgError as err:
        raise _failed(err) from err
    await hub.async_set_event_types(camera_id, {kind.name: settings(kind) for kind in types})
    return {kind.name: kind for kind in types}


def _time_and_meta(call: ServiceCall) -> tuple[Any, dict[str, str]]:
    time = call.data.get(ATTR_TIME)
    return (dt_util.as_utc(time) if time is not None else dt_util.utcnow()), call.data[ATTR_META]


async def _create_event(call: ServiceCall) -> dict[str, Any]:
    """Create an event of a type that the camera supports."""
    hub, camera_id, client = _camera(call)
    name = call.data[ATTR_NAME]
    known = hub.cameras[camera_id].record.event_types
    if name not in known and name not in await _types(hub, camera_id, client):
        raise _unsupported(name, hub, camera_id)
    time, meta = _time_and_meta(call)
    try:
        return await client.create_event(camera_id, name, time, meta)
    except VxgError as err:
        raise _failed(err) from err


async def _trigger_event(call: ServiceCall) -> dict[str, Any]:
    """Trigger an event of a type that can be triggered."""
    hub, camera_id, client = _camera(call)
    name = call.data[ATTR_NAME]
    kind = hub.cameras[camera_id].record.event_types.get(name)
    if kind is None:
        raise _unsupported(name, hub, camera_id)
    if not kind.get("can_be_triggered"):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="vxg_not_triggerable",
            translation_placeholders={"name": name, "camera": hub.cameras[camera_id].name},
        )
    time, meta = _time_and_meta(call)
    try:
        return await client.trigger_event(camera_id, name, time, meta)
    except VxgError as err:
        raise _failed(err) from err


def _unsupported(name: str, hub: Hub, camera_id: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="vxg_unsupported",
        translation_placeholders={
            "name": name,
            "camera": hub.cameras[camera_id].name,
            "types": ", ".join(hub.cameras[camera_id].record.event_types) or "-",
        },
    )


async def _add_event_type(call: ServiceCall) -> dict[str, Any]:
    """Add a type of event of the user's own."""
    hub, camera_id, client = _camera(call)
    try:
        kind = await client.add_event_type(camera_id, call.data[ATTR_NAME], notify=call.data[ATTR_NOTIFY])
    except VxgError as err:
        raise _failed(err) from err
    known = hub.cameras[camera_id].record.event_types
    await hub.async_set_event_types(camera_id, {**known, kind.name: settings(kind)})
    return {"name": kind.name, **settings(kind)}


async def _list_event_types(call: ServiceCall) -> dict[str, Any]:
    """Return the types of event that a camera supports, asked anew."""
    types = await _types(*_camera(call))
    return {"event_types": [{"name": kind.name, **settings(kind)} for kind in types.values()]}
