"""Asks the cloud for stored events, and hands each on exactly once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
import logging
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util.hass_dict import HassKey

from ...domain.errors import ProtocolError
from ...domain.ids import checked_camera_id
from ...domain.messages import CloudEvent, DeviceDetails
from ...transports.contracts import AccessDeniedError, Receiver
from ..base import EntryContext
from .client import (
    CONF_CHANNEL,
    VxgAnswerError,
    VxgAuthenticationError,
    VxgClient,
    VxgError,
    VxgPermissionError,
    cloud_client,
)
from .options import poll_interval
from .protocol import StoredEvent, VxgCamera

_LOGGER = logging.getLogger(__name__)

# An event can be stored after later ones: so much is asked for again each time.
OVERLAP: Final = timedelta(minutes=2)
# While there is no answer, the cloud is asked less and less often.
LONGEST_INTERVAL: Final = timedelta(minutes=10)
_MAX_DOUBLINGS: Final = 10
# An account gets new cameras now and then; event types seldom change.
_LIST_CAMERAS_EVERY: Final = timedelta(minutes=5)
_LIST_TYPES_EVERY: Final = timedelta(days=1)
_PICTURES_AT_ONCE: Final = 8
# Older than this beyond the interval, an event is not about now.
_LATE_AFTER: Final = timedelta(seconds=30)


async def connect(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Ask the cloud once; raises AccessDeniedError or ConnectionError."""
    try:
        await list_cameras(cloud_client(hass, entry.data), entry.data.get(CONF_CHANNEL))
    except VxgAuthenticationError as err:
        raise AccessDeniedError(str(err)) from err
    except VxgError as err:
        raise ConnectionError(str(err)) from err


async def list_cameras(client: VxgClient, channel: str | None) -> tuple[VxgCamera, ...]:
    """Return the camera of a channel, or all cameras of an account; raises VxgError."""
    return (await client.camera(channel),) if channel is not None else tuple(await client.cameras())


