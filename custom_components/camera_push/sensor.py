"""The latest values of a camera as sensors: plates, persons, and when it last sent anything."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
import logging
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import ATTR_ENTITY_ID, PERCENTAGE, EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import (
    AddConfigEntryEntitiesCallback,
    async_get_current_platform,
)
from homeassistant.helpers.event import async_track_time_change
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import (
    KEY_ALARM,
    KEY_ALARMS,
    KEY_CLOCK_OFFSET,
    KEY_FRAMES,
    KEY_LAST_CONFIDENCE,
    KEY_LAST_PERSON,
    KEY_LAST_SEEN,
    KEY_LAST_WATCHLIST,
    KEY_PLATE,
    KEY_PLATE_READS,
    KEY_VEHICLES_IN,
    KEY_VEHICLES_OUT,
)
from .domain.messages import Direction
from .domain.record import EventRecord
from .entity import (
    CameraEntity,
    DescribedCameraEntity,
    EntryEntity,
    KnownEntity,
    VehiclesEntity,
    async_add_camera_entities,
    async_add_described_entities,
    async_add_known_entities,
    async_add_with_first_vehicle,
)
from .entry.runtime import CameraPushConfigEntry, RuntimeData
from .hub.camera import CameraDevice
from .hub.known_device import LAST_CAMERA, LAST_DIRECTION, VISITS, KnownDevice, PersonDevice, VehicleDevice
from .hub.signals import LAST_SEEN, premises_signal, today_key, value_key
from .hub.vehicle_list import ROWS, ListDevice
from .storage.store import StoreError
from .web.errors import failed, invalid

_LOGGER = logging.getLogger(__name__)

PARALLEL_UPDATES = 0

# A thousand cameras that send a heartbeat every 30 seconds would write three million rows a day.
_LAST_SEEN_EVERY_SECONDS: Final = 60

# Which of these a camera has is up to its system (`SourceInfo.sensors`).
DESCRIPTIONS: Final = (
    SensorEntityDescription(key=KEY_PLATE, translation_key=KEY_PLATE),
    *(
        SensorEntityDescription(
            key=f"{KEY_PLATE}_zone_{zone}",
            translation_key=f"{KEY_PLATE}_zone",
            translation_placeholders={"zone": str(zone)},
        )
        for zone in (1, 2)
    ),
    SensorEntityDescription(
        key=KEY_CLOCK_OFFSET,
        translation_key=KEY_CLOCK_OFFSET,
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_display_precision=0,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    *(
        SensorEntityDescription(
            key=key,
            translation_key=key,
            state_class=SensorStateClass.TOTAL_INCREASING,
            entity_category=EntityCategory.DIAGNOSTIC,
            entity_registry_enabled_default=False,
        )
        for key in (KEY_FRAMES, KEY_PLATE_READS)
    ),
    SensorEntityDescription(key=KEY_LAST_PERSON, translation_key=KEY_LAST_PERSON),
    SensorEntityDescription(
        key=KEY_LAST_CONFIDENCE,
        translation_key=KEY_LAST_CONFIDENCE,
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
    ),
    SensorEntityDescription(key=KEY_LAST_WATCHLIST, translation_key=KEY_LAST_WATCHLIST),
)


@dataclass(frozen=True, kw_only=True)
class KnownSensorDescription(SensorEntityDescription):
    """A sensor of a known vehicle or person."""

    value_fn: Callable[[KnownDevice], StateType | datetime]


_KNOWN_LAST_SEEN: Final = KnownSensorDescription(
    key=KEY_LAST_SEEN,
    translation_key=KEY_LAST_SEEN,
    device_class=SensorDeviceClass.TIMESTAMP,
    value_fn=lambda known: known.record.last_seen,
)
_LAST_CAMERA: Final = KnownSensorDescription(
    key=LAST_CAMERA,
    translation_key=LAST_CAMERA,
    value_fn=lambda known: known.record.last_camera,
)
_VISITS: Final = KnownSensorDescription(
    key=VISITS,
    translation_key=VISITS,
    state_class=SensorStateClass.TOTAL_INCREASING,
    value_fn=lambda known: known.record.visits,
)
_VEHICLE: Final = (
    _KNOWN_LAST_SEEN,
    _LAST_CAMERA,
    _VISITS,
    KnownSensorDescription(
        key=LAST_DIRECTION,
        translation_key=LAST_DIRECTION,
        device_class=SensorDeviceClass.ENUM,
        options=[str(Direction.IN), str(Direction.OUT)],
        value_fn=lambda known: known.record.last_direction,
    ),
)
_LIST: Final = (
    _KNOWN_LAST_SEEN,
    _LAST_CAMERA,
    _VISITS,
    KnownSensorDescription(key=ROWS, translation_key=ROWS, value_fn=lambda known: len(known.known.rows)),
)
_PERSON: Final = (_KNOWN_LAST_SEEN, _LAST_CAMERA)
_KNOWN: Final[Mapping[type[KnownDevice], tuple[KnownSensorDescription, ...]]] = {
    VehicleDevice: _VEHICLE,
    ListDevice: _LIST,
    PersonDevice: _PERSON,
}


# What is counted of cameras, by the event that it is counted with.
_COUNTED: Final[Mapping[str, tuple[str, ...]]] = {
    KEY_PLATE: (KEY_VEHICLES_IN, KEY_VEHICLES_OUT),
    KEY_ALARM: (KEY_ALARMS,),
}
_MAX_ON_PREMISES: Final = 100_000


async def async_setup_entry(
    hass: HomeAssistant, entry: CameraPushConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the sensors of an entry's cameras, known vehicles and persons."""
    keys = entry.runtime_data.source.info.sensors
    async_add_camera_entities(
        entry, async_add_entities, lambda runtime, camera: [LastSeenSensor(runtime, camera)]
    )
    async_add_described_entities(entry, async_add_entities, CameraSensor, DESCRIPTIONS, keys)
    async_add_known_entities(
        entry,
        async_add_entities,
        lambda known: [KnownSensor(known, description) for description in _KNOWN[type(known)]],
    )
    info = entry.runtime_data.source.info
    events = info.events.keys() - info.optional
    counted = [key for event, keys in _COUNTED.items() if event in events for key in keys]
    async_add_camera_entities(
        entry,
        async_add_entities,
        lambda runtime, camera: [
            CountSensor(runtime, camera, key, is_of_today=is_of_today)
            for key in counted
            for is_of_today in (False, True)
        ],
    )
    async_add_with_first_vehicle(
        entry, async_add_entities, lambda: LastKnownVehicleSensor(entry, "last_known_vehicle")
    )
    if KEY_PLATE in events:
        async_add_entities([OnPremisesSensor(entry)])
        async_get_current_platform().async_register_entity_service(
            "set_vehicles_on_premises",
            {vol.Required("count"): vol.All(vol.Coerce(int), vol.Range(0, _MAX_ON_PREMISES))},
            _set_count,
        )


