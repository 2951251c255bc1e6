"""Permissions: a camera's pictures, clips and history are for users who may read its entities."""

from typing import Final

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.websocket_api import current_connection
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import UnknownUser
from homeassistant.helpers import entity_registry as er

from ..entry.runtime import RuntimeData

# Entities with a camera's content: users who may not see them may not see its history.
TELLING: Final = frozenset({"camera", "image", "event"})


@callback
def connected_user() -> User | None:
    """Return the user whose WebSocket command is being answered; None for Home Assistant itself."""
    connection = current_connection.get()
    return connection.user if connection is not None else None


async def user_of(call: ServiceCall) -> User | None:
    """Return the user who runs an action; None for Home Assistant itself. Raises UnknownUser."""
    if (user_id := call.context.user_id) is None:
        return None
    if (user := await call.hass.auth.async_get_user(user_id)) is None:
        raise UnknownUser(context=call.context)
    return user


@callback
def may_read_all(user: User | None) -> bool:
    """Tell whether a user may read all entities, as all may without a policy of their own."""
    return user is None or user.permissions.access_all_entities(POLICY_READ)


@callback
def may_read(hass: HomeAssistant, user: User | None, device_id: str) -> bool:
    """Tell whether a user may see a camera's content."""
    if user is None or may_read_all(user):
        return True
    entities = er.async_entries_for_device(er.async_get(hass), device_id)
    telling = [entity for entity in entities if entity.domain in TELLING]
    return bool(telling) and all(
        user.permissions.check_entity(entity.entity_id, POLICY_READ) for entity in telling
    )


@callback
def readable_cameras(hass: HomeAssistant, runtime: RuntimeData, user: User | None) -> frozenset[str] | None:
    """Return the ids of an entry's cameras that a user may see; None if they may see all."""
    if may_read_all(user):
        return None
    cameras = runtime.hub.cameras.values()
    return frozenset(it.camera_id for it in cameras if may_read(hass, user, it.device_id))


@callback
def may_read_entry(hass: HomeAssistant, runtime: RuntimeData, user: User | None) -> bool:
    """Tell whether a user may see a camera of an entry, as all may without a policy of their own."""
    return readable_cameras(hass, runtime, user) != frozenset()
