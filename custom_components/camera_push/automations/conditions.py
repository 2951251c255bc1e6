"""The conditions on cameras, known vehicles and known persons."""

from collections.abc import Mapping
from typing import ClassVar, Unpack, cast, override

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR, BinarySensorDeviceClass
from homeassistant.components.camera import DOMAIN as CAMERA
from homeassistant.const import STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import (
    ATTR_BEHAVIOR,
    BEHAVIOR_ALL,
    Condition,
    ConditionCheckParams,
    ConditionConfig,
    EntityConditionBase,
)
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from ..const import DOMAIN, SUBENTRY_PERSON, SUBENTRY_VEHICLE
from ..hub.known_plates import known_plates


class CameraPushCondition(EntityConditionBase):
    """A condition on this integration's entities in the target."""

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        super().__init__(hass, config)
        self._selection = TargetSelection(config.target or {})
        self._requires_all = (config.options or {}).get(ATTR_BEHAVIOR) == BEHAVIOR_ALL

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        registry = er.async_get(self._hass)
        return {
            entity_id
            for entity_id in super().entity_filter(entities)
            if (entity := registry.async_get(entity_id)) is not None
            and entity.platform == DOMAIN
            and self.applies_to(entity)
        }

    def applies_to(self, entity: er.RegistryEntry) -> bool:
        """Return whether the condition applies to an entity of this integration."""
        return True

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        # Home Assistant skips unavailable entities, and "all" of none is true: a gate must not open then.
        if self._requires_all and not self._all_available():
            return False
        return super()._async_check(**kwargs)

    def _all_available(self) -> bool:
        """Return whether there are entities in the target, and all of them are available."""
        selected = async_extract_referenced_entity_ids(self._hass, self._selection, expand_group=False)
        entities = self.entity_filter(selected.referenced | selected.indirectly_referenced)
        states = [self._hass.states.get(entity_id) for entity_id in entities]
        return bool(states) and all(
            state is not None and state.state not in (STATE_UNAVAILABLE, STATE_UNKNOWN) for state in states
        )


class CameraIsSending(CameraPushCondition):
    """Cameras are available: no heartbeats were missed, and the connection to their platform is up."""

    _domain_specs: Mapping[str, DomainSpec] = {CAMERA: DomainSpec()}

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        return entity_state.state != STATE_UNAVAILABLE


class PresenceCondition(CameraPushCondition):
    """Known vehicles or persons are present: seen within their hold time."""

    subentry_type: ClassVar[str]
    _domain_specs: Mapping[str, DomainSpec] = {
        BINARY_SENSOR: DomainSpec(device_class=BinarySensorDeviceClass.OCCUPANCY)
    }

    @override
    def applies_to(self, entity: er.RegistryEntry) -> bool:
        entry = self._hass.config_entries.async_get_entry(entity.config_entry_id or "")
        if entry is None or (subentry := entry.subentries.get(entity.config_subentry_id or "")) is None:
            return False
        return subentry.subentry_type == self.subentry_type

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        return entity_state.state == STATE_ON


class VehicleIsPresent(PresenceCondition):
    """Known vehicles are present."""

    subentry_type = SUBENTRY_VEHICLE


class PersonIsPresent(PresenceCondition):
    """Known persons are present."""

    subentry_type = SUBENTRY_PERSON


class AnyVehicleIsPresent(Condition):
    """Any known vehicle of any entry is present."""

    @override
    @classmethod
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        return cast(ConfigType, vol.Schema({})(config))

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        return any(device.is_present for device in known_plates(self._hass).devices)
