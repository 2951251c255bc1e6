"""Known vehicles and persons in the history: whoever is added is recognised there as well."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
import logging
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..domain.history import EventFilter, EventKind, HistoryEvent
from ..domain.messages import Direction, PlateRead
from ..domain.vehicles import KnownVehicle, may_fit, recognise
from ..storage.library import LibraryError
from ..storage.store import Store, StoreError
from .known_device import KnownPerson
from .known_devices import KnownDevices

_LOGGER = logging.getLogger(__name__)

# Rows that are looked at in one go.
_PAGE: Final = 500


def known_in(vehicles: Iterable[KnownVehicle], event: HistoryEvent, country: str | None) -> str | None:
    """Return the id of the known vehicle that a visit was of, None if it was of none.

    Where a user said what plate it was, that is certain.
    """
    read = PlateRead(
        camera_id=event.camera_id,
        received_at=event.received_at,
        state=None,
        plate=event.plate,
        confidence=event.confidence,
        direction=Direction(event.direction or Direction.UNKNOWN),
        zone=event.zone,
        country=event.country,
    )
    vehicle = recognise(vehicles, read, country)
    if vehicle is None or (event.corrected_from is None and not vehicle.trusts(read)):
        return None
    return vehicle.id


class Recogniser:
    """Keeps the history's known vehicles and persons in step with what the user told about them."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        store: Store,
        known: KnownDevices,
        minimum_confidence: float,
    ) -> None:
        """Begin with what is known now; `minimum_confidence` is that of recognised persons."""
        self._hass = hass
        self._entry = entry
        self._store = store
        self._known = known
        self._minimum_confidence = minimum_confidence
        self._vehicles = self._all_vehicles()
        self._persons = self._all_persons()
        self._task: asyncio.Task[None] | None = None

    def _all_vehicles(self) -> dict[str, KnownVehicle]:
        return {key: device.known for key, device in self._known.vehicles.items()}

    def _all_persons(self) -> dict[str, KnownPerson]:
        return {key: device.known for key, device in self._known.persons.items()}

    @callback
    def async_update(self) -> None:
        """Look through the history, in the background, for those that were changed."""
        if self._task is None or self._task.done():
            self._task = self._entry.async_create_background_task(
                self._hass, self._update(), "camera_push recognise"
            )

    async def _update(self) -> None:
        while (vehicles := self._all_vehicles()) != self._vehicles or self._all_persons() != self._persons:
            persons = self._all_persons()
            changed = _changed(self._vehicles, vehicles)
            profiles = {profile for person in _changed(self._persons, persons) for profile in person.profiles}
            self._vehicles, self._persons = vehicles, persons
            try:
                await self._recognise_vehicles(changed)
                await self._recognise_persons(profiles)
            except (StoreError, LibraryError) as err:
                _LOGGER.warning("%s: could not look through the history: %s", self._entry.title, err)

    async def _recognise_vehicles(self, changed: list[KnownVehicle]) -> None:
        if not changed:
            return
        patterns = {pattern for vehicle in changed for pattern in vehicle.patterns}
        library = self._store.library
        plates = await library.plates_in_history(
            lambda plate: any(may_fit(pattern, plate) for pattern in patterns)
        )
        wanted = [EventFilter(plate=plate) for plate in plates]
        wanted.append(EventFilter(known_ids=frozenset(vehicle.id for vehicle in changed)))
        for one in wanted:
            async for event in library.all_events(one, _PAGE):
                if event.kind is not EventKind.VISIT:
                    continue
                known_id = known_in(self._vehicles.values(), event, self._hass.config.country)
                if known_id != event.known_id:
                    await self._store.set_known([event.id], known_id)

    async def _recognise_persons(self, profiles: Iterable[str]) -> None:
        for profile in profiles:
            person = self._known.person(profile)
            await self._store.set_known_profile(
                profile, person.id if person is not None else None, self._minimum_confidence
            )


def _changed[T](before: dict[str, T], now: dict[str, T]) -> list[T]:
    """Return those that were added, removed or changed, as they were and as they are."""
    return [
        it
        for key in before.keys() | now.keys()
        if before.get(key) != now.get(key)
        for it in (before.get(key), now.get(key))
        if it is not None
    ]
