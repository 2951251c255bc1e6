"""Alarms, doorbell presses, plate reads and other events as event entities."""

from abc import abstractmethod
from typing import Final, override

from homeassistant.components.event import (
    EventDeviceClass,
    EventEntity,
    EventEntityDescription,
    EventExtraStoredData,
)
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import KEY_ALARM, KEY_CLOUD_EVENT, KEY_DOORBELL, KEY_IDENTIFICATION, KEY_PLATE
from .domain.record import EventRecord
from .entity import (
    DescribedCameraEntity,
    KnownEntity,
    async_add_described_entities,
    async_add_known_entities,
)
from .entry.runtime import CameraPushConfigEntry
from .hub.handlers.cloud_event import OTHER_EVENT
from .hub.known_device import SEEN, KnownDevice, PersonDevice
from .hub.signals import event_key

PARALLEL_UPDATES = 0

# Which of these a camera has, and with which event types, is up to its system (`SourceInfo.events`).
DESCRIPTIONS: Final = (
    EventEntityDescription(
        key=KEY_DOORBELL, translation_key=KEY_DOORBELL, device_class=EventDeviceClass.DOORBELL
    ),
    *(
        EventEntityDescription(key=key, translation_key=key)
        for key in (KEY_ALARM, KEY_PLATE, KEY_IDENTIFICATION, KEY_CLOUD_EVENT)
    ),
)

# Different each time, or large: in the state, but not in the history.
_UNRECORDED: Final = frozenset(
    {"captured_at", "clip", "details", "meta", "picture", "plate_picture", "vehicle"}
)


async def async_setup_entry(
    hass: HomeAssistant, entry: CameraPushConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the event entities of an entry's cameras, known vehicles and persons."""
    events = entry.runtime_data.source.info.events
    async_add_described_entities(entry, async_add_entities, CameraEvent, DESCRIPTIONS, events)
    async_add_known_entities(entry, async_add_entities, lambda known: [SeenEvent(known)])


class RecordedEvent(EventEntity):
    """An event entity whose last event is in the record of its camera, vehicle or person.

    Home Assistant restores event entities from what it saves every 15 minutes. The record is newer, and it
    also tells an entity that is being added of the very push that made its camera known.
    """

    _unrecorded_attributes = _UNRECORDED

    @property
    @abstractmethod
    def _record(self) -> EventRecord | None:
        """Return the last event."""

    @callback
    def _async_update(self, event: EventRecord | None) -> None:
        if event is not None:
            self._trigger_event(event.type, event.attributes)
        self.async_write_ha_state()

    @override
    async def async_get_last_state(self) -> State | None:
        if (record := self._record) is None:
            return None
        return State(self.entity_id, record.at.isoformat(timespec="milliseconds"))

    @override
    async def async_get_last_event_data(self) -> EventExtraStoredData | None:
        if (record := self._record) is None:
            return None
        return EventExtraStoredData(record.type, record.attributes)


class CameraEvent(RecordedEvent, DescribedCameraEntity):
    """The last event of one kind."""

    signal_key_fn = event_key

    @property
    @override
    def event_types(self) -> list[str]:
        """Return the types of the system, or those that the camera supports now if each has its own."""
        types = self.runtime.source.info.events[self.entity_description.key]
        return [*types] or [*self.camera.record.event_types, OTHER_EVENT]

    @property
    @override
    def _record(self) -> EventRecord | None:
        return self.camera.record.events.get(self.entity_description.key)


class SeenEvent(RecordedEvent, KnownEntity[KnownDevice]):
    """That a known vehicle or person is there: once in a visit, and never late."""

    _attr_translation_key = SEEN

    def __init__(self, known: KnownDevice) -> None:
        super().__init__(known, SEEN, event_key(SEEN))
        if isinstance(known, PersonDevice):
            self._attr_translation_key = f"person_{SEEN}"
        self._attr_event_types = [SEEN]

    @property
    @override
    def _record(self) -> EventRecord | None:
        return self.known.record.seen
