"""The cameras of an account or channel, and their event types."""

from collections.abc import Iterable
from datetime import datetime, timedelta
import logging
from typing import Final

from ...domain.errors import ProtocolError
from ...domain.ids import checked_camera_id
from ...domain.messages import DeviceDetails
from ...transports.contracts import EventHistory, MessageSink
from ...transports.http_client import AnswerError
from .client import VxgClient
from .protocol import StoredEvent, VxgCamera
from .rest import NotPermittedError

_LOGGER = logging.getLogger(__name__)

# An account gets new cameras now and then; event types seldom change.
LIST_CAMERAS_EVERY: Final = timedelta(minutes=5)
_LIST_TYPES_EVERY: Final = timedelta(days=1)
# The server tells its clock in whole seconds.
_CLOCK_RESOLUTION: Final = timedelta(seconds=1)


async def list_cameras(client: VxgClient, channel: str | None) -> tuple[VxgCamera, ...]:
    """Return the camera of a channel, or all cameras of an account; raises RequestError."""
    return (await client.camera(channel),) if channel is not None else tuple(await client.cameras())


class AccountCameras:
    """Lists cameras, and has a device for each that the user did not delete.

    `new_since` is when the events of cameras begin that appeared since it was last taken back to None.
    """

    def __init__(
        self, client: VxgClient, channel: str | None, history: EventHistory, sink: MessageSink
    ) -> None:
        self._client = client
        self._channel = channel
        self._history = history
        self._sink = sink
        self._listed_at: datetime | None = None
        self._types_listed_at: dict[str, datetime] = {}
        # When it was noticed that the user had deleted a camera.
        self._forgotten: dict[str, datetime] = {}
        # Cameras that events name, but that are not in the list.
        self._unlisted: set[str] = set()
        self._refused: set[str] = set()
        self.listed: tuple[VxgCamera, ...] = ()
        self.new_since: datetime | None = None

    async def async_list_if_due(self) -> None:
        """List the cameras every few minutes; raises RequestError."""
        now = self._client.now
        if self._listed_at is None or now - self._listed_at >= LIST_CAMERAS_EVERY:
            self._unlisted.clear()
            await self._async_list()
        noticed_at = self._client.now + _CLOCK_RESOLUTION
        self._forgotten = {
            camera.id: self._forgotten.get(camera.id, noticed_at)
            for camera in self.listed
            if self._history.is_forgotten(camera.id)
        }

    async def async_look_for(self, camera_ids: Iterable[str]) -> None:
        """List the cameras again when events name one that is not known; raises RequestError."""
        unknown = {
            camera_id
            for camera_id in camera_ids
            if self._history.known_since(camera_id) is None and not self._history.is_forgotten(camera_id)
        }
        if self._channel is None and unknown - self._unlisted:
            await self._async_list()
            self._unlisted |= unknown

    def recall(self, event: StoredEvent) -> None:
        """Have a device again for a camera that the user deleted, when it sent an event since."""
        since = self._forgotten.get(event.camera_id)
        if since is not None and event.time is not None and event.time >= since:
            del self._forgotten[event.camera_id]
            for camera in self.listed:
                if camera.id == event.camera_id:
                    self._ensure(camera, since)

    async def async_list_types(self, camera_id: str) -> dict[str, dict[str, bool]]:
        """Return the settings of a camera's event types, and remember them; raises RequestError."""
        types = await self._client.event_types(camera_id)
        found = {kind.name: dict(kind.settings) for kind in types}
        # The user may have deleted the camera meanwhile.
        if self._history.known_since(camera_id) is not None:
            self._history.async_set_event_types(camera_id, found)
        return found

    async def _async_list(self) -> None:
        cameras = await list_cameras(self._client, self._channel)
        # The server's clock is known now.
        now = self._client.now.replace(microsecond=0)
        # A new camera can have sent events since it was not in the list.
        since = self._listed_at or now
        before = {camera.id for camera in self.listed} if self._listed_at is not None else None
        for camera in cameras:
            # A camera that the user deleted comes back when it is added to the account again.
            is_added = before is not None and camera.id not in before
            if is_added or not self._history.is_forgotten(camera.id):
                self._ensure(camera, since)
        self.listed = cameras
        self._listed_at = now
        for camera in cameras:
            listed_at = self._types_listed_at.get(camera.id)
            is_due = listed_at is None or now - listed_at >= _LIST_TYPES_EVERY
            if is_due and self._history.known_since(camera.id) is not None:
                try:
                    await self.async_list_types(camera.id)
                except (NotPermittedError, AnswerError) as err:
                    # Events come all the same; those of types that are not known are "other".
                    _LOGGER.debug("The event types of %s are not to be had: %s", camera.id, err)
                self._types_listed_at[camera.id] = now

    def _ensure(self, camera: VxgCamera, since: datetime) -> None:
        is_new = self._history.known_since(camera.id) is None
        try:
            checked_camera_id(camera.id, "id", ascii_only=False)
            self._history.async_ensure_camera(camera.id, DeviceDetails(name=camera.name), since)
        except ProtocolError as err:
            if camera.id not in self._refused:
                self._refused.add(camera.id)
                self._sink.async_refused(err, None)
            return
        if is_new:
            self._types_listed_at.pop(camera.id, None)
            self.new_since = min(since, self.new_since or since)
