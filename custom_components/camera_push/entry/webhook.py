"""The HTTP edge: Home Assistant's webhook component on one side, the entry's receiver on the other."""

from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from email.message import Message as Headers
from functools import lru_cache, partial
from http import HTTPStatus
import logging
from typing import Any, Final

from aiohttp import ClientError, StreamReader, hdrs, web
from homeassistant.components import webhook
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_WEBHOOK_ID, CONTENT_TYPE_JSON
from homeassistant.core import CALLBACK_TYPE, HomeAssistant
from homeassistant.helpers.json import json_bytes

from ..const import CONF_AUTHENTICATION, CONF_SOURCE, DOMAIN
from ..domain.errors import ProtocolError, Refusal, internal_error, unavailable
from ..domain.messages import Message
from ..sources import SOURCES
from ..sources.base import Answer, PushProtocol
from ..storage.incoming import NewClip
from ..transports.credentials import AuthenticationKind
from ..transports.limits import TURN_PATIENCE_SECONDS, InflightPush
from ..transports.push import Push
from .arrival_order import ArrivalOrder, WaitForTurn
from .runtime import RuntimeData

_LOGGER = logging.getLogger(__name__)

# A push has this long to arrive, however slowly its bytes come.
BODY_TIMEOUT_SECONDS: Final = 60

_RETRY_AFTER_SECONDS: Final = 10
_TRY_AGAIN: Final = (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS)
_ACCEPTED_METHODS: Final = (hdrs.METH_POST, hdrs.METH_PUT)
# Encodings that aiohttp unpacks.
_COMPRESSIONS: Final = frozenset({"br", "deflate", "gzip", "zstd"})

type Handler = Callable[[HomeAssistant, str, web.Request], Awaitable[web.Response]]


def _is_compressed(request: web.Request) -> bool:
    return request.headers.get(hdrs.CONTENT_ENCODING, "").lower() in _COMPRESSIONS


def _register(hass: HomeAssistant, entry: ConfigEntry, handler: Handler, *, local_only: bool) -> None:
    async def handle(hass: HomeAssistant, webhook_id: str, request: web.Request) -> web.Response:
        if not _is_compressed(request):
            return await handler(hass, webhook_id, request)
        # What a handler leaves, aiohttp would unpack all at once on the event loop, only to drop it. A
        # request that came through Home Assistant's WebSocket API is a stand-in without a connection.
        if isinstance(request, web.Request):
            request.protocol.close()
            # Nor would anything of it come, for which aiohttp waits ten seconds before it hangs up.
            request.content.feed_eof()
        response = await handler(hass, webhook_id, request)
        response.force_close()
        return response

    webhook.async_unregister(hass, entry.data[CONF_WEBHOOK_ID])
    webhook.async_register(
        hass,
        DOMAIN,
        entry.title,
        entry.data[CONF_WEBHOOK_ID],
        handle,
        local_only=local_only,
        # GET gets an answer that explains itself; the component would log the secret.
        allowed_methods=(*_ACCEPTED_METHODS, hdrs.METH_GET),
    )


