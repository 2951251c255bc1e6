"""The options that all systems have: their table, and the parser."""

from datetime import time, timedelta
from typing import Any, Final

from homeassistant.components import webhook
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_WEBHOOK_ID, UnitOfInformation, UnitOfTime
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.selector import BooleanSelector, Selector, TimeSelector

from ..const import (
    CONF_HEARTBEAT_INTERVAL,
    CONF_HOLD_TIMES,
    CONF_KEEP_CLIP_DAYS,
    CONF_KEEP_DAYS,
    CONF_KEEP_GIB,
    CONF_KEEP_HISTORY_DAYS,
    CONF_KEEP_PERSON_DAYS,
    CONF_KEEP_PLATE_DAYS,
    CONF_LATENESS_LIMIT,
    CONF_LOCAL_ONLY,
    CONF_MAX_CAMERAS,
    CONF_MEDIA_PLACE,
    CONF_MINIMUM_PERSON_CONFIDENCE,
    CONF_MISSED_HEARTBEATS,
    CONF_PREMISES_RESET,
    CONF_RATE_OF_ALL,
    CONF_RATE_OF_ONE,
    CONF_RATES,
    CONF_STORE,
    KEY_IDENTIFICATION,
    KEY_PLATE,
)
from ..domain.options import EntryOptions, MediaPlace, default_hold_time
from ..domain.rates import RateSettings
from ..sources.base import Source
from ..sources.options import OptionField, Options, OptionSection, OptionsTable
from ..sources.selectors import dropdown, number, percent, seconds
from ..transports.urls import push_urls

_DEFAULTS: Final = EntryOptions(hold_times={})


def _field(key: str, selector: Selector[Any], **more: Any) -> OptionField:
    """Return the field of one of `EntryOptions`, of the same name and default."""
    return OptionField(key=key, selector=selector, **{"default": getattr(_DEFAULTS, key, None), **more})


_LOCAL_ONLY: Final = _field(CONF_LOCAL_ONLY, BooleanSelector())
_HEARTBEAT_INTERVAL: Final = _field(CONF_HEARTBEAT_INTERVAL, seconds())
_MISSED_HEARTBEATS: Final = _field(CONF_MISSED_HEARTBEATS, number(1, 100))
_MAX_CAMERAS: Final = _field(CONF_MAX_CAMERAS, number(1, 1000))
_STORE: Final = _field(CONF_STORE, BooleanSelector())
_KEEP_DAYS: Final = _field(CONF_KEEP_DAYS, number(1, 3650, UnitOfTime.DAYS))
_KEEP_GIB: Final = _field(CONF_KEEP_GIB, number(0.1, 10_000, UnitOfInformation.GIBIBYTES))
_MEDIA_PLACE: Final = _field(CONF_MEDIA_PLACE, dropdown(MediaPlace, CONF_MEDIA_PLACE))
_KEEP_CLIP_DAYS: Final = _field(CONF_KEEP_CLIP_DAYS, number(1, 3650, UnitOfTime.DAYS))
_KEEP_PLATE_DAYS: Final = _field(CONF_KEEP_PLATE_DAYS, number(1, 3650, UnitOfTime.DAYS))
_KEEP_PERSON_DAYS: Final = _field(CONF_KEEP_PERSON_DAYS, number(1, 3650, UnitOfTime.DAYS))
_KEEP_HISTORY_DAYS: Final = _field(CONF_KEEP_HISTORY_DAYS, number(0, 36_500, UnitOfTime.DAYS))
_LATENESS_LIMIT: Final = _field(
    CONF_LATENESS_LIMIT, seconds(), default=_DEFAULTS.lateness_limit.total_seconds()
)
_MINIMUM_CONFIDENCE: Final = _field(
    CONF_MINIMUM_PERSON_CONFIDENCE, percent(), default=round(_DEFAULTS.minimum_confidence * 100)
)
_PREMISES_RESET: Final = _field(CONF_PREMISES_RESET, TimeSelector())
_RATE_OF_ONE: Final = OptionField(
    key=CONF_RATE_OF_ONE, selector=number(1, 1000, "/s"), default=_DEFAULTS.rates.of_one, group=CONF_RATES
)
_RATE_OF_ALL: Final = OptionField(
    key=CONF_RATE_OF_ALL, selector=number(1, 5000, "/s"), default=_DEFAULTS.rates.of_all, group=CONF_RATES
)
# Those that entries have as they are stored.
_PLAIN: Final = (
    *(_LOCAL_ONLY, _MAX_CAMERAS, _MISSED_HEARTBEATS, _STORE, _KEEP_DAYS, _KEEP_GIB, _KEEP_CLIP_DAYS),
    *(_KEEP_PLATE_DAYS, _KEEP_PERSON_DAYS, _KEEP_HISTORY_DAYS),
)


