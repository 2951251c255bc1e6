"""Asks cameras for the plate reads that were missed, while Home Assistant was off or they were silent."""

from datetime import datetime, timedelta
import logging
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_time_interval

from ..domain.errors import ProtocolError
from ..domain.source_info import RecordedReads, RequestError
from ..hub.camera import CameraDevice
from ..hub.trigger_events import TriggerEvent, TriggerKind, signal
from ..transports.http_client import NoAnswerError
from .runtime import CameraPushConfigEntry, RuntimeData

_LOGGER = logging.getLogger(__name__)

_RETRY_EVERY: Final = timedelta(minutes=5)
# What was on its way when the connection was lost; what was told is not told again.
_OVERLAP: Final = timedelta(minutes=1)


class MissedReads:
    """Tells the missed reads of an entry's cameras: late, in their order, and each of them once."""

    def __init__(self, hass: HomeAssistant, entry: CameraPushConfigEntry, runtime: RuntimeData) -> None:
        self._hass = hass
        self._entry = entry
        self._runtime = runtime
        self._asking: set[str] = set()
        # Cameras that fell silent while they were being asked: there is more to ask for.
        self._silent_again: set[str] = set()

    @callback
    def async_start(self) -> None:
        """Ask the cameras now, and each one when it comes back; those that do not answer are asked again."""
        for end in (
            async_dispatcher_connect(self._hass, signal(TriggerKind.SILENT), self._async_silent),
            async_dispatcher_connect(self._hass, signal(TriggerKind.SENDING), self._async_sending),
            async_track_time_interval(self._hass, self._async_retry, _RETRY_EVERY, cancel_on_shutdown=True),
        ):
            self._entry.async_on_unload(end)
        for camera_id in self._runtime.hub.context.configured:
            if (camera := self._runtime.hub.cameras.get(camera_id)) is not None:
                self._note(camera)
                self._ask(camera)

    def _note(self, camera: CameraDevice) -> None:
        """Remember from when on the camera is to be asked, over restarts."""
        if camera.record.missed_since is None and self._reads_of(camera) is not None:
            camera.record.missed_since = camera.record.last_seen
            camera.async_changed()

    def _camera(self, event: TriggerEvent) -> CameraDevice | None:
        cameras = self._runtime.hub.cameras.values()
        return next((camera for camera in cameras if camera.device_id == event.device_id), None)

    @callback
    def _async_silent(self, event: TriggerEvent) -> None:
        if (camera := self._camera(event)) is not None:
            self._note(camera)
            if camera.camera_id in self._asking:
                self._silent_again.add(camera.camera_id)

    @callback
    def _async_sending(self, event: TriggerEvent) -> None:
        if (camera := self._camera(event)) is not None:
            self._ask(camera)

    @callback
    def _async_retry(self, _now: datetime) -> None:
        for camera in self._runtime.hub.cameras.values():
            # A silent one is asked when it is back.
            if camera.liveness.is_available:
                self._ask(camera)

    def _reads_of(self, camera: CameraDevice) -> RecordedReads | None:
        settings = self._runtime.hub.context.configured.get(camera.camera_id)
        return settings.recorded_reads if settings is not None else None

    def _ask(self, camera: CameraDevice) -> None:
        reads, since = self._reads_of(camera), camera.record.missed_since
        if reads is None or since is None or camera.camera_id in self._asking:
            return
        self._asking.add(camera.camera_id)
        self._silent_again.discard(camera.camera_id)
        self._entry.async_create_background_task(
            self._hass, self._tell(camera, reads, since), f"camera_push missed reads of {camera.camera_id}"
        )

    async def _tell(self, camera: CameraDevice, recorded: RecordedReads, since: datetime) -> None:
        try:
            # By the camera's clock.
            offset = camera.clock.offset or timedelta()
            for read in await recorded.fetch(since - _OVERLAP + offset):
                if camera.was_told_of(read):
                    continue
                complete = await recorded.complete(read)
                await self._runtime.receiver.async_receive([complete])
        except NoAnswerError as err:
            _LOGGER.debug("%s could not be asked for missed reads: %s", camera.name, err)
            return
        except RequestError as err:
            _LOGGER.warning("%s does not tell the reads that were missed: %s", camera.name, err)
        except ProtocolError as err:
            _LOGGER.debug("The missed reads of %s are told later: %s", camera.name, err.sentence)
            return
        finally:
            self._asking.discard(camera.camera_id)
        if camera.camera_id in self._silent_again:
            # Asked again with the next round; what was told is not told again.
            return
        camera.record.missed_since = None
        camera.async_changed()
