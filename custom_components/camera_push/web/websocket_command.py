"""WebSocket commands of cards: how they are declared, and how they answer."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Final

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import voluptuous as vol

from ..const import DOMAIN
from ..storage.library import LibraryError
from ..storage.store import StoreError
from .errors import invalid

# By the translation key of the error.
_CODES: Final = {
    "unknown_event": websocket_api.ERR_NOT_FOUND,
    "unknown_known": websocket_api.ERR_NOT_FOUND,
    "library": "storage",
}

type _Command = Callable[[HomeAssistant, ActiveConnection, dict[str, Any]], Awaitable[dict[str, Any]]]

COMMANDS: Final[list[websocket_api.WebSocketCommandHandler]] = []


def command(
    name: str, fields: dict[vol.Marker, Any], *, for_admins: bool = False
) -> Callable[[_Command], _Command]:
    """Have a function be a command; one that is not for administrators only reads."""

    def add(function: _Command) -> _Command:
        schema = {vol.Required("type"): f"{DOMAIN}/{name}", **fields}
        handler = websocket_api.websocket_command(schema)(
            _answers(function if for_admins else _asks(function))
        )
        COMMANDS.append(websocket_api.require_admin(handler) if for_admins else handler)
        return function

    return add


def _answers(command: _Command) -> websocket_api.WebSocketCommandHandler:
    """Send the result of a command, or the reason why it failed."""

    @websocket_api.async_response
    @wraps(command)
    async def answer(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
        try:
            connection.send_result(msg["id"], await command(hass, connection, msg))
        except (LibraryError, StoreError) as err:
            _send_error(connection, msg["id"], invalid("library", error=str(err)))
        except ServiceValidationError as err:
            _send_error(connection, msg["id"], err)

    return answer


def _asks(command: _Command) -> _Command:
    """End a command that only reads when its connection does, or it is unsubscribed."""

    @wraps(command)
    async def ask(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> dict[str, Any]:
        if (task := asyncio.current_task()) is not None:
            connection.subscriptions[msg["id"]] = task.cancel
        try:
            return await command(hass, connection, msg)
        finally:
            connection.subscriptions.pop(msg["id"], None)

    return ask


def _send_error(connection: ActiveConnection, msg_id: int, err: ServiceValidationError) -> None:
    # The sentence is in English; cards translate it by its key.
    connection.send_error(
        msg_id,
        _CODES.get(err.translation_key or "", websocket_api.ERR_INVALID_FORMAT),
        str(err),
        translation_domain=DOMAIN,
        translation_key=err.translation_key,
        translation_placeholders=err.translation_placeholders,
    )
