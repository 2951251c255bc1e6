"""The HTTP edge: Home Assistant's webhook component on one side, a source and a hub on the other."""

from __future__ import annotations

from datetime import datetime
from email.message import Message as Headers
from functools import lru_cache
from http import HTTPStatus
import logging
from typing import TYPE_CHECKING, Final

from aiohttp import ClientError, hdrs, web
from homeassistant.components import webhook
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..const import CONF_AUTHENTICATION, CONF_SOURCE, DOMAIN
from ..domain.errors import ProtocolError, Refusal, unavailable
from ..domain.messages import Message
from ..sources import SOURCES
from ..sources.base import Answer
from ..storage.incoming import IncomingClips
from ..transports.credentials import AuthenticationKind
from ..transports.limits import TURN_PATIENCE_SECONDS, InflightPush
from ..transports.push import Push

if TYPE_CHECKING:
    from ..hub.hub import Hub

_LOGGER = logging.getLogger(__name__)

# A push has this long to arrive, however slowly its bytes come.
BODY_TIMEOUT_SECONDS: Final = 60

_RETRY_AFTER_SECONDS: Final = 10

_TRY_AGAIN: Final = (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS)

_ACCEPTED_METHODS: Final = (hdrs.METH_POST, hdrs.METH_PUT)


def _register(
    hass: HomeAssistant, entry: ConfigEntry, handler: webhook.HandlerType, *, local_only: bool = True
) -> None:
    webhook.async_unregister(hass, entry.data[CONF_WEBHOOK_ID])
    webhook.async_register(
        hass,
        DOMAIN,
        entry.title,
        entry.data[CONF_WEBHOOK_ID],
        handler,
        local_only=local_only,
        # GET gets an answer that explains itself; the component would log the secret.
        allowed_methods=(*_ACCEPTED_METHODS, hdrs.METH_GET),
    )


def register_closed(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Answer an entry's pushes with "not now" while it is not loaded.

    The webhook component answers an empty 200 to what nobody is registered for: a camera that
    pushes during a reload would believe that its push was taken.
    """
    source = SOURCES[entry.data[CONF_SOURCE]]

    async def refuse(hass: HomeAssistant, webhook_id: str, request: web.Request) -> web.Response:
        return _response(source.refused(unavailable()))

    _register(hass, entry, refuse)


class WebhookReceiver:
    """Registers an entry's webhook and answers what comes in there.

    No exception leaves the handler: the webhook component would answer an empty 200, and the
    camera would believe that its push was taken.
    """

    def __init__(self, hub: Hub) -> None:
        """Receive for `hub`."""
        self._hub = hub

    def register(self) -> None:
        """Start to receive."""
        _register(self._hub.hass, self._hub.entry, self._handle, local_only=self._hub.options.local_only)

    def unregister(self) -> None:
        """Stop to receive; from now on pushes are refused."""
        register_closed(self._hub.hass, self._hub.entry)

    async def _handle(self, hass: HomeAssistant, webhook_id: str, request: web.Request) -> web.Response:
        source = self._hub.source
        try:
            async with self._hub.door.enter(request.remote) as visitor:
                self._check_credentials(request)
                await self._receive(request, dt_util.utcnow(), visitor)
        except ProtocolError as err:
            self._hub.async_refused(err, request.remote)
            response = _response(source.refused(err))
            if err.refusal is Refusal.CREDENTIALS:
                response.headers[hdrs.WWW_AUTHENTICATE] = self._hub.options.credentials.challenge
            return response
        except Exception:
            _LOGGER.exception("Error while handling a push to %s", self._hub.entry.title)
            error = ProtocolError("Home Assistant could not handle the push.", Refusal.INTERNAL)
            self._hub.async_refused(error, request.remote)
            return _response(source.refused(error))
        return _response(source.accepted())

    def _check_credentials(self, request: web.Request) -> None:
        credentials = self._hub.options.credentials
        if credentials.kind is AuthenticationKind.NONE:
            return
        accepted = credentials.accept(request.headers)
        self._hub.async_logged_in(request.remote, CONF_AUTHENTICATION, success=accepted)
        if not accepted:
            raise ProtocolError("The user, password or header value is wrong.", Refusal.CREDENTIALS)

    async def _receive(self, request: web.Request, received_at: datetime, visitor: InflightPush) -> None:
        if request.method not in _ACCEPTED_METHODS:
            raise ProtocolError(
                "This address takes pushes of cameras (POST); there is nothing to look at.", Refusal.METHOD
            )
        async with self._hub.store.new_clips() as clips:
            try:
                async with visitor.arriving(BODY_TIMEOUT_SECONDS):
                    messages = await self._decode(_push(self._hub, request, received_at, clips, visitor))
            except (ClientError, ConnectionError, web.RequestPayloadError) as err:
                raise ProtocolError(
                    "The connection was lost before the push was complete.", Refusal.DISCONNECTED
                ) from err
            await self._hub.door.async_take_turns(messages, TURN_PATIENCE_SECONDS)
            await self._hub.async_receive(messages)

    async def _decode(self, push: Push) -> list[Message]:
        try:
            return await self._hub.source.async_decode(push)
        except ProtocolError as err:
            push.seen.explain(err, push.media_type, push.length)
            raise


@lru_cache(maxsize=256)
def content_type(header: str) -> tuple[str, str]:
    """Return a Content-Type header's media type in lower case, and the boundary that it names, or ""."""
    headers = Headers()
    headers[hdrs.CONTENT_TYPE] = header
    return headers.get_content_type(), str(headers.get_param("boundary", ""))


def _push(
    hub: Hub,
    request: web.Request,
    received_at: datetime,
    clips: IncomingClips,
    visitor: InflightPush,
) -> Push:
    # Not `request.content_type`: what comes through Home Assistant's WebSocket API or a cloud
    # hook is a stand-in for a request that has headers and content only.
    media_type, boundary = content_type(request.headers.get(hdrs.CONTENT_TYPE, ""))
    length = request.headers.get(hdrs.CONTENT_LENGTH, "")
    return Push(
        media_type=media_type,
        boundary=boundary,
        length=int(length) if length.isascii() and length.isdigit() else None,
        read=visitor.counted(request.content.read),
        address=request.remote,
        received_at=received_at,
        time_zone=dt_util.get_default_time_zone(),
        new_clip=clips.new,
        keep=visitor.keep,
        run=hub.decoder.runner(request.remote),
    )


def _response(answer: Answer) -> web.Response:
    response = web.json_response(answer.body, status=answer.status)
    if answer.status is HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers[hdrs.ALLOW] = ", ".join(_ACCEPTED_METHODS)
    if answer.status in _TRY_AGAIN:
        response.headers[hdrs.RETRY_AFTER] = str(_RETRY_AFTER_SECONDS)
    return response
