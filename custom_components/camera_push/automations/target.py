"""The devices that the target of a trigger selects."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.helpers.typing import ConfigType

from ..const import DOMAIN


class Target:
    """The devices of a target: selected by device, entity, area, floor or label.

    An empty target selects all devices. The selection is resolved for each event, so that a device
    that is moved to an area or gets a label later counts from then on.
    """

    def __init__(self, hass: HomeAssistant, config: ConfigType | None) -> None:
        """Parse a target as automations write it: a mapping of `entity_id`, `device_id` and so on."""
        self._hass = hass
        self._selection = TargetSelection(config or {})

    @callback
    def includes(self, device_id: str) -> bool:
        """Return whether the target selects a device."""
        selection = self._selection
        if not selection.has_any_target or device_id in selection.device_ids:
            return True
        selected = async_extract_referenced_entity_ids(
            self._hass, selection, expand_group=False, primary_entities_only=False
        )
        if device_id in selected.referenced_devices:
            return True
        registry = er.async_get(self._hass)
        entities = selected.referenced | selected.indirectly_referenced
        return any(
            entity.entity_id in entities and entity.platform == DOMAIN
            for entity in er.async_entries_for_device(registry, device_id, include_disabled_entities=True)
        )
