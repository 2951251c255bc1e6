"""Asks the cloud for stored events, and hands each on exactly once."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
import logging
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_URL
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util.hass_dict import HassKey

from ...const import DOMAIN
from ...domain.errors import ProtocolError
from ...domain.messages import CloudEvent
from ...domain.quota import ByteQuota, Reservation
from ...domain.recent_keys import RecentKeys
from ...domain.source_info import RequestError
from ...transports.contracts import Receiver
from ...transports.http_client import AccessDeniedError, answered_within, keep_by
from ..base import EntryContext
from ..local_servers import async_locate_server
from .camera_reader import CameraReader
from .cameras import AccountCameras, list_cameras
from .client import CONF_CHANNEL, cloud_client
from .links import EventLinks
from .options import poll_interval
from .protocol import StoredEvent, VxgCamera
from .rest import TIMEOUT_SECONDS, NotPermittedError
from .token import parse_url

_LOGGER = logging.getLogger(__name__)

# An event can be stored after later ones: this span is asked for again in each poll.
OVERLAP: Final = timedelta(minutes=2)
# While there is no answer, the cloud is asked less and less often.
LONGEST_INTERVAL: Final = timedelta(minutes=10)
_MAX_DOUBLINGS: Final = 10
# The pictures of pages of events, which wait in memory for each other; what is beyond is left out.
_MAX_WAITING_BYTES: Final = 64 * 1024 * 1024
# An event that we fail on is tried again, as the reason may be gone, but not for ever.
_MAX_ATTEMPTS: Final = 60
_MAX_FAILED: Final = 1000
# An event that is older than this beyond the interval is late.
_LATE_AFTER: Final = timedelta(seconds=30)


async def connect(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Ask the cloud once; raises RequestError."""
    async with answered_within(TIMEOUT_SECONDS):
        await async_locate_server(hass, entry, parse_url(entry.data[CONF_URL]))
    await list_cameras(cloud_client(hass, entry.data), entry.data.get(CONF_CHANNEL))


class VxgCoordinator(DataUpdateCoordinator[tuple[VxgCamera, ...]], Receiver):
    """Polls a cloud for the events of one channel, or of all cameras of an account; its data are these."""

    kind = "poll"
    port = None

    def __init__(self, context: EntryContext) -> None:
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
        self._context = context
        self._sink = context.sink
        self._connection = context.connection
        self._channel: str | None = context.entry.data.get(CONF_CHANNEL)
        self.cameras = AccountCameras(self.client, self._channel, self.history, self._sink)
        # Whether the account gives all cameras' events at once, as long as it did not refuse that.
        self._shares = True
        self._links = EventLinks(self.client)
        self.reader = CameraReader(self._interval, LONGEST_INTERVAL)
        self._quota = ByteQuota(_MAX_WAITING_BYTES)
        # Events that we failed on.
        self._failed = RecentKeys(_MAX_FAILED)
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
            # Without a listener, no poll is scheduled.
            self._unsubscribe()
            self._unsubscribe = None
        self._cancel_retry()
        if self._poll is not None:
            self._poll.cancel()
            await asyncio.wait([self._poll])
        await self.reader.async_close()

    @property
    @override
    def is_up(self) -> bool:
        return self._polls > 0 and self.last_update_success

    @override
    def state(self) -> dict[str, Any]:
        return {
            "answered": self.is_up,
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
        return self.cameras.listed

    async def _ask(self) -> None:
        """List the cameras if that is due, and receive new events.

        Raises UpdateFailed or ConfigEntryAuthFailed.
        """
        try:
            await self.cameras.async_list_if_due()
            await self._read()
        except AccessDeniedError as err:
            # Home Assistant stops asking then. A key that was refused by mistake is to work again by itself.
            self._retry = async_call_later(self.hass, LONGEST_INTERVAL, self._async_retry)
            raise ConfigEntryAuthFailed(
                str(err),
                translation_domain=DOMAIN,
                translation_key="access_denied",
                translation_placeholders={"entry": self.name, "error": str(err)},
            ) from err
        except (RequestError, ProtocolError) as err:
            raise UpdateFailed(
                str(err),
                translation_domain=DOMAIN,
                translation_key="not_connected",
                translation_placeholders={"entry": self.name, "error": str(err)},
            ) from err
        self.cameras.new_since = None

    async def _read(self) -> None:
        """Receive new events of all cameras; raises RequestError or ProtocolError."""
        if self._channel is None and not self._shares:
            await self._read_each()
            return
        since = self._since()
        try:
            async for page in self.client.events(since):
                await self._receive(page)
        except NotPermittedError:
            if self._channel is not None:
                raise
            self._shares = False
            await self._read_each()
        except RequestError, ProtocolError:
            # What comes later does not move the begin of what was not read.
            self.history.async_set_unread_since(since)
            raise
        else:
            self.history.async_set_unread_since(None)

    def _since(self) -> datetime:
        """Return from when on events of any camera may be new."""
        known = [since for camera in self.cameras.listed if (since := self.history.known_since(camera.id))]
        since = (self.history.last_event_at or min(known, default=self.client.now)) - OVERLAP
        begins = (since, self.cameras.new_since, self.history.unread_since)
        return min(begin for begin in begins if begin is not None)

    def _since_of(self, camera: VxgCamera) -> datetime:
        """Return from when on events of a camera may be new: those of others say nothing about that."""
        last = self.history.last_event_of(camera.id) or self.history.known_since(camera.id)
        return (last or self.client.now) - OVERLAP

    async def _read_each(self) -> None:
        """Receive new events camera by camera; raises RequestError or ProtocolError if none answers."""
        errors = await self.reader.async_read(self.cameras.listed, self._read_camera)
        failing = [self._since_of(camera) for camera in self.cameras.listed if camera.id in errors]
        self.history.async_set_unread_since(min(failing, default=None))
        if errors and len(errors) == len(self.cameras.listed):
            raise next(iter(errors.values()))

    async def _read_camera(self, camera: VxgCamera) -> None:
        async for page in self.client.events(self._since_of(camera), camera.id):
            await self._receive(page)

    async def _receive(self, page: Sequence[StoredEvent | ProtocolError]) -> None:
        events = [event for event in page if isinstance(event, StoredEvent)]
        for error in page:
            if isinstance(error, ProtocolError):
                self._sink.async_refused(error, None)
        await self.cameras.async_look_for(event.camera_id for event in events)
        found: dict[str, StoredEvent] = {}
        for event in events:
            self.cameras.recall(event)
            since = self.history.known_since(event.camera_id)
            if since is not None and (event.time is None or event.time >= since):
                found.setdefault(event.id, event)
        new = [
            message
            for event in found.values()
            if not self.history.is_known(message := self._message(event))
            and self._failed.count(message.key) < _MAX_ATTEMPTS
        ]
        new.sort(key=lambda message: message.captured_at or message.received_at)
        if not new:
            return
        memory = Reservation(self._quota)
        try:
            links = [found[message.event_id] for message in new]
            complete = await self._links.async_complete(new, links, keep_by(memory.take))
            await self._context.async_receive_each(complete, None)
        finally:
            memory.give_back_all()
        for message in new:
            if not self.history.is_known(message):
                self._failed.note(message.key)

    def _message(self, event: StoredEvent) -> CloudEvent:
        late = event.time is not None and self.client.now - event.time > 2 * self._interval + _LATE_AFTER
        return event.message(self._sink.arrival(None), late=late)


COORDINATORS: Final[HassKey[dict[str, VxgCoordinator]]] = HassKey("camera_push_vxg")
