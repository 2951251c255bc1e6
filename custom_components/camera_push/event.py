"""Alarms, doorbell presses and plate reads as event entities."""

from __future__ import annotations

from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription, EventExtraStoredData
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .camera_device import CameraDevice, event_aspect
from .core.record import EventRecord
from .entity import CameraPushEntity, async_add_camera_entities
from .hub import CameraPushConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: CameraPushConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the event entities of an entry's cameras."""
    descriptions = entry.runtime_data.source.events
    async_add_camera_entities(
        entry,
        async_add_entities,
        lambda camera: [CameraPushEvent(camera, description) for description in descriptions],
    )


class CameraPushEvent(CameraPushEntity, EventEntity):
    """The last event of one kind."""

    def __init__(self, camera: CameraDevice, description: EventEntityDescription) -> None:
        """Show the event that the description is named after."""
        super().__init__(camera, description.key, event_aspect(description.key))
        self.entity_description = description

    @callback
    @override
    def _async_update(self, event: EventRecord | None) -> None:
        if event is not None:
            self._trigger_event(event.type, event.attributes)
        super()._async_update(event)

    # Home Assistant restores event entities from what it saves every 15 minutes. Our record is
    # on disk with every message: it is newer, and it also tells an entity that is being added
    # of the very push that made its camera known.

    @override
    async def async_get_last_state(self) -> State | None:
        """Return when the last event was."""
        if (record := self.camera.record.events.get(self.entity_description.key)) is None:
            return None
        return State(self.entity_id, record.at.isoformat(timespec="milliseconds"))

    @override
    async def async_get_last_event_data(self) -> EventExtraStoredData | None:
        """Return what the last event was."""
        if (record := self.camera.record.events.get(self.entity_description.key)) is None:
            return None
        return EventExtraStoredData(record.type, record.attributes)