def options_table(source: Source, entry: ConfigEntry) -> OptionsTable:
    """Return the options of an entry: those that all systems have, and its source's own."""
    own = source.options or OptionsTable()
    has_webhook = CONF_WEBHOOK_ID in entry.data
    hold_times = OptionSection(
        key=CONF_HOLD_TIMES,
        fields=tuple(
            OptionField(key=str(key), selector=seconds(), default=default_hold_time(key).total_seconds())
            for key in source.info.held_sensors
        ),
    )
    events = source.info.events
    return OptionsTable(
        fields=(
            _STORE,
            _KEEP_DAYS,
            _KEEP_GIB,
            _KEEP_HISTORY_DAYS,
            _MEDIA_PLACE,
            *((_PREMISES_RESET,) if KEY_PLATE in events else ()),
            *((_MINIMUM_CONFIDENCE,) if KEY_IDENTIFICATION in events else ()),
            _HEARTBEAT_INTERVAL,
            *own.fields,
        ),
        sections=tuple(
            section
            for section in (hold_times, *own.sections)
            if section.fields and (has_webhook or not section.needs_webhook)
        ),
        advanced=(
            *((_LOCAL_ONLY,) if has_webhook else ()),
            _MISSED_HEARTBEATS,
            *((_LATENESS_LIMIT,) if KEY_PLATE in events else ()),
            _KEEP_CLIP_DAYS,
            *((_KEEP_PLATE_DAYS,) if KEY_PLATE in events else ()),
            *((_KEEP_PERSON_DAYS,) if KEY_IDENTIFICATION in events else ()),
            _MAX_CAMERAS,
            *((_RATE_OF_ONE, _RATE_OF_ALL) if has_webhook else ()),
            *own.advanced,
        ),
        check=own.check,
    )


def parse_options(options: Options) -> EntryOptions:
    """Return the options that all systems have, as `entry.options` has them."""
    interval = _HEARTBEAT_INTERVAL.value(options)
    rates = options.get(CONF_RATES, {})
    return EntryOptions(
        heartbeat_interval=timedelta(seconds=interval) if interval else None,
        lateness_limit=timedelta(seconds=_LATENESS_LIMIT.value(options)),
        hold_times={key: timedelta(seconds=value) for key, value in options.get(CONF_HOLD_TIMES, {}).items()},
        media_place=MediaPlace(place) if (place := _MEDIA_PLACE.value(options)) else None,
        premises_reset=time.fromisoformat(at) if (at := _PREMISES_RESET.value(options)) else None,
        minimum_confidence=_MINIMUM_CONFIDENCE.value(options) / 100,
        rates=RateSettings(of_one=_RATE_OF_ONE.value(rates), of_all=_RATE_OF_ALL.value(rates)),
        **{field.key: field.value(options) for field in _PLAIN},
    )


def entry_urls(hass: HomeAssistant, entry: ConfigEntry) -> str:
    """Return the URLs at which an entry takes pushes, as Markdown; a dash if it has none."""
    if (webhook_id := entry.data.get(CONF_WEBHOOK_ID)) is None:
        return "-"
    return push_urls(hass, webhook_id, local_only=_LOCAL_ONLY.value(entry.options))


@callback
def replace_webhook(hass: HomeAssistant, entry: ConfigEntry, webhook_id: str) -> None:
    """Give an entry another secret URL; the old one stops working at once."""
    webhook.async_unregister(hass, entry.data[CONF_WEBHOOK_ID])
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_WEBHOOK_ID: webhook_id})
