"""What a platform's source may know: its cameras, their former events, and what was remembered for it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from homeassistant.core import callback

from ..const import KEY_CLOUD_EVENT
from ..domain.messages import CloudEvent, DeviceDetails, Identification
from ..domain.platform_names import PlatformNames
from ..storage.store import Store, StoreError
from .camera import CameraDevice
from .context import HubContext
from .known_devices import KnownDevices
from .signals import EVENT_TYPES, event_key

# Settings of the entry in its store.
_NAMES: Final = "names"
_UNREAD: Final = "unread_since"


class PlatformHistory:
    """The history of an entry as its source sees it (`EventHistory`)."""

    def __init__(
        self,
        context: HubContext,
        store: Store,
        cameras: Mapping[str, CameraDevice],
        known: KnownDevices,
        ensure: Callable[[str, DeviceDetails, datetime], None],
    ) -> None:
        """Have `ensure` make a device for a camera that has none; it raises ProtocolError if it may not."""
        self._context = context
        self._store = store
        self._cameras = cameras
        # Cameras that the user deleted, and that sent nothing since.
        self.forgotten: set[str] = set()
        self._known = known
        self._ensure = ensure
        self._unread_since: datetime | None = None

    @callback
    def async_start(self, settings: Mapping[str, str]) -> None:
        """Take over what was remembered."""
        with suppress(ValueError):
            self._unread_since = datetime.fromisoformat(settings.get(_UNREAD, "")).astimezone(UTC)
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            self._known.names = PlatformNames.load(settings.get(_NAMES, ""))

    @callback
    def _async_write(self, name: str, value: str) -> None:
        """Have a setting written, before anything that is told from now on."""
        self._context.entry.async_create_task(self._context.hass, self._write(name, value), eager_start=True)

    async def _write(self, name: str, value: str) -> None:
        # No alarm has to wait for a disk that does not take it.
        with suppress(StoreError):
            await self._store.put_setting(name, value)

    @property
    def last_event_at(self) -> datetime | None:
        """Return when the latest event happened, by the sender's clock; None without one."""
        return max(
            (camera.record.last_event_at for camera in self._cameras.values() if camera.record.last_event_at),
            default=None,
        )

    def last_event_of(self, camera_id: str) -> datetime | None:
        """Return when the latest event of a camera happened, by the sender's clock; None without one."""
        camera = self._cameras.get(camera_id)
        return camera.record.last_event_at if camera is not None else None

    @property
    def unread_since(self) -> datetime | None:
        """Return from when on events are still to be asked for, None if none were missed."""
        return self._unread_since

    @callback
    def async_set_unread_since(self, since: datetime | None) -> None:
        """Remember over a restart from when on events are still to be asked for."""
        if since != self._unread_since:
            self._unread_since = since
            self._async_write(_UNREAD, since.isoformat() if since is not None else "")

    @property
    def profiles(self) -> Sequence[str]:
        """Return the profiles that were seen lately, or are known persons'."""
        return self._known.all_profiles

    @property
    def names(self) -> PlatformNames:
        """Return the names that the platform gave profiles and watchlists."""
        return self._known.names

    @callback
    def async_set_names(self, names: PlatformNames) -> None:
        """Remember the names that the platform gave profiles and watchlists."""
        if names != self._known.names:
            self._known.names = names
            self._async_write(_NAMES, names.dump())

    def is_known(self, message: Identification | CloudEvent) -> bool:
        """Tell whether a message was received before."""
        camera = self._cameras.get(message.camera_id)
        return camera is not None and camera.knows(message.key)

    def is_forgotten(self, camera_id: str) -> bool:
        """Tell whether the user deleted a camera, and it sent nothing since."""
        return camera_id in self.forgotten

    def known_since(self, camera_id: str) -> datetime | None:
        """Return from when on a camera's events count, None if it is not known."""
        camera = self._cameras.get(camera_id)
        return camera.record.known_since if camera is not None else None

    @callback
    def async_ensure_camera(self, camera_id: str, details: DeviceDetails, since: datetime) -> None:
        """Have a device for a camera before its first event; events before `since` do not count.

        Raises ProtocolError when the limit of cameras is reached.
        """
        self._ensure(camera_id, details, since)

    def event_types(self, camera_id: str) -> Mapping[str, Mapping[str, bool]]:
        """Return the settings of a camera's event types, by their names."""
        camera = self._cameras.get(camera_id)
        return camera.record.event_types if camera is not None else {}

    @callback
    def async_set_event_types(self, camera_id: str, types: dict[str, dict[str, bool]]) -> None:
        """Remember the event types that a camera supports, and their settings."""
        camera = self._cameras[camera_id]
        if camera.record.event_types == types:
            return
        camera.record.event_types = types
        camera.async_notify(event_key(KEY_CLOUD_EVENT))
        camera.async_notify(EVENT_TYPES)
        camera.async_changed()
