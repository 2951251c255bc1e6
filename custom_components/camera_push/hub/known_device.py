"""A known vehicle or person at run time: its record, and whether it is present."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
import logging
from typing import Any, ClassVar, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_send

from ..const import (
    CONF_AGREEING_READS,
    CONF_CAMERAS,
    CONF_DIRECTIONS,
    CONF_HOLD_TIME,
    CONF_HOME_DIRECTION,
    CONF_MINIMUM_CONFIDENCE,
    CONF_MISREADS,
    CONF_PLATES,
    CONF_PROFILES,
    CONF_ZONES,
    DOMAIN,
)
from ..domain.messages import Direction
from ..domain.plate_index import KnownPlate
from ..domain.plate_tolerance import Tolerance
from ..domain.plates import canonical_pattern
from ..domain.recognition import tolerance_of
from ..domain.record import EventRecord, KnownRecord
from ..domain.vehicle_lists import VehicleList
from ..domain.vehicles import KnownVehicle
from .context import HubContext
from .hold_timers import HoldTimers
from .signals import event_key, update_signal
from .trigger_events import TriggerEvent, TriggerKind, async_send_trigger_event

_LOGGER = logging.getLogger(__name__)

# Keys of what entities show of a known vehicle or person.
PRESENT: Final = "present"
SEEN: Final = "seen"
LAST_CAMERA: Final = "last_camera"
LAST_DIRECTION: Final = "last_direction"
VISITS: Final = "visits"
HOME: Final = "home"

# How a vehicle or list begins that nothing else is said of.
RECOGNITION_DEFAULTS: Final[dict[str, Any]] = {
    CONF_DIRECTIONS: [],
    CONF_HOLD_TIME: 60,
    CONF_MISREADS: str(Tolerance.CAUTIOUS),
    CONF_AGREEING_READS: 1,
    CONF_MINIMUM_CONFIDENCE: 80,
    CONF_CAMERAS: [],
    CONF_ZONES: [],
}


def known_vehicle(context: HubContext, subentry: ConfigSubentry) -> KnownVehicle:
    """Return the vehicle that a subentry describes."""
    data: Mapping[str, Any] = subentry.data
    return KnownVehicle(
        id=subentry.subentry_id,
        name=subentry.title,
        patterns=tuple(dict.fromkeys(canonical_pattern(plate) for plate in data[CONF_PLATES])),
        **recognition_rules(context, data),
    )


def recognition_rules(context: HubContext, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rules of recognition that a subentry has."""
    home = data.get(CONF_HOME_DIRECTION)
    return {
        "tolerance": tolerance_of(data[CONF_MISREADS]),
        "agreeing_reads": data.get(CONF_AGREEING_READS, 1),
        "minimum_confidence": data[CONF_MINIMUM_CONFIDENCE] / 100,
        "directions": frozenset(Direction(direction) for direction in data[CONF_DIRECTIONS]),
        "zones": frozenset(int(zone) for zone in data[CONF_ZONES]),
        "cameras": frozenset(camera_owner(context.hass, context.entry, it) for it in data[CONF_CAMERAS]),
        "home_direction": Direction(home) if home else None,
        "hold_time": timedelta(seconds=data[CONF_HOLD_TIME]),
    }


def camera_owner(hass: HomeAssistant, entry: ConfigEntry, stored: str) -> str:
    """Return a camera as unique ids name it; where no entry is named, it is one of the subentry's own."""
    entry_id, _, camera_id = stored.partition("_")
    named = hass.config_entries.async_get_entry(entry_id) if camera_id else None
    return stored if named is not None else f"{entry.entry_id}_{stored}"


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


type WriteRecord = Callable[[str, str], asyncio.Future[None] | None]


