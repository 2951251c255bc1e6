"""What all entities of a known vehicle or person have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .domain.record import EventRecord
from .hub.hub import CameraPushConfigEntry
from .hub.known import KnownDevice


@callback
def async_add_subject_entities(
    entry: CameraPushConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    build: Callable[[KnownDevice], Iterable[Entity]],
) -> None:
    """Add what `build` makes of each known vehicle and person."""
    for subject_id, subject in entry.runtime_data.subjects.devices.items():
        async_add_entities(build(subject), config_subentry_id=subject_id)


class KnownEntity(Entity):
    """An entity of a known vehicle or person: a view of one aspect of it."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, subject: KnownDevice, key: str, aspect: str) -> None:
        """Show `aspect` of the vehicle or person."""
        self.subject = subject
        self._aspect = aspect
        self._attr_unique_id = f"{subject.id}_{key}"

    @property
    @override
    def device_info(self) -> DeviceInfo:
        """Return the subject's device."""
        return DeviceInfo(identifiers={(DOMAIN, self.subject.id)})

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the vehicle or person."""
        await super().async_added_to_hass()
        self.async_on_remove(self.subject.async_subscribe(self._aspect, self._async_update))

    @callback
    def _async_update(self, event: EventRecord | None) -> None:
        """Write the state anew."""
        self.async_write_ha_state()
