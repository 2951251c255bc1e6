"""Keeps an entry's ports open: tells when one cannot be, and tries again."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
import logging
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant
from homeassistant.helpers.event import async_track_time_interval

from ..transports.contracts import Receiver

_LOGGER = logging.getLogger(__name__)

_RETRY_EVERY: Final = timedelta(minutes=1)

type Report = Callable[[str, int | None, OSError | None], None]


class Receivers:
    """The receivers of one entry besides its webhook."""

    def __init__(self, hass: HomeAssistant, receivers: Sequence[Receiver], report: Report) -> None:
        """Tell `report` of each receiver's kind and port, and the error if it could not be opened."""
        self._hass = hass
        self._receivers = receivers
        self._report = report
        self._closed: list[Receiver] = []
        self._opening = asyncio.Lock()
        self._retrying: CALLBACK_TYPE | None = None

    async def async_open(self) -> None:
        """Open all ports that can be opened; the others are tried again every minute."""
        self._closed = list(self._receivers)
        await self._async_open()
        if self._closed:
            self._retrying = async_track_time_interval(self._hass, self._async_open, _RETRY_EVERY)

    async def _async_open(self, _now: datetime | None = None) -> None:
        async with self._opening:
            for receiver in tuple(self._closed):
                try:
                    await receiver.async_open()
                except OSError as err:
                    _LOGGER.debug("Port %s cannot be opened: %s", receiver.port, err)
                    self._report(receiver.kind, receiver.port, err)
                    continue
                self._closed.remove(receiver)
                self._report(receiver.kind, receiver.port, None)
        if not self._closed:
            self._stop_retrying()

    def _stop_retrying(self) -> None:
        if self._retrying is not None:
            self._retrying()
            self._retrying = None

    async def async_close(self) -> None:
        """Close all ports; one that cannot be closed keeps none of the others open."""
        self._stop_retrying()
        async with self._opening:
            self._closed.clear()
            for receiver in self._receivers:
                try:
                    await receiver.async_close()
                except Exception:
                    _LOGGER.exception("Error while closing the %s receiver", receiver.kind)

    def up(self) -> list[bool]:
        """Return of each receiver whether it is open, or its connection is there."""
        return [receiver.is_up for receiver in self._receivers]

    def state(self) -> dict[str, Any]:
        """Return what there is to know about the ports, for diagnostics."""
        return {receiver.kind: {"port": receiver.port, **receiver.state()} for receiver in self._receivers}