def register_closed(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Answer an entry's pushes with "not now" while it is not loaded.

    The webhook component answers an empty 200 to ids that nobody is registered for: a camera that
    pushes during a reload would believe that its push was taken.
    """
    if (protocol := SOURCES[entry.data[CONF_SOURCE]].push) is None:
        return

    async def refuse(hass: HomeAssistant, webhook_id: str, request: web.Request) -> web.Response:
        return _response(protocol.refused(unavailable()))

    # To senders outside as well: the component would answer them an empty 200.
    _register(hass, entry, refuse, local_only=False)


class WebhookReceiver:
    """Registers an entry's webhook and answers what comes in there.

    No exception leaves the handler: the webhook component would answer an empty 200, and the
    camera would believe that its push was taken.
    """

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, runtime: RuntimeData, protocol: PushProtocol
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._runtime = runtime
        self._protocol = protocol
        self._credentials = protocol.credentials(entry.options)
        self._order = ArrivalOrder()
        self._accepted = json_bytes(protocol.accepted().body)

    def register(self, *, local_only: bool) -> CALLBACK_TYPE:
        """Start to receive; from the call of what is returned on, pushes are refused."""
        _register(self._hass, self._entry, self._handle, local_only=local_only)
        return partial(register_closed, self._hass, self._entry)

    async def _handle(self, hass: HomeAssistant, webhook_id: str, request: web.Request) -> web.Response:
        return await self._runtime.receiver.async_run(self._respond(request))

    async def _respond(self, request: web.Request) -> web.Response:
        """Receive a push and return the answer; never raises."""
        receiver = self._runtime.receiver
        try:
            if not receiver.is_open:
                raise unavailable()  # noqa: TRY301  # One way out for all refusals.
            async with self._runtime.context.limiter.enter(request.remote) as push:
                self._check_credentials(request)
                await self._receive(request, push)
        except ProtocolError as err:
            receiver.async_refused(err, request.remote)
            response = _response(self._protocol.refused(err))
            if err.refusal is Refusal.CREDENTIALS:
                response.headers[hdrs.WWW_AUTHENTICATE] = self._credentials.challenge
            return response
        except Exception:
            _LOGGER.exception("Error while handling a push to %s", self._entry.title)
            error = internal_error()
            receiver.async_refused(error, request.remote)
            return _response(self._protocol.refused(error))
        return web.Response(body=self._accepted, content_type=CONTENT_TYPE_JSON, charset="utf-8")

    def _check_credentials(self, request: web.Request) -> None:
        if self._credentials.kind is AuthenticationKind.NONE:
            return
        accepted = self._credentials.accept(request.headers)
        self._runtime.receiver.async_logged_in(request.remote, CONF_AUTHENTICATION, success=accepted)
        if not accepted:
            raise ProtocolError("The user, password or header value is wrong.", Refusal.CREDENTIALS)

    async def _receive(self, request: web.Request, inflight: InflightPush) -> None:
        if request.method not in _ACCEPTED_METHODS:
            raise ProtocolError(
                "This address takes pushes of cameras (POST); there is nothing to look at.", Refusal.METHOD
            )
        if _is_compressed(request):
            raise ProtocolError("Compressed pushes are not accepted.", Refusal.FORMAT)
        async with self._runtime.store.new_clips() as new_clip:
            messages = await self._messages(request, inflight, new_clip)
            await self._runtime.context.limiter.async_take_turns(messages, TURN_PATIENCE_SECONDS)
            # A picture that is slow to be fetched holds up its own camera, for as long as the source waits.
            error = await self._runtime.receiver.async_take_in(
                messages,
                lambda messages: self._protocol.async_complete(
                    self._runtime.context, messages, inflight.keep
                ),
            )
            if error is not None:
                raise error

    async def _messages(
        self, request: web.Request, inflight: InflightPush, new_clip: NewClip
    ) -> list[Message]:
        """Return the messages in a push, after those of its sender that were complete before it."""
        with ExitStack() as stack:
            body = _Body(request.content, lambda: stack.enter_context(self._order.place(request.remote)))
            try:
                async with inflight.arriving(BODY_TIMEOUT_SECONDS):
                    messages = await self._decode(self._push(request, body, new_clip, inflight))
            except (ClientError, ConnectionError, web.RequestPayloadError) as err:
                raise ProtocolError(
                    "The connection was lost before the push was complete.", Refusal.DISCONNECTED
                ) from err
            if body.wait_for_turn is not None:
                await body.wait_for_turn()
            return messages

    async def _decode(self, push: Push) -> list[Message]:
        try:
            return await self._protocol.async_decode(push)
        except ProtocolError as err:
            push.seen.explain(err, push.media_type, push.length)
            raise

    def _push(
        self,
        request: web.Request,
        body: _Body,
        new_clip: NewClip,
        inflight: InflightPush,
    ) -> Push:
        # Not `request.content_type`: what comes through Home Assistant's WebSocket API or a cloud
        # hook is a stand-in for a request that has headers and content only.
        media_type, boundary = content_type(request.headers.get(hdrs.CONTENT_TYPE, ""))
        length = request.headers.get(hdrs.CONTENT_LENGTH, "")
        arrival = self._runtime.receiver.arrival(request.remote)
        return Push(
            media_type=media_type,
            boundary=boundary,
            length=int(length) if length.isascii() and length.isdigit() else None,
            read=inflight.counted(body.read),
            address=arrival.address,
            received_at=arrival.received_at,
            time_zone=arrival.time_zone,
            new_clip=new_clip,
            keep=inflight.keep,
            run=arrival.run,
        )


class _Body:
    """A push's body; at its end, the push takes its place among those of its sender."""

    def __init__(self, content: StreamReader, take_place: Callable[[], WaitForTurn]) -> None:
        self._content = content
        self._take_place = take_place
        self.wait_for_turn: WaitForTurn | None = None

    async def read(self, size: int) -> bytes:
        """Return up to `size` bytes, b"" at the end; also those that had arrived when the client hung up."""
        try:
            data = await self._content.read(size)
        except ClientError, ConnectionError:
            if not self._content.is_eof():
                raise
            # aiohttp fails the stream when the connection is lost, even if all of the body is here already.
            no_exception: Any = None
            self._content.set_exception(no_exception)
            data = await self._content.read(size)
        if not data and self.wait_for_turn is None:
            self.wait_for_turn = self._take_place()
        return data


@lru_cache(maxsize=256)
def content_type(header: str) -> tuple[str, str]:
    """Return a Content-Type header's media type in lower case, and the boundary that it names, or ""."""
    headers = Headers()
    headers[hdrs.CONTENT_TYPE] = header
    return headers.get_content_type(), str(headers.get_param("boundary", ""))


def _response(answer: Answer) -> web.Response:
    response = web.json_response(answer.body, status=answer.status)
    if answer.status is HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers[hdrs.ALLOW] = ", ".join(_ACCEPTED_METHODS)
    if answer.status in _TRY_AGAIN:
        response.headers[hdrs.RETRY_AFTER] = str(_RETRY_AFTER_SECONDS)
    return response
