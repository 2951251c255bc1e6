"""Visits that have settled: whoever was there is counted, and told if nobody knows them.

The first reading of a car may be a misread one of the family's. So a visit is judged once it is over, or its
best reading has not changed for some seconds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, CoreState, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..domain.seen import Seen, SeenLog
from ..domain.visits import Visit
from .trigger_events import TriggerEvent, TriggerKind, async_send_trigger_event

SETTLES_AFTER_SECONDS: Final = 5
PLATE: Final = "plate "
PROFILE: Final = "profile "
# In a visit's `acted`: it was counted, and told if it was a stranger's.
_SETTLED: Final = "settled"
# What is kept of a visit's best reading until it settles.
_MAX_PENDING: Final = 256

_STORE_VERSION: Final = 1
_SAVE_AFTER_SECONDS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """What a visit is, as far as is known: the best reading's `key`, how it is shown and where it was.

    `data` is what triggers are told. `is_known` tells that it is somebody whom the user knows. Where nobody
    can tell whether it was the same one before, `key` is None. `changed` has the visit kept over a restart.
    """

    key: str | None
    shown: str
    camera: str
    device_id: str
    data: Mapping[str, Any]
    is_known: bool
    kind: TriggerKind
    changed: Callable[[], None]


class Strangers:
    """Counts visits once they have settled, over all entries, and tells of those by strangers."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.log = SeenLog()
        self._hass = hass
        self._store: Store[dict[str, Any]] = Store(hass, _STORE_VERSION, f"{DOMAIN}.seen")
        self._pending: dict[int, tuple[Visit, Settling, CALLBACK_TYPE]] = {}
        self._is_loaded = False

    async def async_load(self) -> None:
        """Read who was seen before."""
        if self._is_loaded:
            return
        self._is_loaded = True
        stored = await self._store.async_load()
        if stored is not None:
            self.log = SeenLog.load(stored)

    def before(self, key: str) -> dict[str, Any]:
        """Return how often somebody was there until now."""
        seen = self.log.find(key)
        return {"first_time": seen is None, "visits": seen.visits if seen is not None else 0}

    @callback
    def async_note(self, visit: Visit, settling: Settling, *, is_better: bool, is_over: bool) -> None:
        """Take over what a message says of a visit, and judge the visit if it is over."""
        if _SETTLED in visit.acted:
            return
        waiting = self._pending.pop(id(visit), None)
        if waiting is not None:
            _, before, cancel = waiting
            cancel()
            # Whoever was recognised once in a visit is no stranger, whatever is read of them later.
            if before.is_known or not (settling.is_known or is_better):
                settling = before
        if is_over or not visit.identity or len(self._pending) >= _MAX_PENDING:
            self._settle(visit, settling)
            return
        job = HassJob(partial(self._elapsed, visit), cancel_on_shutdown=True)
        self._pending[id(visit)] = (
            visit,
            settling,
            async_call_later(self._hass, timedelta(seconds=SETTLES_AFTER_SECONDS), job),
        )

    @callback
    def async_excuse(self, visit: Visit) -> None:
        """Tell nothing of a visit that waits to be judged: it is somebody's who was recognised meanwhile."""
        if (waiting := self._pending.pop(id(visit), None)) is not None:
            waiting[2]()
            visit.acted.add(_SETTLED)

    @callback
    def _elapsed(self, visit: Visit, _now: object) -> None:
        _, settling, _ = self._pending.pop(id(visit))
        self._settle(visit, settling)

    @callback
    def _settle(self, visit: Visit, settling: Settling) -> None:
        visit.acted.add(_SETTLED)
        settling.changed()
        before = seen = None
        if settling.key is not None:
            before = self.log.find(settling.key)
            at = dt_util.utcnow()
            visit_of_today = Seen(
                shown=settling.shown,
                camera=settling.camera,
                first_at=at,
                last_at=at,
                day=dt_util.as_local(at).date(),
                picture=settling.data.get("picture"),
            )
            seen = self.log.add(settling.key, visit_of_today)
            # A save that is put off after the last write never comes; Home Assistant is not running by then.
            if self._hass.state in (CoreState.starting, CoreState.running, CoreState.stopping):
                self._store.async_delay_save(self.log.dump, _SAVE_AFTER_SECONDS)
        if settling.is_known:
            return
        async_send_trigger_event(
            self._hass,
            TriggerEvent(
                kind=settling.kind,
                device_id=settling.device_id,
                data={**settling.data, **_history(before, seen)},
            ),
        )


def _history(before: Seen | None, seen: Seen | None) -> dict[str, Any]:
    return {
        "first_time": before is None if seen is not None else None,
        "visits": seen.visits - 1 if seen is not None else None,
        "visits_today": seen.visits_of_day if seen is not None else None,
        "last_visit_at": before.last_at.isoformat(timespec="milliseconds") if before is not None else None,
    }


_KEY: Final[HassKey[Strangers]] = HassKey(f"{DOMAIN}_strangers")


@callback
def strangers(hass: HomeAssistant) -> Strangers:
    """Return what counts visits, for all entries."""
    if (found := hass.data.get(_KEY)) is None:
        found = hass.data[_KEY] = Strangers(hass)
    return found
