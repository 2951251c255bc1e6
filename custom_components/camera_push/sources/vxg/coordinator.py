"""Asks for stored events, and hands each on exactly once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
import logging
from typing import Final

from ...domain.errors import ProtocolError
from ...domain.ids import checked_camera_id
from ...domain.media import Picture
from ...domain.messages import CloudEvent, DeviceDetails
from ...transports.contracts import AccessDeniedError, Host
from ...transports.polling import Polling
from .client import (
    EventType,
    StoredEvent,
    VxgAnswerError,
    VxgAuthenticationError,
    VxgCamera,
    VxgClient,
    VxgError,
    VxgPermissionError,
)

_LOGGER = logging.getLogger(__name__)

# An event can be stored after later ones: so much is asked for again each time.
OVERLAP: Final = timedelta(minutes=2)
# Cameras and their types of event seldom change.
_REFRESH_EVERY: Final = timedelta(days=1)
_PICTURES_AT_ONCE: Final = 8
# Older than this beyond the interval, an event is not about now.
_LATE_AFTER: Final = timedelta(seconds=30)


class VxgPoller:
    """What is done at each turn."""

    def __init__(self, host: Host, client: VxgClient, name: str, channel: str | None) -> None:
        """Ask for one channel's events, or for those of all cameras of an account."""
        self._host = host
        self._client = client
        self._channel = channel
        self._refreshed_at: datetime | None = None
        self._cameras: list[VxgCamera] = []
        # Whether the account gives all cameras' events at once, None before it was asked.
        self._shares = True
        self._pictures = asyncio.Semaphore(_PICTURES_AT_ONCE)
        self.polling = Polling(host, name, host.options.poll_interval, self._poll, VxgError)

    async def _poll(self) -> None:
        try:
            await self._refresh_if_due()
            async for page in self._pages(self._since()):
                await self._receive(page)
        except VxgAuthenticationError as err:
            raise AccessDeniedError(str(err)) from err

    def _since(self) -> datetime:
        """Return from when on events may be new."""
        known = [since for camera in self._cameras if (since := self._host.known_since(camera.id))]
        return (self._host.last_event_at or min(known, default=self._client.now)) - OVERLAP

    async def _pages(self, since: datetime) -> AsyncIterator[list[StoredEvent]]:
        if self._channel is not None or self._shares:
            try:
                async for page in self._client.events(since):
                    yield page
            except VxgPermissionError:
                if self._channel is not None:
                    raise
                self._shares = False
            else:
                return
        for camera in self._cameras:
            async for page in self._client.events(since, camera.id):
                yield page

    async def _receive(self, page: list[StoredEvent]) -> None:
        found: dict[str, StoredEvent] = {}
        for event in page:
            since = self._host.known_since(event.camera_id)
            if since is not None and (event.time is None or event.time >= since):
                found.setdefault(event.id, event)
        messages = [self._message(event) for event in found.values()]
        new = [message for message in messages if not self._host.is_known(message)]
        new.sort(key=lambda message: message.captured_at or message.received_at)
        pictures = await asyncio.gather(*(self._picture(found[message.event_id].picture) for message in new))
        complete = [
            CloudEvent(
                camera_id=message.camera_id,
                received_at=message.received_at,
                name=message.name,
                event_id=message.event_id,
                captured_at=message.captured_at,
                meta=message.meta,
                picture=picture,
                late=message.late,
            )
            for message, picture in zip(new, pictures, strict=True)
        ]
        if complete:
            try:
                await self._host.async_receive(complete)
            except ProtocolError as err:
                raise VxgError(err.sentence) from err

    def _message(self, event: StoredEvent) -> CloudEvent:
        arrival = self._host.arrival(None)
        late = False
        if event.time is not None:
            late = self._client.now - event.time > 2 * self._host.options.poll_interval + _LATE_AFTER
        return CloudEvent(
            camera_id=event.camera_id,
            received_at=arrival.received_at,
            name=event.name,
            event_id=event.id,
            captured_at=event.time,
            meta=event.meta,
            late=late,
        )

    async def _picture(self, link: str | None) -> Picture | None:
        if link is None:
            return None
        async with self._pictures:
            try:
                return await self._client.picture(link)
            except VxgError as err:
                _LOGGER.debug("Could not fetch an event's picture: %s", err)
                return None

    # Cameras and their types of event

    async def _refresh_if_due(self) -> None:
        now = self._client.now
        if self._refreshed_at is not None and now - self._refreshed_at < _REFRESH_EVERY:
            return
        if self._channel is not None:
            self._cameras = [await self._client.camera(self._channel)]
        else:
            self._cameras = await self._client.cameras()
        # The server's clock is known now.
        since = self._client.now.replace(microsecond=0)
        for camera in self._cameras:
            try:
                checked_camera_id(camera.id, "id", ascii_only=False)
                self._host.async_ensure_camera(camera.id, DeviceDetails(name=camera.name), since)
            except ProtocolError as err:
                self._host.async_refused(err, None)
        for camera in self._cameras:
            if self._host.known_since(camera.id) is not None:
                try:
                    await self._refresh_types(camera.id)
                except (VxgPermissionError, VxgAnswerError) as err:
                    # Events come all the same; those of types that are not known are "other".
                    _LOGGER.debug("The types of event of %s are not to be had: %s", camera.id, err)
        self._refreshed_at = now

    async def _refresh_types(self, camera_id: str) -> None:
        types = await self._client.event_types(camera_id)
        await self._host.async_set_event_types(camera_id, {kind.name: settings(kind) for kind in types})


def settings(kind: EventType) -> dict[str, bool]:
    """Return a type's settings as they are remembered: only those that it has."""
    found = {"notify": kind.notify, "record": kind.record, "snapshot": kind.snapshot}
    told = {name: value for name, value in found.items() if value is not None}
    return told | {"can_be_triggered": kind.can_be_triggered}