class KnownDevice[T: KnownVehicle | VehicleList | KnownPerson = Any]:
    """A known vehicle or person: the one place that changes its record and starts its timer."""

    # Selectors of vehicles and of persons find their devices by this.
    model: ClassVar[str]
    # The trigger events for its coming and going.
    arrived: ClassVar[TriggerKind | None] = None
    left: ClassVar[TriggerKind | None] = None

    def __init__(self, context: HubContext, known: T, write: WriteRecord) -> None:
        self.known: T = known
        self._write = write
        self.record = KnownRecord()
        self._context = context
        self._hass = context.hass
        self._holds = HoldTimers(self._hass, self._async_released)
        self.device_id = self._register()

    def _register(self) -> str:
        device = dr.async_get(self._hass).async_get_or_create(
            config_entry_id=self._context.entry.entry_id,
            config_subentry_id=self.known.id,
            identifiers={(DOMAIN, self.known.id)},
            name=self.known.name,
            model=self.model,
            entry_type=dr.DeviceEntryType.SERVICE,
        )
        return device.id

    @property
    def id(self) -> str:
        """Return the id of the vehicle or person, which is that of its subentry."""
        return self.known.id

    @property
    def entry_id(self) -> str:
        """Return the entry that the vehicle or person was added to."""
        return self._context.entry.entry_id

    @callback
    def async_write(self) -> asyncio.Future[None] | None:
        """Have the record written with its own entry; None if that takes nothing any more."""
        return self._write(self.id, self.record.dump())

    @property
    def name(self) -> str:
        """Return the name that the user gave."""
        return self.known.name

    @callback
    def async_change(self, known: T) -> None:
        """Take over what the user changed."""
        self.known = known
        self.device_id = self._register()

    @callback
    def async_notify(self, key: str, event: EventRecord | None = None) -> None:
        """Have the entities that show `key` write their states."""
        async_dispatcher_send(self._hass, update_signal(self.id, key), event)

    @callback
    def _async_released(self, key: str) -> None:
        self.async_notify(key)
        self._send(self.left, {"name": self.name})

    @callback
    def async_seen(self, event: EventRecord, numbers: Mapping[str, Any] | None = None) -> None:
        """Tell that the vehicle or person is there, once in a visit; `numbers` are behind that."""
        self.async_notify(event_key(SEEN), event)
        self._send(self.arrived, {"name": self.name, **event.attributes, "recognition": numbers})

    def _send(self, kind: TriggerKind | None, data: dict[str, Any]) -> None:
        if kind is not None:
            async_send_trigger_event(self._hass, TriggerEvent(kind=kind, device_id=self.device_id, data=data))

    @property
    def is_present(self) -> bool:
        """Tell whether the vehicle or person was seen a short while ago."""
        return PRESENT in self._holds

    @callback
    def async_start(self, record: str | None) -> None:
        """Take over what was remembered."""
        if record is None:
            return
        try:
            self.record = KnownRecord.load(record)
        except (KeyError, TypeError, ValueError, AttributeError) as err:
            _LOGGER.warning("The record of %s cannot be read (%s)", self.name, err)
        if (until := self.record.present_until) is not None:
            self._holds.async_restore(PRESENT, until, self.known.hold_time)

    @callback
    def async_stop(self) -> None:
        """Cancel the timer."""
        self._holds.async_stop()

    @callback
    def async_hold(self, until: datetime) -> None:
        """Have the vehicle or person present until then."""
        self._holds.async_hold(PRESENT, until)


class PlateDevice[T: KnownVehicle | VehicleList = Any](KnownDevice[T]):
    """What is recognised by plates."""

    arrived = TriggerKind.VEHICLE_ARRIVED
    left = TriggerKind.VEHICLE_LEFT

    def name_of(self, plate: KnownPlate) -> str:
        """Return the name that events tell where a plate is recognised."""
        return self.name

    def is_once(self, plate: KnownPlate) -> bool:
        """Tell whether a plate sets something off once, and then never again."""
        return False

    @callback
    def async_used(self, plate: KnownPlate, at: datetime) -> dict[str, Any]:
        """Note that a plate set something off; return what its event says of it."""
        return {}


class VehicleDevice(PlateDevice[KnownVehicle]):
    """A known vehicle."""

    model = "Known vehicle"


class PersonDevice(KnownDevice[KnownPerson]):
    """A known person."""

    model = "Known person"
