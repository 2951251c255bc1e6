"""One known vehicle at run time: its record, whether it is present, and who wants to know."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
import logging
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util

from .aspects import Aspects, Holds
from .const import (
    CONF_CAMERAS,
    CONF_DIRECTIONS,
    CONF_HOLD_TIME,
    CONF_HOME_DIRECTION,
    CONF_MINIMUM_CONFIDENCE,
    CONF_MISREADS,
    CONF_PLATES,
    CONF_ZONES,
    DOMAIN,
    SUBENTRY_VEHICLE,
)
from .core.messages import Direction, PlateRead, VisitState
from .core.plates import Visit
from .core.record import VehicleRecord
from .core.vehicles import KnownVehicle, canonical_pattern, recognise

_LOGGER = logging.getLogger(__name__)

PRESENT: Final = "present"
SEEN: Final = "seen"
LAST_DIRECTION: Final = "last_direction"
HOME: Final = "home"

# After a restart, a car with the same id counts as the same car for so long.
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


class VehicleDevice(Aspects):
    """A known vehicle: the one place that changes its record and starts its timer."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, known: KnownVehicle) -> None:
        """Begin without a memory."""
        super().__init__()
        self.hass = hass
        self.known = known
        self.record = VehicleRecord()
        self._holds = Holds(hass, self.async_notify)
        device = dr.async_get(hass).async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=known.id,
            identifiers={(DOMAIN, known.id)},
            name=known.name,
            entry_type=dr.DeviceEntryType.SERVICE,
        )
        self.device_id = device.id

    @property
    def is_present(self) -> bool:
        """Tell whether the vehicle was seen a short while ago."""
        return PRESENT in self._holds

    @callback
    def async_start(self, record: str | None) -> None:
        """Take over what was remembered of the vehicle."""
        if record is None:
            return
        try:
            self.record = VehicleRecord.load(record)
        except (KeyError, TypeError, ValueError, AttributeError) as err:
            _LOGGER.warning("What was kept of %s cannot be read (%s)", self.known.name, err)
        if (until := self.record.present_until) is not None and until > dt_util.utcnow():
            self._holds.async_hold(PRESENT, until)

    @callback
    def async_stop(self) -> None:
        """Cancel the timer."""
        self._holds.async_stop()

    @callback
    def async_hold(self, until: datetime) -> None:
        """Have the vehicle be present until then."""
        self._holds.async_hold(PRESENT, until)

    def begins_visit(self, read: PlateRead, visit: Visit) -> bool:
        """Tell whether this is the first read of the vehicle in this visit, and remember that it came.

        A restart in the middle of a visit does not make two visits of it, nor does a message
        that comes after its visit's last one.
        """
        identity = [read.camera_id, read.car_id or ""]
        last = self.record.visited_at
        is_known = (
            read.car_id is not None
            and visit.messages == 1
            and read.state is not VisitState.NEW
            and self.record.visit == identity
            and last is not None
            and read.received_at - last <= _VISIT_LASTS
        )
        begins = self.known.id not in visit.acted and not is_known
        visit.acted.add(self.known.id)
        self.record.visit = identity
        self.record.visited_at = read.received_at
        return begins


class Vehicles:
    """The known vehicles of an entry."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Read them from the entry's subentries."""
        self.devices = {
            subentry.subentry_id: VehicleDevice(hass, entry, known_vehicle(subentry))
            for subentry in entry.subentries.values()
            if subentry.subentry_type == SUBENTRY_VEHICLE
        }

    @callback
    def async_start(self, records: Mapping[str, str]) -> None:
        """Take over what was remembered of them."""
        for vehicle_id, device in self.devices.items():
            device.async_start(records.get(vehicle_id))

    @callback
    def async_stop(self) -> None:
        """Cancel all timers."""
        for device in self.devices.values():
            device.async_stop()

    def recognise(self, read: PlateRead) -> VehicleDevice | None:
        """Return the vehicle whose plate was read with enough certainty where it counts, if there is one."""
        known = recognise((device.known for device in self.devices.values()), read)
        return self.devices[known.id] if known is not None and known.trusts(read) else None