class CameraSensor(DescribedCameraEntity, SensorEntity):
    """The last value of one kind, with its attributes."""

    signal_key_fn = value_key
    # Different each time: in the state, but not in the history.
    _unrecorded_attributes = frozenset({"captured_at"})

    @property
    @override
    def native_value(self) -> str | int | None:
        record = self.camera.record.values.get(self.entity_description.key)
        return record.value if record is not None else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        record = self.camera.record.values.get(self.entity_description.key)
        return record.attributes or None if record is not None else None


class LastSeenSensor(CameraEntity, SensorEntity):
    """When the camera last sent anything; written at most once a minute."""

    _attr_translation_key = KEY_LAST_SEEN
    _attr_device_class = SensorDeviceClass.TIMESTAMP
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_entity_registry_enabled_default = False

    def __init__(self, runtime: RuntimeData, camera: CameraDevice) -> None:
        super().__init__(runtime, camera, KEY_LAST_SEEN, LAST_SEEN)
        self._debouncer: Debouncer[None] | None = None

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self._debouncer = Debouncer(
            self.hass,
            _LOGGER,
            cooldown=_LAST_SEEN_EVERY_SECONDS,
            immediate=True,
            function=self.async_write_ha_state,
        )
        self.async_on_remove(self._debouncer.async_shutdown)

    @callback
    @override
    def _async_update(self, event: EventRecord | None) -> None:
        if self._debouncer is not None:
            self._debouncer.async_schedule_call()

    @property
    @override
    def available(self) -> bool:
        """Stay available: it tells since when a camera is silent."""
        return True

    @property
    @override
    def native_value(self) -> datetime | None:
        return self.camera.record.last_seen


