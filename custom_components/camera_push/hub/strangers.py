"""Visits that have settled: whoever was there is counted, and told if nobody knows them.

The first reading of a car may be a misread one of the family's. So a visit is judged once it is over, or its
best reading has not changed for some seconds.
"""

from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, CoreState, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.singleton import singleton
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..domain.seen import Seen, SeenLog
from ..domain.visits import Visit
from .camera import CameraDevice
from .known_plates import known_plates
from .trigger_events import TriggerEvent, TriggerKind, async_send_trigger_event

SETTLES_AFTER_SECONDS: Final = 5
PLATE: Final = "plate "
PROFILE: Final = "profile "
# Visits that wait to be judged.
_MAX_PENDING: Final = 256

_STORE_VERSION: Final = 1
_SAVE_AFTER_SECONDS: Final = 30


class Strangers:
    """Counts visits once they have settled, over all entries, and tells of those by strangers."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.log = SeenLog()
        self._hass = hass
        self._store: Store[dict[str, Any]] = Store(hass, _STORE_VERSION, f"{DOMAIN}.seen")
        self._pending: dict[int, tuple[CameraDevice, Visit, CALLBACK_TYPE]] = {}
        self._is_loaded = False

    async def async_load(self) -> None:
        """Read who was seen before."""
        if self._is_loaded:
            return
        # Entries that are set up side by side wait for the same reading.
        stored = await self._store.async_load()
        if not self._is_loaded and stored is not None:
            self.log = SeenLog.load(stored)
        self._is_loaded = True

    async def async_forget(self) -> None:
        """Forget who was seen, also on the disk: the last entry is gone."""
        self.log = SeenLog()
        await self._store.async_remove()

    def before(self, key: str) -> dict[str, Any]:
        """Return how often somebody was there until now."""
        seen = self.log.find(key)
        return {"first_time": seen is None, "visits": seen.visits if seen is not None else 0}

    @callback
    def async_start(self, camera: CameraDevice) -> None:
        """Take over from before a restart whom a camera saw last, and which visits wait to be judged."""
        for key, values in camera.record.seen.items():
            with suppress(KeyError, TypeError, ValueError):
                self.log.merge(key, Seen.load(values))
        for visit in camera.visits.unsettled():
            # Before, no automation listens.
            cancel = async_at_started(self._hass, partial(self._resume, camera, visit))
            if not visit.is_settled:
                self._pending.setdefault(id(visit), (camera, visit, cancel))

    @callback
    def _resume(self, camera: CameraDevice, visit: Visit, _hass: HomeAssistant) -> None:
        if dt_util.utcnow() - visit.last_message_at > camera.context.options.lateness_limit:
            # What happened then sets nothing off any more.
            self._pending.pop(id(visit), None)
            self._settle(camera, visit, is_late=True)
        else:
            self._wait(camera, visit)

    @callback
    def async_stop(self, camera: CameraDevice) -> None:
        """Judge no visit of a camera any more; its record has those that wait."""
        for number, (its, _, cancel) in list(self._pending.items()):
            if its is camera:
                del self._pending[number]
                cancel()

    @callback
    def async_judge(self, camera: CameraDevice, visit: Visit, *, is_over: bool) -> None:
        """Judge a visit if it is over, else once its best reading is stable."""
        if visit.is_settled or visit.unsettled is None:
            return
        self._cancel(visit)
        if is_over or not visit.identity or len(self._pending) >= _MAX_PENDING:
            self._settle(camera, visit)
        else:
            self._wait(camera, visit)

    @callback
    def async_excuse(self, visit: Visit) -> None:
        """Tell nothing of a visit that waits to be judged: it is somebody's who was recognised meanwhile."""
        if visit.unsettled is not None:
            self._cancel(visit)
            visit.settle()

    def _cancel(self, visit: Visit) -> None:
        if (waiting := self._pending.pop(id(visit), None)) is not None:
            waiting[2]()

    def _wait(self, camera: CameraDevice, visit: Visit) -> None:
        job = HassJob(partial(self._elapsed, camera, visit), cancel_on_shutdown=True)
        cancel = async_call_later(self._hass, timedelta(seconds=SETTLES_AFTER_SECONDS), job)
        self._pending[id(visit)] = (camera, visit, cancel)

    @callback
    def _elapsed(self, camera: CameraDevice, visit: Visit, _now: object) -> None:
        del self._pending[id(visit)]
        self._settle(camera, visit)

    @callback
    def _settle(self, camera: CameraDevice, visit: Visit, *, is_late: bool = False) -> None:
        if (what := visit.settle()) is None:
            return
        before = seen = None
        if what.key is not None:
            before = self.log.find(what.key)
            at = visit.last_message_at if is_late else dt_util.utcnow()
            visit_of_today = Seen(
                shown=what.shown,
                camera=camera.name,
                first_at=at,
                last_at=at,
                day=dt_util.as_local(at).date(),
                picture=what.data.get("picture"),
            )
            seen = self.log.add(what.key, visit_of_today)
            camera.record.note_seen(what.key, seen.dump())
            # A save that is put off after the last write never comes; Home Assistant is not running by then.
            if self._hass.state in (CoreState.starting, CoreState.running, CoreState.stopping):
                self._store.async_delay_save(self.log.dump, _SAVE_AFTER_SECONDS)
        camera.async_changed()
        if what.is_known or is_late:
            return
        async_send_trigger_event(
            self._hass,
            TriggerEvent(
                kind=TriggerKind(what.kind),
                device_id=camera.device_id,
                data={**what.data, **_history(before, seen)},
            ),
        )


def _history(before: Seen | None, seen: Seen | None) -> dict[str, Any]:
    return {
        "first_time": before is None if seen is not None else None,
        "visits": seen.visits - 1 if seen is not None else None,
        "visits_today": seen.visits_of_day if seen is not None else None,
        "last_visit_at": before.last_at.isoformat(timespec="milliseconds") if before is not None else None,
    }


@callback
def unknown_plates(hass: HomeAssistant, limit: int) -> list[Seen]:
    """Return the plates seen lately that are no known vehicle's, the latest first."""
    plates = known_plates(hass)
    latest = (seen for plate, seen in strangers(hass).log.latest(PLATE) if not plates.knows(plate))
    return list(islice(latest, limit))


_KEY: Final[HassKey[Strangers]] = HassKey(f"{DOMAIN}_strangers")


@callback
@singleton(_KEY)
def strangers(hass: HomeAssistant) -> Strangers:
    """Return what counts visits, for all entries."""
    return Strangers(hass)
