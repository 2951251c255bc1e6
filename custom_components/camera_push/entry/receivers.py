"""Keeps an entry's ports open: tells when one cannot be, and tries again; keeps connections over reloads."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
import logging
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..transports.contracts import Receiver

_LOGGER = logging.getLogger(__name__)

_RETRY_EVERY: Final = timedelta(minutes=1)
_PAUSED: Final[HassKey[dict[str, list[Receiver]]]] = HassKey(f"{DOMAIN}_paused_receivers")

type Report = Callable[[str, int | None, OSError | None], None]


@callback
def _async_keep_paused(hass: HomeAssistant, entry: ConfigEntry, paused: list[Receiver]) -> None:
    """Keep receivers for a reload, which holds the entry's lock until it is set up again; else close them."""
    hass.data.setdefault(_PAUSED, {})[entry.entry_id] = paused

    async def close() -> None:
        async with entry.setup_lock:
            await async_close_paused(hass, entry.entry_id)

    hass.async_create_task(close(), "camera_push close ports")


def _take_paused(hass: HomeAssistant, entry_id: str) -> list[Receiver]:
    return hass.data.get(_PAUSED, {}).pop(entry_id, [])


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
        self, hass: HomeAssistant, entry: ConfigEntry, receivers: Sequence[Receiver], report: Report
    ) -> None:
        """Tell `report` of each receiver's kind and port, and the error if it could not be opened."""
        self._hass = hass
        self._entry = entry
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
        for paused in _take_paused(self._hass, self._entry.entry_id):
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

        Connections that can wait are kept for a reload, if that is what this is.
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
                _async_keep_paused(self._hass, self._entry, paused)

    def up(self) -> list[bool]:
        """Return of each receiver whether it is open, or its connection is there."""
        return [receiver.is_up for receiver in self._receivers]

    def state(self) -> dict[str, Any]:
        """Return what there is to know about the ports, for diagnostics."""
        return {receiver.kind: {"port": receiver.port, **receiver.state()} for receiver in self._receivers}
