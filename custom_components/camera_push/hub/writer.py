"""What messages leave on the disk: written before they are shown, or a few seconds later with others."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from homeassistant.core import CALLBACK_TYPE
from homeassistant.helpers.event import async_call_later

from ..storage.model import Commit
from ..storage.store import StoreError
from .camera import CameraDevice
from .effects import Effects

if TYPE_CHECKING:
    from .hub import Hub

# That a camera is alive still is written so much later, with what is to be written of others.
_DEFER_SECONDS: Final = 10


class RecordWriter:
    """Hands an entry's reactions to its store."""

    def __init__(self, hub: Hub) -> None:
        """Keep for `hub`."""
        self._hub = hub
        self._deferred: dict[str, CameraDevice] = {}
        self._waiting: CALLBACK_TYPE | None = None

    async def keep_all(
        self, reactions: Sequence[tuple[CameraDevice, Effects]]
    ) -> Sequence[BaseException | None]:
        """Return once everything is on disk that does not wait for others; of each, what went wrong."""
        if all(reaction.is_deferrable for _, reaction in reactions):
            for camera, _ in reactions:
                self._defer(camera)
            return [None] * len(reactions)
        return await asyncio.gather(
            *(self._commit(camera, reaction) for camera, reaction in reactions), return_exceptions=True
        )

    async def async_close(self) -> None:
        """Write what still waits."""
        if self._waiting is not None:
            self._waiting()
            await self._async_write_deferred()

    def _defer(self, camera: CameraDevice) -> None:
        self._deferred[camera.camera_id] = camera
        if self._waiting is None:
            self._waiting = async_call_later(self._hub.hass, _DEFER_SECONDS, self._async_write_deferred)

    async def _async_write_deferred(self, _now: datetime | None = None) -> None:
        self._waiting = None
        deferred, self._deferred = self._deferred, {}
        # One that was forgotten meanwhile must not come back.
        known = [camera for camera in deferred.values() if self._hub.cameras.get(camera.camera_id) is camera]
        errors = await asyncio.gather(
            *(self._commit(camera, Effects(durable=False)) for camera in known), return_exceptions=True
        )
        if failed := [error for error in errors if isinstance(error, StoreError)]:
            self._hub.issues.async_storage(failed[0])

    def _commit(self, camera: CameraDevice, reaction: Effects) -> asyncio.Future[None]:
        hub = self._hub
        subject = reaction.subject.subject if reaction.subject is not None else None
        return asyncio.ensure_future(
            hub.store.commit(
                Commit(
                    camera_id=camera.camera_id,
                    record=camera.record.dump(),
                    media=tuple(reaction.media),
                    key=reaction.key,
                    only=None if hub.options.store or not reaction.media else camera.shown_media,
                    durable=reaction.durable,
                    subjects={subject.id: subject.record.dump()} if subject is not None else {},
                )
            )
        )
