"""VXG Cloud VMS's REST interface: cameras, their event types, stored events, pictures."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from aiohttp import hdrs
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant

from ...domain.errors import ProtocolError
from ...domain.fields import Fields
from ...domain.json_body import Json, parse_json
from ...domain.media import Picture, checked_picture
from ...domain.undecoded import Seen
from ...transports.http_client import AnswerError
from ...transports.push import INLINE_BYTES, Keep, unlimited
from ..local_servers import async_get_session
from .protocol import EventType, StoredEvent, VxgCamera, format_time, labels_of
from .rest import RestClient
from .token import authorization, parse_url

CONF_CHANNEL: Final = "channel"

_MAX_DETECTIONS_BYTES: Final = 256 * 1024
# No entry has more cameras; no camera has more types of event here, each of which can be an entity.
MAX_CAMERAS: Final = 1000
MAX_EVENT_TYPES: Final = 64


def cloud_client(hass: HomeAssistant, data: Mapping[str, Any]) -> VxgClient:
    """Return a client of the cloud in an entry's data; raises ValueError for an invalid URL."""
    url = parse_url(data[CONF_URL])
    return VxgClient(async_get_session(hass, data, url), url, authorization(data[CONF_API_KEY]))


class VxgClient(RestClient):
    """One account or channel; every method raises RequestError."""

    # Cameras

    async def cameras(self) -> list[VxgCamera]:
        """Return the account's cameras, the first of very many."""
        found: list[VxgCamera] = []
        async for page in self._objects("api/v2/cameras", _if_usable(VxgCamera.from_fields)):
            found += page
            if len(found) >= MAX_CAMERAS:
                break
        return found[:MAX_CAMERAS]

    async def camera(self, camera_id: str) -> VxgCamera:
        """Return one camera."""
        return await self._request(hdrs.METH_GET, f"api/v2/cameras/{camera_id}", VxgCamera.from_fields)

    # Event types

    async def event_types(self, camera_id: str) -> list[EventType]:
        """Return the event types that a camera supports, the first of very many."""
        found: list[EventType] = []
        path = f"api/v2/cameras/{camera_id}/event_processing/events"
        async for page in self._objects(path, _if_usable(EventType.from_fields)):
            found += page
            if len(found) >= MAX_EVENT_TYPES:
                break
        return found[:MAX_EVENT_TYPES]

    async def add_event_type(self, camera_id: str, name: str, *, notify: bool) -> EventType:
        """Add an event type."""
        body: Json = {"name": name, "notify": notify}
        path = f"api/v2/cameras/{camera_id}/event_processing/events"
        return await self._request(hdrs.METH_POST, path, EventType.from_fields, body)

    async def change_event_type(self, camera_id: str, name: str, settings: Mapping[str, bool]) -> None:
        """Change settings of an event type: notify, record, snapshot."""
        path = f"api/v2/cameras/{camera_id}/event_processing/events/{name}"
        await self._request(hdrs.METH_PUT, path, _all, dict(settings))

    # Events

    def events(
        self, start: datetime, camera_id: str | None = None
    ) -> AsyncIterator[list[StoredEvent | ProtocolError]]:
        """Yield the events from then on, oldest first, page by page; of one camera if it is given.

        In the place of an event that cannot be used is why.
        """
        only: dict[str, str] = {"camid": camera_id} if camera_id is not None else {}
        return self._objects(
            "api/v2/storage/events",
            _event,
            **only,
            start=format_time(start),
            order_by="time",
            include_meta="true",
            include_filemeta_download="true",
        )

    async def create_event(
        self, camera_id: str, name: str, time: datetime, meta: Mapping[str, str]
    ) -> dict[str, Json]:
        """Create an event, and return it as the server stored it."""
        body: Json = {
            "camid": int(camera_id) if camera_id.isascii() and camera_id.isdigit() else camera_id,
            "name": name,
            "time": format_time(time),
            "meta": dict(meta),
        }
        return await self._request(hdrs.METH_POST, "api/v2/storage/events", _all, body)

    async def trigger_event(
        self, camera_id: str, name: str, time: datetime, meta: Mapping[str, str]
    ) -> dict[str, Json]:
        """Trigger an event of a type that can be."""
        path = f"api/v2/cameras/{camera_id}/event_processing/events/{name}/trigger"
        body: Json = {"time": format_time(time), "meta": dict(meta)}
        return await self._request(hdrs.METH_POST, path, _all, body)

    # Pictures

    async def live_picture(self, camera_id: str, *, is_channel: bool) -> Picture:
        """Return a live picture.

        For a channel that is `api/v4/live/image`, for a camera of an account its preview; both
        answer a picture, or say in JSON where it is (seen).
        """
        path = "api/v4/live/image" if is_channel else f"api/v2/cameras/{camera_id}/preview"
        data = await self._fetch(self._at(path), self._headers)
        if data[:1] == b"{":
            try:
                answer = parse_json(data[:INLINE_BYTES])
            except ProtocolError as err:
                raise AnswerError(err.sentence) from err
            link = answer.get("url") if isinstance(answer, dict) else None
            if not isinstance(link, str):
                raise AnswerError("The answer has no picture")
            return await self.picture(link)
        return _picture(data)

    async def picture(self, link: str, keep: Keep = unlimited) -> Picture:
        """Return the picture behind a link that the server gave; the key is not sent along.

        It may be at any storage host (seen); the session does not let a server in the internet have us
        fetch from the local network.
        """
        return _picture(await self._fetch(self._linked(link), {}, keep))

    async def labels(self, link: str) -> list[str]:
        """Return the labels of the detections behind a link that the server gave, as for a picture."""
        data = await self._fetch(self._linked(link), {}, limit=_MAX_DETECTIONS_BYTES)
        try:
            if len(data) <= INLINE_BYTES:
                return _labels(data)
            return await asyncio.get_running_loop().run_in_executor(None, _labels, data)
        except ProtocolError as err:
            raise AnswerError(err.sentence) from err


def _if_usable[T](parse: Callable[[Fields], T]) -> Callable[[Fields], T | None]:
    """Return a function that returns None for what cannot be used: the others count all the same."""

    def parse_or_none(fields: Fields) -> T | None:
        with suppress(ProtocolError):
            return parse(fields)
        return None

    return parse_or_none


def _event(fields: Fields) -> StoredEvent | ProtocolError:
    try:
        return StoredEvent.from_fields(fields)
    except ProtocolError as err:
        Seen(value=fields.source).explain(err, "application/json", None)
        return err


def _labels(data: bytes) -> list[str]:
    return labels_of(parse_json(data))


def _all(answer: Fields) -> dict[str, Json]:
    """Return an answer as it is, without what is empty."""
    return answer.rest(())


def _picture(data: bytes) -> Picture:
    try:
        return checked_picture(data)
    except ProtocolError as err:
        raise AnswerError(err.sentence) from err
