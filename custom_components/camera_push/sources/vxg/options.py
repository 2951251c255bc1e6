"""The options of VXG entries: how often the cloud is asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from ...const import CONF_POLL_INTERVAL
from ..options import OptionField, Options, OptionsTable
from ..selectors import seconds

_POLL_INTERVAL: Final = OptionField(key=CONF_POLL_INTERVAL, selector=seconds(5, 600), default=10)


def poll_interval(options: Options) -> timedelta:
    """Return how often the cloud is asked for events."""
    return timedelta(seconds=_POLL_INTERVAL.value(options))


OPTIONS: Final = OptionsTable(fields=(_POLL_INTERVAL,))