class VxgCoordinator(DataUpdateCoordinator[tuple[VxgCamera, ...]], Receiver):
    """Polls a cloud for the events of one channel, or of all cameras of an account; its data are these."""

    kind = "poll"
    port = None

    def __init__(self, context: EntryContext) -> None:
        """Poll for an entry."""
        self._interval = poll_interval(context.entry.options)
        super().__init__(
            context.hass,
            _LOGGER,
            config_entry=context.entry,
            name=context.entry.title,
            update_interval=self._interval,
            always_update=False,
        )
        self.history = context.history
        self.client = cloud_client(context.hass, context.entry.data)
        self._entry = context.entry
        self._sink = context.sink
        self._connection = context.connection
        self._channel: str | None = context.entry.data.get(CONF_CHANNEL)
        self._cameras: tuple[VxgCamera, ...] = ()
        self._listed_at: datetime | None = None
        self._types_listed_at: dict[str, datetime] = {}
        # Where events of cameras that are new begin, if that is further back than those of others.
        self._new_since: datetime | None = None
        # When it was noticed that the user had deleted a camera.
        self._forgotten: dict[str, datetime] = {}
        # Cameras that events name, but that are not to be had.
        self._unknown: set[str] = set()
        self._refused: set[str] = set()
        # Whether the account gives all cameras' events at once, as long as it did not refuse that.
        self._shares = True
        self._pictures = asyncio.Semaphore(_PICTURES_AT_ONCE)
        self._unsubscribe: CALLBACK_TYPE | None = None
        self._retry: CALLBACK_TYPE | None = None
        self._poll: asyncio.Task[Any] | None = None
        self._failures = 0
        self._polls = 0

    # As a receiver

    @override
    async def async_open(self) -> None:
        self.hass.data.setdefault(COORDINATORS, {})[self._entry.entry_id] = self
        self._unsubscribe = self.async_add_listener(self._async_answered)
        self._entry.async_create_background_task(self.hass, self.async_refresh(), f"{self.name} first poll")

    @override
    async def async_close(self) -> None:
        self.hass.data.get(COORDINATORS, {}).pop(self._entry.entry_id, None)
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._cancel_retry()
        await self.async_shutdown()
        if self._poll is not None:
            self._poll.cancel()
            await asyncio.wait([self._poll])

    @override
    def state(self) -> dict[str, Any]:
        return {
            "answered": self._polls > 0 and self.last_update_success,
            "polls": self._polls,
            "interval": (self.update_interval or self._interval).total_seconds(),
            "error": None if self.last_update_success else str(self.last_exception),
        }

    def _cancel_retry(self) -> None:
        if self._retry is not None:
            self._retry()
            self._retry = None

    async def _async_retry(self, _now: datetime) -> None:
        self._retry = None
        await self.async_refresh()

    @callback
    def _async_answered(self) -> None:
        self._connection.async_connected(is_connected=self.last_update_success)

    # Polling

    @override
    async def _async_update_data(self) -> tuple[VxgCamera, ...]:
        self._poll = asyncio.current_task()
        self._cancel_retry()
        try:
            await self._ask()
        except Exception:
            self._failures = min(self._failures + 1, _MAX_DOUBLINGS)
            longest = max(LONGEST_INTERVAL, self._interval)
            self.update_interval = min(self._interval * 2**self._failures, longest)
            raise
        finally:
            self._poll = None
        self._failures = 0
        self.update_interval = self._interval
        self._polls += 1
        return self._cameras

    async def _ask(self) -> None:
        """List the cameras if that is due, and receive new events; raises what Home Assistant understands."""
        try:
            await self._list_if_due()
            async for page in self._pages(self._since()):
                await self._receive(page)
        except VxgAuthenticationError as err:
            # Home Assistant stops asking then. A key that was refused by mistake is to work again by itself.
            self._retry = async_call_later(self.hass, LONGEST_INTERVAL, self._async_retry)
            raise ConfigEntryAuthFailed(str(err)) from err
        except VxgError as err:
            raise UpdateFailed(str(err)) from err
        except ProtocolError as err:
            raise UpdateFailed(err.sentence) from err
        self._new_since = None

    def _since(self) -> datetime:
        """Return from when on events may be new."""
        known = [since for camera in self._cameras if (since := self.history.known_since(camera.id))]
        since = (self.history.last_event_at or min(known, default=self.client.now)) - OVERLAP
        return min(since, self._new_since) if self._new_since is not None else since

    async def _pages(self, since: datetime) -> AsyncIterator[list[StoredEvent]]:
        if self._channel is not None or self._shares:
            try:
                async for page in self.client.events(since):
                    yield page
            except VxgPermissionError:
                if self._channel is not None:
                    raise
                self._shares = False
            else:
                return
        for camera in self._cameras:
            async for page in self.client.events(since, camera.id):
                yield page

    async def _receive(self, page: Sequence[StoredEvent]) -> None:
        await self._look_for(event.camera_id for event in page)
        found: dict[str, StoredEvent] = {}
        for event in page:
            self._recall(event)
            since = self.history.known_since(event.camera_id)
            if since is not None and (event.time is None or event.time >= since):
                found.setdefault(event.id, event)
        messages = [self._message(event) for event in found.values()]
        new = [message for message in messages if not self.history.is_known(message)]
        new.sort(key=lambda message: message.captured_at or message.received_at)
        if new:
            links = [found[message.event_id].picture for message in new]
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(self._with_picture(message, link))
                    for message, link in zip(new, links, strict=True)
                ]
            await self._sink.async_receive([task.result() for task in tasks])

    def _message(self, event: StoredEvent) -> CloudEvent:
        late = event.time is not None and self.client.now - event.time > 2 * self._interval + _LATE_AFTER
        return event.message(self._sink.arrival(None), late=late)

    async def _with_picture(self, message: CloudEvent, link: str | None) -> CloudEvent:
        if link is None:
            return message
        async with self._pictures:
            try:
                return replace(message, picture=await self.client.picture(link))
            except VxgError as err:
                _LOGGER.debug("Could not fetch an event's picture: %s", err)
                return message

    # Cameras and their event types

    async def _list_if_due(self) -> None:
        now = self.client.now
        if self._listed_at is None or now - self._listed_at >= _LIST_CAMERAS_EVERY:
            self._unknown.clear()
            await self._list()
        # The server tells its clock in whole seconds.
        later = self.client.now + timedelta(seconds=1)
        self._forgotten = {
            camera.id: self._forgotten.get(camera.id, later)
            for camera in self._cameras
            if self.history.is_forgotten(camera.id)
        }

    async def _list(self) -> None:
        """List the account's cameras, have a device for each, and list the event types of new ones."""
        cameras = await list_cameras(self.client, self._channel)
        # The server's clock is known now.
        now = self.client.now.replace(microsecond=0)
        # A new camera can have sent events since it was not in the list.
        since = self._listed_at or now
        before = {camera.id for camera in self._cameras} if self._listed_at is not None else None
        for camera in cameras:
            # A camera that the user deleted comes back when it is added to the account again.
            is_added = before is not None and camera.id not in before
            if is_added or not self.history.is_forgotten(camera.id):
                self._ensure(camera, since)
        self._cameras = cameras
        self._listed_at = now
        for camera in cameras:
            listed_at = self._types_listed_at.get(camera.id)
            is_due = listed_at is None or now - listed_at >= _LIST_TYPES_EVERY
            if is_due and self.history.known_since(camera.id) is not None:
                await self._list_types(camera.id)
                self._types_listed_at[camera.id] = now

    def _ensure(self, camera: VxgCamera, since: datetime) -> None:
        is_new = self.history.known_since(camera.id) is None
        try:
            checked_camera_id(camera.id, "id", ascii_only=False)
            self.history.async_ensure_camera(camera.id, DeviceDetails(name=camera.name), since)
        except ProtocolError as err:
            if camera.id not in self._refused:
                self._refused.add(camera.id)
                self._sink.async_refused(err, None)
            return
        if is_new:
            self._types_listed_at.pop(camera.id, None)
            self._new_since = min(since, self._new_since or since)

    async def _list_types(self, camera_id: str) -> None:
        try:
            types = await self.client.event_types(camera_id)
        except (VxgPermissionError, VxgAnswerError) as err:
            # Events come all the same; those of types that are not known are "other".
            _LOGGER.debug("The event types of %s are not to be had: %s", camera_id, err)
            return
        await self.history.async_set_event_types(
            camera_id, {kind.name: dict(kind.settings) for kind in types}
        )

    async def _look_for(self, camera_ids: Iterable[str]) -> None:
        """List the cameras again if events name one that is not known."""
        if self._channel is not None:
            return
        unknown = {
            camera_id
            for camera_id in camera_ids
            if self.history.known_since(camera_id) is None and not self.history.is_forgotten(camera_id)
        }
        if unknown - self._unknown:
            await self._list()
            self._unknown |= unknown

    def _recall(self, event: StoredEvent) -> None:
        """Have a device again for a camera that the user deleted, when it sent an event since."""
        since = self._forgotten.get(event.camera_id)
        if since is not None and event.time is not None and event.time >= since:
            del self._forgotten[event.camera_id]
            camera = next(camera for camera in self._cameras if camera.id == event.camera_id)
            self._ensure(camera, since)


COORDINATORS: Final[HassKey[dict[str, VxgCoordinator]]] = HassKey("camera_push_vxg")
