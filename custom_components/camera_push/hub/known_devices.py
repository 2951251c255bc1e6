"""The known vehicles, persons and watchlists of an entry."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import callback
from homeassistant.helpers.dispatcher import async_dispatcher_send

from ..const import CONF_GROUPS, SUBENTRY_PERSON, SUBENTRY_VEHICLE, SUBENTRY_VEHICLE_LIST, SUBENTRY_WATCHLIST
from ..domain.platform_names import PlatformNames
from ..domain.vehicle_lists import VehicleList
from ..domain.vehicles import KnownVehicle
from .context import HubContext
from .known_device import (
    KnownDevice,
    KnownPerson,
    PersonDevice,
    PlateDevice,
    VehicleDevice,
    WriteRecord,
    known_person,
    known_vehicle,
)
from .known_plates import known_plates
from .signals import new_known_signal
from .vehicle_list import ListDevice, vehicle_list

# Profiles seen lately that are offered where a person is added.
_MAX_PROFILES: Final = 20
# Profiles whose names are asked for.
_MAX_ALL_PROFILES: Final = 500


@dataclass(frozen=True, slots=True)
class SeenProfile:
    """Where and when a profile was seen last; `picture` is a media source id."""

    camera: str
    at: datetime
    picture: str | None


class KnownDevices:
    """What the user told about vehicles and persons, as devices."""

    def __init__(self, context: HubContext, write: WriteRecord) -> None:
        self._write = write
        self._context = context
        self._plates = known_plates(context.hass)
        self.vehicles: dict[str, VehicleDevice] = {}
        self.lists: dict[str, ListDevice] = {}
        self.persons: dict[str, PersonDevice] = {}
        self.watchlists: dict[str, str] = {}
        self.profiles: OrderedDict[str, SeenProfile] = OrderedDict()
        self.names = PlatformNames()
        self._by_profile: dict[str, PersonDevice] = {}
        self._subentries: dict[str, ConfigSubentry] = {}
        self.async_update()

    @property
    def devices(self) -> Mapping[str, KnownDevice]:
        """Return all vehicles, lists and persons by their ids."""
        return {**self.vehicles, **self.lists, **self.persons}

    @callback
    def async_update(self) -> list[ConfigSubentry]:
        """Take over what was added, changed and removed since the last time; return what was removed."""
        # Home Assistant changes a subentry in place.
        subentries = {key: replace(it) for key, it in self._context.entry.subentries.items()}
        before, self._subentries = self._subentries, subentries
        removed = [subentry for key, subentry in before.items() if key not in subentries]
        for subentry in removed:
            for devices in (self.vehicles, self.lists, self.persons):
                if (device := devices.pop(subentry.subentry_id, None)) is not None:
                    self._stop(device)
                if isinstance(device, ListDevice):
                    entry = self._context.entry
                    entry.async_create_task(self._context.hass, device.async_delete(), eager_start=True)
        for subentry_id, subentry in subentries.items():
            if subentry == before.get(subentry_id):
                continue
            if subentry.subentry_type == SUBENTRY_VEHICLE:
                self._put(self.vehicles, VehicleDevice, known_vehicle(self._context, subentry))
                self._plates.async_put(self.vehicles[subentry_id])
            elif subentry.subentry_type == SUBENTRY_VEHICLE_LIST:
                self._put(self.lists, ListDevice, vehicle_list(self._context, subentry))
                self.lists[subentry_id].on_rows_changed = self._rows_changed
                self._plates.async_put(self.lists[subentry_id])
            elif subentry.subentry_type == SUBENTRY_PERSON:
                self._put(self.persons, PersonDevice, known_person(subentry))
        self._by_profile = {
            profile: person for person in self.persons.values() for profile in person.known.profiles
        }
        self.watchlists = {
            group: subentry.title
            for subentry in subentries.values()
            if subentry.subentry_type == SUBENTRY_WATCHLIST
            for group in subentry.data[CONF_GROUPS]
        }
        return removed

    def _put[K: KnownVehicle | VehicleList | KnownPerson, D: KnownDevice](
        self, devices: dict[str, D], new: Callable[[HubContext, K, WriteRecord], D], known: K
    ) -> None:
        if (device := devices.get(known.id)) is not None:
            device.async_change(known)
        else:
            devices[known.id] = new(self._context, known, self._write)
        async_dispatcher_send(self._context.hass, new_known_signal(self._context.entry.entry_id), known.id)

    @callback
    def _rows_changed(self, device: ListDevice, gone: Sequence[str], new: Sequence[str]) -> None:
        plate = device.known.plate
        self._plates.async_change(device, map(plate, gone), map(plate, new))

    async def async_load_lists(self) -> None:
        """Read the rows of all lists."""
        for device in self.lists.values():
            await device.async_load()

    @callback
    def async_start(self, records: Mapping[str, str]) -> None:
        """Take over what was remembered of them."""
        for known_id, device in self.devices.items():
            device.async_start(records.get(known_id))

    @callback
    def async_stop(self) -> None:
        """Cancel all timers."""
        for device in self.devices.values():
            self._stop(device)

    def _stop(self, device: KnownDevice) -> None:
        device.async_stop()
        if isinstance(device, PlateDevice):
            self._plates.async_discard(device)

    def person(self, profile_id: str | None) -> PersonDevice | None:
        """Return the known person with a profile, if there is one."""
        return self._by_profile.get(profile_id) if profile_id is not None else None

    @property
    def all_profiles(self) -> list[str]:
        """Return the profiles that were seen lately, and those of persons."""
        return list(dict.fromkeys((*reversed(self.profiles), *self._by_profile)))[:_MAX_ALL_PROFILES]

    def watchlist_name(self, group: str) -> str:
        """Return a watchlist's name: the user's, else the platform's, else its id."""
        return self.watchlists.get(group) or self.names.watchlists.get(group) or group

    def note_profile(self, profile_id: str, camera: str, at: datetime, picture: str | None) -> None:
        """Remember that a profile was seen, to offer it where a person is added."""
        self.profiles.pop(profile_id, None)
        self.profiles[profile_id] = SeenProfile(camera, at, picture)
        if len(self.profiles) > _MAX_PROFILES:
            self.profiles.popitem(last=False)
