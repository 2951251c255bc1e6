"""A list of vehicles at run time: its rows, and where they are kept."""

import asyncio
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace as replace_fields
from datetime import datetime
from itertools import batched
from secrets import token_hex
from typing import Any, Final, override

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..domain.plate_index import KnownPlate
from ..domain.vehicle_lists import MAX_PATTERNS, MAX_ROWS, RowError, VehicleList, VehicleRow, from_csv
from .context import HubContext
from .known_device import PlateDevice, WriteRecord, recognition_rules

ROWS: Final = "rows"
_STORE_VERSION: Final = 1
_ROWS_AT_ONCE: Final = 500
_TICKET_BYTES: Final = 6


def vehicle_list(context: HubContext, subentry: ConfigSubentry) -> VehicleList:
    """Return the list that a subentry describes, with the rows that it began with."""
    zone = dt_util.get_default_time_zone()
    rows, _ = from_csv(subentry.data.get(ROWS, ""), zone)
    return VehicleList(
        id=subentry.subentry_id,
        name=subentry.title,
        zone=zone,
        rows={row.pattern: row for row in rows},
        **recognition_rules(context, subentry.data),
    )


def _store(hass: HomeAssistant, list_id: str) -> Store[dict[str, Any]]:
    return Store(hass, _STORE_VERSION, f"{DOMAIN}.list.{list_id}", private=True)


async def async_delete_rows(hass: HomeAssistant, list_id: str) -> None:
    """Delete the rows of a list whose entry is removed from the disk."""
    await _store(hass, list_id).async_remove()


def _with_ticket(row: VehicleRow) -> VehicleRow:
    return replace_fields(row, ticket=token_hex(_TICKET_BYTES))


type RowsChanged = Callable[[ListDevice, Sequence[str], Sequence[str]], None]


class ListDevice(PlateDevice[VehicleList]):
    """A list of vehicles."""

    model = "Vehicle list"

    def __init__(self, context: HubContext, known: VehicleList, write: WriteRecord) -> None:
        super().__init__(context, known, write)
        self._store = _store(context.hass, known.id)
        # Takes over the plates that went, and those that came.
        self.on_rows_changed: RowsChanged = lambda _device, _gone, _new: None

    @override
    def async_change(self, known: VehicleList) -> None:
        known.rows.clear()
        known.rows.update(self.known.rows)
        super().async_change(known)

    async def async_load(self) -> None:
        """Read the rows; what cannot be read is left out, and so is who may not come any more."""
        if (stored := await self._store.async_load()) is None:
            # They are those that the list began with.
            await self._take_over(self._unused(self.known.rows))
            return
        after: dict[str, VehicleRow] = {}
        for data in stored.get(ROWS, ()):
            with suppress(RowError):
                row = VehicleRow.parse(data, self.known.zone)
                after[row.pattern] = row
        after = self._unused(after)
        await self._take_over(after)

    def _unused(self, rows: Mapping[str, VehicleRow]) -> dict[str, VehicleRow]:
        used = frozenset(self.record.used)
        return {pattern: row for pattern, row in rows.items() if not (row.once and row.right in used)}

    async def async_put(
        self, rows: Iterable[VehicleRow], *, replace: bool = False, without: Container[str] = ()
    ) -> None:
        """Add rows, or take them in place of all others; one with the same plate takes the other's place.

        Those `without` go, by their patterns. Raises ServiceValidationError if they are too many.
        """
        new = {row.pattern: _with_ticket(row) if row.once else row for row in rows}
        kept = {} if replace else self.known.rows
        after = {pattern: row for pattern, row in kept.items() if pattern not in without} | new
        if len(after) > MAX_ROWS:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="too_many_rows",
                translation_placeholders={"limit": str(MAX_ROWS)},
            )
        patterns = sum(not self.known.plate(pattern).is_plate for pattern in after)
        if patterns > MAX_PATTERNS:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="too_many_patterns",
                translation_placeholders={"limit": str(MAX_PATTERNS)},
            )
        await self._take_over(after)
        await self._save()

    async def async_remove(self, pattern: str) -> VehicleRow | None:
        """Remove a row; return it, None if there was none."""
        if (row := self.known.rows.pop(pattern, None)) is not None:
            self.on_rows_changed(self, [pattern], [])
            self.async_notify(ROWS)
            await self._save()
        return row

    async def _take_over(self, after: Mapping[str, VehicleRow]) -> None:
        """Have other rows, some at a time: nobody waits for thousands."""
        rows = self.known.rows
        gone, new = list(rows.keys() - after.keys()), [pattern for pattern in after if pattern not in rows]
        rows.clear()
        rows.update(after)
        for part in batched(gone, _ROWS_AT_ONCE, strict=False):
            self.on_rows_changed(self, part, [])
            await asyncio.sleep(0)
        for part in batched(new, _ROWS_AT_ONCE, strict=False):
            self.on_rows_changed(self, [], part)
            await asyncio.sleep(0)
        self.async_notify(ROWS)

    async def _save(self) -> None:
        rows = list(self.known.rows.values())
        data = await self._hass.async_add_executor_job(
            lambda: [{**row.dump(), "ticket": row.ticket} for row in rows]
        )
        await self._store.async_save({ROWS: data})

    @override
    def name_of(self, plate: KnownPlate) -> str:
        row = self.known.rows.get(plate.row)
        return (row.name or row.plate) if row is not None else self.name

    @override
    def is_once(self, plate: KnownPlate) -> bool:
        row = self.known.rows.get(plate.row)
        return row is not None and row.once

    @callback
    @override
    def async_used(self, plate: KnownPlate, at: datetime) -> dict[str, Any]:
        """Return who it was; who may come once may not from now on."""
        row = self.known.rows.get(plate.row)
        if row is None:
            return {}
        if row.once:
            self.record.use_up(row.right)
            self._context.entry.async_create_task(self._hass, self.async_remove(plate.row), eager_start=True)
        return {"list": self.name, "vehicle": row.name or row.plate, "note": row.note}

    async def async_delete(self) -> None:
        """Delete the rows from the disk."""
        await self._store.async_remove()
