"""Known vehicles and persons in the history: whoever is added is recognised there as well."""

import asyncio
from collections.abc import Iterable
import logging
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect, async_dispatcher_send
from homeassistant.util.signal_type import SignalType

from ..const import DOMAIN
from ..domain.history import EventFilter, EventKind, HistoryEvent
from ..domain.messages import Direction, PlateRead
from ..domain.vehicles import KnownVehicle, may_fit, recognise
from ..storage.library import LibraryError
from ..storage.store import Store, StoreError
from .known_device import KnownPerson, VehicleDevice
from .known_devices import KnownDevices
from .known_plates import known_plates

_LOGGER = logging.getLogger(__name__)

# Rows that are looked at in one go.
_PAGE: Final = 500


# Vehicles that were added, removed or changed in any entry, as they were and as they are.
_CHANGED: Final[SignalType[tuple[KnownVehicle, ...]]] = SignalType(f"{DOMAIN}_vehicles_changed")


@callback
def all_vehicles(hass: HomeAssistant) -> list[KnownVehicle]:
    """Return the known vehicles of all entries: each is recognised at the cameras of all."""
    return [it.known for it in known_plates(hass).devices if isinstance(it, VehicleDevice)]


def known_in(
    vehicles: Iterable[KnownVehicle], event: HistoryEvent, owner: str, country: str | None
) -> str | None:
    """Return the id of the known vehicle that a visit was of, None if it was of none.

    `owner` is the camera as unique ids name it. Where a user said what plate it was, that is certain.
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
    there = [vehicle for vehicle in vehicles if not vehicle.cameras or owner in vehicle.cameras]
    vehicle = recognise(there, read, country)
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
        self._waiting: list[KnownVehicle] = []
        self._profiles: set[str] = set()
        self._task: asyncio.Task[None] | None = None
        entry.async_on_unload(async_dispatcher_connect(hass, _CHANGED, self._async_changed))

    def _all_vehicles(self) -> dict[str, KnownVehicle]:
        return {key: device.known for key, device in self._known.vehicles.items()}

    def _all_persons(self) -> dict[str, KnownPerson]:
        return {key: device.known for key, device in self._known.persons.items()}

    @callback
    def async_update(self) -> None:
        """Have the histories of all entries looked through, in the background, for what was changed."""
        vehicles, persons = self._all_vehicles(), self._all_persons()
        changed = _changed(self._vehicles, vehicles)
        self._profiles |= {it for person in _changed(self._persons, persons) for it in person.profiles}
        self._vehicles, self._persons = vehicles, persons
        if changed or self._profiles:
            async_dispatcher_send(self._hass, _CHANGED, tuple(changed))

    @callback
    def _async_changed(self, changed: tuple[KnownVehicle, ...]) -> None:
        self._waiting += changed
        if self._task is None or self._task.done():
            self._task = self._entry.async_create_background_task(
                self._hass, self._update(), "camera_push recognise"
            )

    async def _update(self) -> None:
        while self._waiting or self._profiles:
            changed, self._waiting = self._waiting, []
            profiles, self._profiles = self._profiles, set()
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
        gone = frozenset(vehicle.id for vehicle in changed)
        wanted.append(EventFilter(known_ids=gone))
        for one in wanted:
            async for event in library.all_events(one, _PAGE):
                if event.kind is not EventKind.VISIT:
                    continue
                owner = f"{self._entry.entry_id}_{event.camera_id}"
                known_id = known_in(all_vehicles(self._hass), event, owner, self._hass.config.country)
                if known_id is None and event.known_id not in gone:
                    # Nobody's, or of a list of vehicles.
                    continue
                if known_id != event.known_id:
                    await self._store.history.set_known([event.id], known_id)

    async def _recognise_persons(self, profiles: Iterable[str]) -> None:
        for profile in profiles:
            person = self._known.person(profile)
            await self._store.history.set_known_profile(
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
