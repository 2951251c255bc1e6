"""How much happened in each hour, as statistics that Home Assistant's graphs draw: from the history."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import accumulate
import logging
from typing import Final

from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.models import StatisticData, StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import (
    async_add_external_statistics,
    statistics_during_period,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.start import async_at_started
from homeassistant.setup import async_when_setup
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..domain.history import EventFilter, EventKind
from ..entry.runtime import RuntimeData
from ..storage.library import LibraryError

_LOGGER = logging.getLogger(__name__)

_RECORDER: Final = "recorder"
_HOUR: Final = timedelta(hours=1)
_EVERY: Final = timedelta(minutes=5)
# At first, the statistics are made of so much of the history; then of what may still change.
_FIRST_HOURS: Final = 30 * 24
_HOURS: Final = 48
# As Home Assistant's own pages call the statistics.
_NAMES: Final = {
    EventKind.VISIT: "Camera Push: vehicles",
    EventKind.IDENTIFICATION: "Camera Push: persons",
    EventKind.ALARM: "Camera Push: alarms",
    EventKind.CLOUD_EVENT: "Camera Push: cloud events",
}


def statistic_id(kind: EventKind) -> str:
    """Return the id of the statistic that counts a kind of event."""
    return f"{DOMAIN}:{kind}"


@callback
def async_keep_counts(hass: HomeAssistant) -> None:
    """Keep the statistics up to date, where Home Assistant has any."""

    async def recorder_set_up(hass: HomeAssistant, _component: str) -> None:
        async def update(now: datetime) -> None:
            await async_update_counts(hass, now)

        async def started(hass: HomeAssistant) -> None:
            await update(dt_util.utcnow())

        async_track_time_interval(hass, update, _EVERY, cancel_on_shutdown=True)
        async_at_started(hass, started)

    async_when_setup(hass, _RECORDER, recorder_set_up)


async def async_update_counts(hass: HomeAssistant, now: datetime) -> None:
    """Count the last hours anew: what came late belongs to them, and the current one is not over."""
    if not hass.config_entries.async_loaded_entries(DOMAIN):
        return
    end = dt_util.as_utc(now).replace(minute=0, second=0, microsecond=0) + _HOUR
    before = await get_instance(hass).async_add_executor_job(
        statistics_during_period,
        hass,
        end - 2 * _HOURS * _HOUR,
        end - _HOURS * _HOUR,
        {statistic_id(kind) for kind in EventKind},
        "hour",
        None,
        {"sum"},
    )
    hours = _HOURS if before else _FIRST_HOURS
    start = end - hours * _HOUR
    try:
        counts = await _counts(hass, start, hours)
    except LibraryError as err:
        _LOGGER.debug("The history cannot be counted: %s", err)
        return
    for kind, of_hours in counts.items():
        rows = before.get(statistic_id(kind), [])
        _add(hass, kind, start, of_hours, rows[-1]["sum"] or 0.0 if rows else 0.0)


async def _counts(hass: HomeAssistant, start: datetime, hours: int) -> Mapping[EventKind, list[int]]:
    """Return how many events of each kind there were in each hour, in all entries."""
    counts = {kind: [0] * hours for kind in EventKind}
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        runtime: RuntimeData = entry.runtime_data
        found = await runtime.store.library.event_summary(EventFilter(), start, start + hours * _HOUR, hours)
        for hour, slot in enumerate(found.slots):
            for kind, of_hours in counts.items():
                of_hours[hour] += slot[kind]
    return counts


@callback
def _add(hass: HomeAssistant, kind: EventKind, start: datetime, counts: list[int], total: float) -> None:
    metadata = StatisticMetaData(
        mean_type=StatisticMeanType.NONE,
        has_sum=True,
        name=_NAMES[kind],
        source=DOMAIN,
        statistic_id=statistic_id(kind),
        unit_class=None,
        unit_of_measurement=None,
    )
    sums = list(accumulate(counts, initial=total))[1:]
    async_add_external_statistics(
        hass,
        metadata,
        [
            StatisticData(start=start + hour * _HOUR, state=count, sum=number)
            for hour, (count, number) in enumerate(zip(counts, sums, strict=True))
        ],
    )
