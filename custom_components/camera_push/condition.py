"""Conditions that read like sentences: vehicle is present, person is present, camera is sending."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final, override

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR, BinarySensorDeviceClass
from homeassistant.components.camera import DOMAIN as CAMERA
from homeassistant.const import STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import Condition, EntityConditionBase

from .const import DOMAIN, SUBENTRY_PERSON, SUBENTRY_VEHICLE


class OurEntityCondition(EntityConditionBase):
    """Tests the entities of ours in its target; one that is unavailable does not pass."""

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return those that the condition is about."""
        registry = er.async_get(self._hass)
        return {
            entity_id
            for entity_id in super().entity_filter(entities)
            if (entity := registry.async_get(entity_id)) is not None
            and entity.platform == DOMAIN
            and self.is_about(entity)
        }

    def is_about(self, entity: er.RegistryEntry) -> bool:
        """Tell whether the condition is about an entity of ours."""
        return True

    @override
    def _should_include(self, _state: State) -> bool:
        # What cannot be told is not so: with "all", a gate must not open for it.
        return True


class CameraIsSending(OurEntityCondition):
    """Cameras are available: no heartbeats were missed, and their platform can be heard."""

    _domain_specs: Mapping[str, DomainSpec] = {CAMERA: DomainSpec()}

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        """Tell whether a camera is available."""
        return entity_state.state != STATE_UNAVAILABLE


class SubjectIsPresent(OurEntityCondition):
    """Known vehicles or persons were seen a short while ago."""

    subentry_type: ClassVar[str]
    _domain_specs: Mapping[str, DomainSpec] = {
        BINARY_SENSOR: DomainSpec(device_class=BinarySensorDeviceClass.OCCUPANCY)
    }

    @override
    def is_about(self, entity: er.RegistryEntry) -> bool:
        """Tell whether it is of a vehicle, or of a person."""
        entry = self._hass.config_entries.async_get_entry(entity.config_entry_id or "")
        if entry is None or (subentry := entry.subentries.get(entity.config_subentry_id or "")) is None:
            return False
        return subentry.subentry_type == self.subentry_type

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        """Tell whether the vehicle or person is present."""
        return entity_state.state == STATE_ON


class VehicleIsPresent(SubjectIsPresent):
    """Known vehicles were seen a short while ago."""

    subentry_type = SUBENTRY_VEHICLE


class PersonIsPresent(SubjectIsPresent):
    """Known persons were seen a short while ago."""

    subentry_type = SUBENTRY_PERSON


CONDITIONS: Final[dict[str, type[Condition]]] = {
    "camera_is_sending": CameraIsSending,
    "person_is_present": PersonIsPresent,
    "vehicle_is_present": VehicleIsPresent,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions by their names."""
    return CONDITIONS