class KnownSensor(KnownEntity[KnownDevice], SensorEntity):
    """The latest value of a known vehicle or person."""

    entity_description: KnownSensorDescription

    def __init__(self, known: KnownDevice, description: KnownSensorDescription) -> None:
        super().__init__(known, description.key, description.key)
        self.entity_description = description

    @property
    @override
    def native_value(self) -> StateType | datetime:
        return self.entity_description.value_fn(self.known)


class CountSensor(CameraEntity, SensorEntity):
    """How many vehicles or alarms there were: in all, or today."""

    _attr_state_class = SensorStateClass.TOTAL_INCREASING
    _attr_entity_registry_enabled_default = False

    def __init__(self, runtime: RuntimeData, camera: CameraDevice, key: str, *, is_of_today: bool) -> None:
        name = today_key(key) if is_of_today else key
        super().__init__(runtime, camera, name, value_key(name))
        self._attr_translation_key = name
        self._key = key
        self._is_of_today = is_of_today

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        if self._is_of_today:
            self.async_on_remove(
                # Every hour: midnight may be left out when clocks change, and come when the zone does.
                async_track_time_change(self.hass, self._async_write, minute=0, second=0)
            )

    @property
    @override
    def available(self) -> bool:
        """Stay available: what was counted was."""
        return True

    @property
    @override
    def native_value(self) -> int:
        record = self.camera.record
        today = dt_util.now().date().isoformat()
        return (record.counts_of(today) if self._is_of_today else record.counts).get(self._key, 0)


class OnPremisesSensor(EntryEntity, SensorEntity):
    """How many vehicles are on the premises."""

    _attr_state_class = SensorStateClass.MEASUREMENT
    _attr_entity_registry_enabled_default = False

    def __init__(self, entry: CameraPushConfigEntry) -> None:
        super().__init__(entry, "vehicles_on_premises")
        self._changed = premises_signal(entry.entry_id)
        self.premises = entry.runtime_data.hub.premises

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(async_dispatcher_connect(self.hass, self._changed, self._async_write))

    @property
    @override
    def native_value(self) -> int:
        return self.premises.count


async def _set_count(entity: Entity, call: ServiceCall) -> None:
    """Say how many vehicles are on the premises now."""
    if not isinstance(entity, OnPremisesSensor):
        if entity.entity_id not in call.data.get(ATTR_ENTITY_ID, ()) and any(
            isinstance(other, OnPremisesSensor) and other.device_entry == entity.device_entry
            for other in entity.platform.entities.values()
        ):
            # The device was chosen, of which another sensor counts.
            return
        raise invalid("not_on_premises", entity=entity.entity_id)
    try:
        await entity.premises.async_set(call.data["count"])
    except StoreError as err:
        raise failed("library", err) from err


class LastKnownVehicleSensor(VehiclesEntity, SensorEntity):
    """The known vehicle that was seen last."""

    followed = LAST_SEEN

    @property
    def _last(self) -> KnownDevice | None:
        seen = [it for it in self.vehicles.values() if it.record.last_seen is not None]
        return max(seen, key=lambda it: it.record.last_seen or dt_util.utc_from_timestamp(0), default=None)

    @property
    @override
    def native_value(self) -> str | None:
        return self._last.name if self._last is not None else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        if (last := self._last) is None:
            return None
        return {"last_seen": last.record.last_seen, "last_direction": last.record.last_direction}
