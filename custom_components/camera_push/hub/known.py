"""Known vehicles and persons at run time: their records, whether they are present, who wants to know."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
import logging
from typing import Any, ClassVar, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util

from ..const import (
    CONF_CAMERAS,
    CONF_DIRECTIONS,
    CONF_GROUPS,
    CONF_HOLD_TIME,
    CONF_HOME_DIRECTION,
    CONF_MINIMUM_CONFIDENCE,
    CONF_MISREADS,
    CONF_PLATES,
    CONF_PROFILES,
    CONF_ZONES,
    DOMAIN,
    SUBENTRY_PERSON,
    SUBENTRY_VEHICLE,
    SUBENTRY_WATCHLIST,
)
from ..domain.clock import is_within
from ..domain.messages import Direction, PlateRead, VisitState
from ..domain.plates import Visit
from ..domain.record import EventRecord, KnownRecord
from ..domain.vehicles import KnownVehicle, canonical_pattern, recognise
from .signals import Aspects, HoldTimers, event_aspect
from .trigger_events import TriggerEvent, TriggerKind, async_send_trigger_event

# So many profiles that were seen lately are offered where a person is added.
_MAX_PROFILES: Final = 20

_LOGGER = logging.getLogger(__name__)

PRESENT: Final = "present"
SEEN: Final = "seen"
LAST_CAMERA: Final = "last_camera"
LAST_DIRECTION: Final = "last_direction"
HOME: Final = "home"

# So many activities are followed at once.
_MAX_ACTIVITIES: Final = 256

# A car or an activity with the same id is the same one for so long.
_VISIT_LASTS: Final = timedelta(minutes=10)


def known_vehicle(subentry: ConfigSubentry) -> KnownVehicle:
    """Return the vehicle that a subentry describes."""
    data: Mapping[str, Any] = subentry.data
    home = data.get(CONF_HOME_DIRECTION)
    return KnownVehicle(
        id=subentry.subentry_id,
        name=subentry.title,
        patterns=tuple(canonical_pattern(plate) for plate in data[CONF_PLATES]),
        misreads=int(data[CONF_MISREADS]),
        minimum_confidence=data[CONF_MINIMUM_CONFIDENCE] / 100,
        directions=frozenset(Direction(direction) for direction in data[CONF_DIRECTIONS]),
        zones=frozenset(int(zone) for zone in data[CONF_ZONES]),
        cameras=frozenset(data[CONF_CAMERAS]),
        home_direction=Direction(home) if home else None,
        hold_time=timedelta(seconds=data[CONF_HOLD_TIME]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """A person that the user told us about, by the profiles that a platform has of them."""

    id: str
    name: str
    profiles: frozenset[str]
    hold_time: timedelta


def known_person(subentry: ConfigSubentry) -> KnownPerson:
    """Return the person that a subentry describes."""
    return KnownPerson(
        id=subentry.subentry_id,
        name=subentry.title,
        profiles=frozenset(subentry.data[CONF_PROFILES]),
        hold_time=timedelta(seconds=subentry.data[CONF_HOLD_TIME]),
    )


class KnownDevice(Aspects):
    """A known vehicle or person: the one place that changes its record and starts its timer."""

    # What selectors of vehicles and of persons find their devices by.
    model: ClassVar[str]
    # What triggers take its coming and going for.
    arrived: ClassVar[TriggerKind | None] = None
    left: ClassVar[TriggerKind | None] = None

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, known: KnownVehicle | KnownPerson) -> None:
        """Begin without a memory."""
        super().__init__()
        self.id = known.id
        self.name = known.name
        self.hold_time = known.hold_time
        self.record = KnownRecord()
        self._hass = hass
        self._holds = HoldTimers(hass, self._async_released)
        self.device_id = (
            dr.async_get(hass)
            .async_get_or_create(
                config_entry_id=entry.entry_id,
                config_subentry_id=known.id,
                identifiers={(DOMAIN, known.id)},
                name=known.name,
                model=self.model,
                entry_type=dr.DeviceEntryType.SERVICE,
            )
            .id
        )

    @callback
    def _async_released(self, aspect: str) -> None:
        self.async_notify(aspect)
        self._tell(self.left, {"name": self.name})

    @callback
    def async_seen(self, event: EventRecord) -> None:
        """Tell everybody that the subject is there, once in a visit."""
        self.async_notify(event_aspect(SEEN), event)
        self._tell(self.arrived, {"name": self.name, **event.attributes})

    def _tell(self, kind: TriggerKind | None, data: dict[str, Any]) -> None:
        if kind is not None:
            async_send_trigger_event(self._hass, TriggerEvent(kind=kind, device_id=self.device_id, data=data))

    @property
    def is_present(self) -> bool:
        """Tell whether the subject was seen a short while ago."""
        return PRESENT in self._holds

    @callback
    def async_start(self, record: str | None) -> None:
        """Take over what was remembered of the subject."""
        if record is None:
            return
        try:
            self.record = KnownRecord.load(record)
        except (KeyError, TypeError, ValueError, AttributeError) as err:
            _LOGGER.warning("What was kept of %s cannot be read (%s)", self.name, err)
        now = dt_util.utcnow()
        if (until := self.record.present_until) is not None and until > now:
            # Not for longer than from now on: the clock may have been set back since.
            self._holds.async_hold(PRESENT, min(until, now + self.hold_time))

    @callback
    def async_stop(self) -> None:
        """Cancel the timer."""
        self._holds.async_stop()

    @callback
    def async_hold(self, until: datetime) -> None:
        """Have the subject be present until then."""
        self._holds.async_hold(PRESENT, until)

    def _is_last_visit(self, identity: list[str], at: datetime) -> bool:
        """Tell whether a visit is the one that was remembered last, and not long ago; remember it now."""
        last = self.record.visited_at
        is_last = self.record.visit == identity and last is not None and is_within(last, at, _VISIT_LASTS)
        self.record.visit = identity
        self.record.visited_at = at
        return is_last


class VehicleDevice(KnownDevice):
    """A known vehicle."""

    model = "Known vehicle"
    arrived = TriggerKind.VEHICLE_ARRIVED
    left = TriggerKind.VEHICLE_LEFT

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, known: KnownVehicle) -> None:
        """Begin without a memory."""
        super().__init__(hass, entry, known)
        self.known = known

    def begins_visit(self, read: PlateRead, visit: Visit) -> bool:
        """Tell whether this is the first read of the vehicle in this visit, and remember that it came.

        A restart in the middle of a visit does not make two visits of it, nor does a message
        that comes after its visit's last one.
        """
        is_last = self._is_last_visit([read.camera_id, read.car_id or ""], read.received_at)
        goes_on = is_last and bool(read.car_id) and visit.messages == 1 and read.state is not VisitState.NEW
        begins = self.id not in visit.acted and not goes_on
        visit.acted.add(self.id)
        return begins


class PersonDevice(KnownDevice):
    """A known person."""

    model = "Known person"

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, known: KnownPerson) -> None:
        """Begin without a memory."""
        super().__init__(hass, entry, known)
        self.known = known

    def begins_visit(self, camera_id: str, activity_id: str | None, at: datetime) -> bool:
        """Tell whether somebody is seen anew: in an activity of its own, or after having been gone."""
        if activity_id is None:
            return not self.is_present
        return not self._is_last_visit([camera_id, activity_id], at)


@dataclass(frozen=True, slots=True)
class SeenProfile:
    """Where and when a profile was seen last; `picture` is a media source id."""

    camera: str
    at: datetime
    picture: str | None


class KnownDevices:
    """The known vehicles and persons of an entry."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Read them from the entry's subentries."""
        self.devices: dict[str, KnownDevice] = {}
        self.vehicles: dict[str, VehicleDevice] = {}
        self.watchlists: dict[str, str] = {}
        self.profiles: OrderedDict[str, SeenProfile] = OrderedDict()
        self._persons: dict[str, PersonDevice] = {}
        self._activities: OrderedDict[tuple[str, str], set[str]] = OrderedDict()
        for subentry in entry.subentries.values():
            if subentry.subentry_type == SUBENTRY_VEHICLE:
                vehicle = VehicleDevice(hass, entry, known_vehicle(subentry))
                self.devices[vehicle.id] = self.vehicles[vehicle.id] = vehicle
            elif subentry.subentry_type == SUBENTRY_PERSON:
                person = PersonDevice(hass, entry, known_person(subentry))
                self.devices[person.id] = person
                self._persons |= dict.fromkeys(person.known.profiles, person)
            elif subentry.subentry_type == SUBENTRY_WATCHLIST:
                self.watchlists |= dict.fromkeys(subentry.data[CONF_GROUPS], subentry.title)

    @callback
    def async_start(self, records: Mapping[str, str]) -> None:
        """Take over what was remembered of them."""
        for subject_id, device in self.devices.items():
            device.async_start(records.get(subject_id))

    @callback
    def async_stop(self) -> None:
        """Cancel all timers."""
        for device in self.devices.values():
            device.async_stop()

    def recognise(self, read: PlateRead) -> VehicleDevice | None:
        """Return the vehicle whose plate was read with enough certainty where it counts, if there is one."""
        known = recognise((device.known for device in self.vehicles.values()), read)
        return self.vehicles[known.id] if known is not None and known.trusts(read) else None

    def person(self, profile_id: str | None) -> PersonDevice | None:
        """Return the person with a profile, if it is a known one."""
        return self._persons.get(profile_id) if profile_id is not None else None

    def acted(self, camera_id: str, activity_id: str | None) -> set[str] | None:
        """Return whom an activity set off already, None if it has no id."""
        if activity_id is None:
            return None
        acted = self._activities.pop((camera_id, activity_id), set())
        self._activities[camera_id, activity_id] = acted
        if len(self._activities) > _MAX_ACTIVITIES:
            self._activities.popitem(last=False)
        return acted

    def note_profile(self, profile_id: str, camera: str, at: datetime, picture: str | None) -> None:
        """Remember that a profile was seen, to offer it where a person is added."""
        self.profiles.pop(profile_id, None)
        self.profiles[profile_id] = SeenProfile(camera, at, picture)
        if len(self.profiles) > _MAX_PROFILES:
            self.profiles.popitem(last=False)
