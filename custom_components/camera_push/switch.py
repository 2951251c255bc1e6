"""What a camera cloud does at each type of event: settings of the cloud, as switches."""

from __future__ import annotations

from typing import Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .domain.record import EventRecord
from .entity import CameraPushEntity
from .hub.camera import CameraDevice
from .hub.hub import CameraPushConfigEntry
from .hub.signals import EVENT_TYPES
from .sources.base import SettingError

PARALLEL_UPDATES = 1


async def async_setup_entry(
    hass: HomeAssistant, entry: CameraPushConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the switches of an entry's cameras; types of event can be added later."""
    hub = entry.runtime_data

    @callback
    def added(camera: CameraDevice) -> None:
        known: set[tuple[str, str]] = set()

        @callback
        def add_new(_event: EventRecord | None = None) -> None:
            there = {
                (name, setting)
                for name, settings in camera.record.event_types.items()
                for setting in hub.source.event_settings
                if setting in settings
            }
            new = sorted(there - known)
            known.update(new)
            async_add_entities(EventTypeSwitch(camera, name, setting) for name, setting in new)

        entry.async_on_unload(camera.async_subscribe(EVENT_TYPES, add_new))
        add_new()

    for camera in hub.cameras.values():
        added(camera)
    entry.async_on_unload(hub.async_on_new_camera(added))


class EventTypeSwitch(CameraPushEntity, SwitchEntity):
    """One setting of one type of event."""

    _attr_entity_category = EntityCategory.CONFIG
    _attr_entity_registry_enabled_default = False

    def __init__(self, camera: CameraDevice, name: str, setting: str) -> None:
        """Show the setting as the cloud told it last."""
        super().__init__(camera, f"{name}_{setting}", EVENT_TYPES)
        self._event_type = name
        self._setting = setting
        self._attr_translation_key = f"event_{setting}"
        self._attr_translation_placeholders = {"event": name}

    @property
    @override
    def available(self) -> bool:
        """Tell whether the camera still supports the type."""
        return super().available and self._setting in self._settings

    @property
    def _settings(self) -> dict[str, bool]:
        return self.camera.record.event_types.get(self._event_type, {})

    @property
    @override
    def is_on(self) -> bool | None:
        """Tell whether the setting is on."""
        return self._settings.get(self._setting)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Switch the setting on."""
        await self._async_switch(is_on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Switch the setting off."""
        await self._async_switch(is_on=False)

    async def _async_switch(self, *, is_on: bool) -> None:
        hub = self.camera.hub
        try:
            assert hub.parts.event_settings is not None  # noqa: S101  # Set where switches are.
            await hub.parts.event_settings.async_change(
                hub.context, self.camera.camera_id, self._event_type, self._setting, is_on=is_on
            )
        except SettingError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="setting_failed",
                translation_placeholders={"camera": self.camera.name, "error": str(err)},
            ) from err
