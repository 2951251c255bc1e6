"""Actions for VXG Cloud VMS: marks in its recordings, and event types."""

from collections.abc import Awaitable, Iterable
from datetime import datetime
from typing import Any, Final

from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ...const import DOMAIN
from ...domain.source_info import RequestError
from .coordinator import COORDINATORS, VxgCoordinator
from .protocol import CAN_BE_TRIGGERED

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
    # They change what the account stores, and may set off what the cloud does then.
    for name, action, schema in (
        ("vxg_create_event", _create_event, _EVENT),
        ("vxg_trigger_event", _trigger_event, _EVENT),
        ("vxg_add_event_type", _add_event_type, _TYPE),
    ):
        async_register_admin_service(hass, DOMAIN, name, action, schema, supports_response=optional)
    hass.services.async_register(DOMAIN, "vxg_list_event_types", _list_event_types, _LIST, only)


def _camera(call: ServiceCall) -> tuple[VxgCoordinator, str]:
    """Return the coordinator and the id of the camera that a device is; raises ServiceValidationError."""
    device = dr.async_get(call.hass).async_get(call.data[ATTR_DEVICE_ID])
    identifiers = [identifier[1] for identifier in device.identifiers] if device is not None else []
    for entry_id, coordinator in call.hass.data.get(COORDINATORS, {}).items():
        for identifier in identifiers:
            camera_id = identifier.removeprefix(f"{entry_id}_")
            if camera_id != identifier and coordinator.history.known_since(camera_id) is not None:
                return coordinator, camera_id
    raise _invalid("not_a_vxg_camera", device=_name(call))


def _name(call: ServiceCall) -> str:
    """Return the name of an action's device, its id where there is none."""
    device = dr.async_get(call.hass).async_get(call.data[ATTR_DEVICE_ID])
    name = (device.name_by_user or device.name) if device is not None else None
    return name or str(call.data[ATTR_DEVICE_ID])


def _invalid(key: str, **placeholders: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )


async def _asked[T](request: Awaitable[T]) -> T:
    """Return the cloud's answer; raises HomeAssistantError."""
    try:
        return await request
    except RequestError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="vxg_failed",
            translation_placeholders={"error": str(err)},
        ) from err


def _time_and_meta(call: ServiceCall) -> tuple[datetime, dict[str, str]]:
    time = call.data.get(ATTR_TIME)
    return (dt_util.as_utc(time) if time is not None else dt_util.utcnow()), call.data[ATTR_META]


async def _create_event(call: ServiceCall) -> dict[str, Any]:
    """Create an event of a type that the camera supports."""
    coordinator, camera_id = _camera(call)
    name = call.data[ATTR_NAME]
    if name not in coordinator.history.event_types(camera_id):
        types = await _asked(coordinator.cameras.async_list_types(camera_id))
        if name not in types:
            raise _unsupported(call, types)
    time, meta = _time_and_meta(call)
    return await _asked(coordinator.client.create_event(camera_id, name, time, meta))


async def _trigger_event(call: ServiceCall) -> dict[str, Any]:
    """Trigger an event of a type that can be triggered."""
    coordinator, camera_id = _camera(call)
    name = call.data[ATTR_NAME]
    types = coordinator.history.event_types(camera_id)
    if name not in types:
        raise _unsupported(call, types)
    if not types[name].get(CAN_BE_TRIGGERED):
        raise _invalid("vxg_not_triggerable", name=name, camera=_name(call))
    time, meta = _time_and_meta(call)
    return await _asked(coordinator.client.trigger_event(camera_id, name, time, meta))


def _unsupported(call: ServiceCall, types: Iterable[str]) -> ServiceValidationError:
    return _invalid(
        "vxg_unsupported",
        name=call.data[ATTR_NAME],
        camera=_name(call),
        types=", ".join(types) or "-",
    )


async def _add_event_type(call: ServiceCall) -> dict[str, Any]:
    """Add an event type."""
    coordinator, camera_id = _camera(call)
    name, notify = call.data[ATTR_NAME], call.data[ATTR_NOTIFY]
    kind = await _asked(coordinator.client.add_event_type(camera_id, name, notify=notify))
    known = {key: dict(settings) for key, settings in coordinator.history.event_types(camera_id).items()}
    coordinator.history.async_set_event_types(camera_id, known | {kind.name: dict(kind.settings)})
    return {"name": kind.name, **kind.settings}


async def _list_event_types(call: ServiceCall) -> dict[str, Any]:
    """Ask for the event types that a camera supports, and return them."""
    coordinator, camera_id = _camera(call)
    types = await _asked(coordinator.cameras.async_list_types(camera_id))
    return {"event_types": [{"name": name, **settings} for name, settings in types.items()]}
