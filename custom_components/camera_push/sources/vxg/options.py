"""The options of VXG entries: how often the cloud is asked, and which of its settings are switches."""

from datetime import timedelta
from typing import Final

from homeassistant.helpers.selector import TextSelector, TextSelectorConfig

from ...const import CONF_POLL_INTERVAL
from ..options import OptionField, Options, OptionsTable
from ..selectors import seconds

CONF_SWITCHED_EVENTS: Final = "switched_events"

_POLL_INTERVAL: Final = OptionField(key=CONF_POLL_INTERVAL, selector=seconds(5, 600), default=10)
_SWITCHED_EVENTS: Final = OptionField(
    key=CONF_SWITCHED_EVENTS, selector=TextSelector(TextSelectorConfig(multiple=True)), default=[]
)


def poll_interval(options: Options) -> timedelta:
    """Return how often the cloud is asked for events."""
    return timedelta(seconds=_POLL_INTERVAL.value(options))


def switched_events(options: Options) -> frozenset[str]:
    """Return the names of the event types that are to have switches."""
    return frozenset(_SWITCHED_EVENTS.value(options))


OPTIONS: Final = OptionsTable(fields=(_POLL_INTERVAL, _SWITCHED_EVENTS))
