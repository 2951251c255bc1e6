"""Keeps an entry's ports open, over its reloads too: tells when one cannot be, and tries again."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
import logging
from typing import Any, Final

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.util.hass_dict import HassKey

from ..transports.contracts import Receiver

_LOGGER = logging.getLogger(__name__)

_RETRY_EVERY: Final = timedelta(minutes=1)
# Receivers wait for the entry to be set up again for so long.
PAUSE_SECONDS: Final = 30

type Report = Callable[[str, int | None, OSError | None], None]


class _PausedReceivers:
    """The receivers of an entry that is being reloaded: they are closed if it is not set up again in time."""

    def __init__(self, hass: HomeAssistant, entry_id: str, receivers: Sequence[Receiver]) -> None:
        self._hass = hass
        self._entry_id = entry_id
        self._receivers = receivers
        self._stop = (
            async_call_later(hass, PAUSE_SECONDS, self._async_close),
            hass.bus.async_listen(EVENT_HOMEASSISTANT_FINAL_WRITE, self._async_close),
        )
        hass.data.setdefault(_PAUSED, {})[entry_id] = self

    def take(self) -> Sequence[Receiver]:
        """Return the receivers, which do not wait any longer."""
        for stop in self._stop:
            stop()
        del self._hass.data[_PAUSED][self._entry_id]
        return self._receivers

    async def _async_close(self, _: datetime | Event) -> None:
        for receiver in self.take():
            await _async_close(receiver)


_PAUSED: HassKey[dict[str, _PausedReceivers]] = HassKey("camera_push_paused_receivers")


def _take_paused(hass: HomeAssistant, entry_id: str) -> Sequence[Receiver]:
    paused = hass.data.get(_PAUSED, {}).get(entry_id)
    return paused.take() if paused is not None else ()


async def async_close_paused(hass: HomeAssistant, entry_id: str) -> None:
    """Close the receivers that wait for an entry to be set up again."""
    for receiver in _take_paused(hass, entry_id):
        await _async_close(receiver)


async def _async_close(receiver: Receiver) -> None:
    try:
        await receiver.async_close()
    except Exception:
        _LOGGER.exception("Error while closing the %s receiver", receiver.kind)


class Receivers:
    """The receivers of one entry besides its webhook."""

    def __init__(
        self, hass: HomeAssistant, entry_id: str, receivers: Sequence[Receiver], report: Report
    ) -> None:
        """Tell `report` of each receiver's kind and port, and the error if it could not be opened."""
        self._hass = hass
        self._entry_id = entry_id
        self._receivers = list(receivers)
        self._report = report
        self._closed: list[Receiver] = []
        self._opening = asyncio.Lock()
        self._retrying: CALLBACK_TYPE | None = None

    async def async_open(self) -> None:
        """Open all ports that can be opened; the others are tried again every minute."""
        await self._async_take_over()
        self._closed = [receiver for receiver in self._receivers if not receiver.is_up]
        await self._async_open()
        if self._closed:
            self._retrying = async_track_time_interval(self._hass, self._async_open, _RETRY_EVERY)

    async def _async_take_over(self) -> None:
        """Have those go on that were open before the reload; one with other settings gives way."""
        for paused in _take_paused(self._hass, self._entry_id):
            for number, receiver in enumerate(self._receivers):
                if receiver.kind == paused.kind and paused.async_resume(receiver):
                    self._receivers[number] = paused
                    break
            else:
                await _async_close(paused)

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

    async def async_close(self, *, is_reload: bool = False) -> None:
        """Close all ports; one that cannot be closed keeps none of the others open.

        For a reload, those that can wait stay open, for the receivers that come next.
        """
        self._stop_retrying()
        async with self._opening:
            self._closed.clear()
            paused = []
            for receiver in self._receivers:
                if is_reload and await receiver.async_pause():
                    paused.append(receiver)
                else:
                    await _async_close(receiver)
            if paused:
                _PausedReceivers(self._hass, self._entry_id, paused)

    def up(self) -> list[bool]:
        """Return of each receiver whether it is open, or its connection is there."""
        return [receiver.is_up for receiver in self._receivers]

    def state(self) -> dict[str, Any]:
        """Return what there is to know about the ports, for diagnostics."""
        return {receiver.kind: {"port": receiver.port, **receiver.state()} for receiver in self._receivers}
