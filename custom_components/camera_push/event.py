"""Alarms, doorbell presses and plate reads as event entities."""

from __future__ import annotations

from abc import abstractmethod
from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription, EventExtraStoredData
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .descriptions import event_descriptions
from .domain.record import EventRecord
from .entity import CameraPushEntity, async_add_camera_entities
from .hub.camera import CameraDevice
from .hub.handlers.cloud_event import OTHER_EVENT
from .hub.hub import CameraPushConfigEntry
from .hub.known import SEEN, KnownDevice
from .hub.signals import event_aspect
from .subject_entity import KnownEntity, async_add_subject_entities

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: CameraPushConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the event entities of an entry's cameras, known vehicles and persons."""
    descriptions = event_descriptions(entry.runtime_data.source)
    async_add_camera_entities(
        entry,
        async_add_entities,
        lambda camera: [
            (CameraPushEvent if description.event_types else CloudEvent)(camera, description)
            for description in descriptions
        ],
    )
    async_add_subject_entities(entry, async_add_entities, lambda subject: [SubjectSeenEvent(subject)])


# What is different each time, or large: it is in the state, but not in the history.
_UNRECORDED: Final = frozenset(
    {"captured_at", "clip", "details", "meta", "picture", "plate_picture", "vehicle"}
)


class _RecordedEvent(EventEntity):
    """An event entity whose last event is in our record.

    Home Assistant restores event entities from what it saves every 15 minutes. Our record is
    on disk with every message: it is newer, and it also tells an entity that is being added
    of the very push that made its camera known.
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
        """Return when the last event was."""
        if (record := self._record) is None:
            return None
        return State(self.entity_id, record.at.isoformat(timespec="milliseconds"))

    @override
    async def async_get_last_event_data(self) -> EventExtraStoredData | None:
        """Return what the last event was."""
        if (record := self._record) is None:
            return None
        return EventExtraStoredData(record.type, record.attributes)


class CameraPushEvent(_RecordedEvent, CameraPushEntity):
    """The last event of one kind."""

    def __init__(self, camera: CameraDevice, description: EventEntityDescription) -> None:
        """Show the event that the description is named after."""
        super().__init__(camera, description.key, event_aspect(description.key))
        self.entity_description = description

    @property
    @override
    def _record(self) -> EventRecord | None:
        return self.camera.record.events.get(self.entity_description.key)


class CloudEvent(CameraPushEvent):
    """The last event of a camera cloud, which tells the types that a camera supports."""

    @property
    @override
    def event_types(self) -> list[str]:
        """Return the types that the camera supports now."""
        return [*self.camera.record.event_types, OTHER_EVENT]


class SubjectSeenEvent(_RecordedEvent, KnownEntity):
    """That a known vehicle or person is there: once in a visit, and never late."""

    _attr_translation_key = SEEN

    def __init__(self, subject: KnownDevice) -> None:
        """Show when the vehicle or person last came."""
        super().__init__(subject, SEEN, event_aspect(SEEN))
        self._attr_event_types = [SEEN]

    @property
    @override
    def _record(self) -> EventRecord | None:
        return self.subject.record.seen
