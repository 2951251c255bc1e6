"""A camera cloud's settings of event types, as switches: those that the user chose."""

from collections.abc import Collection, Mapping
from typing import Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .domain.record import EventRecord
from .domain.source_info import RequestError
from .entity import CameraEntity
from .entry.runtime import CameraPushConfigEntry, RuntimeData
from .hub.camera import CameraDevice
from .hub.signals import EVENT_TYPES, new_camera_signal, update_signal
from .sources.base import ChangeEventType

PARALLEL_UPDATES = 1


async def async_setup_entry(
    hass: HomeAssistant, entry: CameraPushConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the switches of an entry's cameras; event types can be added later."""
    runtime = entry.runtime_data
    if (change := runtime.source.change_event_type) is None:
        return
    wanted = runtime.source.switched_events(entry.options)
    _remove_unwanted(hass, entry, wanted)

    @callback
    def added(camera_id: str) -> None:
        camera = runtime.hub.cameras[camera_id]
        known: set[tuple[str, str]] = set()

        @callback
        def add_new(_event: EventRecord | None = None) -> None:
            there = {
                (name, setting)
                for name, event_type in camera.record.event_types.items()
                if name in wanted
                for setting in runtime.source.info.event_settings
                if setting in event_type
            }
            new = sorted(there - known)
            known.update(new)
            async_add_entities(
                EventTypeSwitch(runtime, camera, change, name, setting) for name, setting in new
            )

        signal = update_signal(camera.owner, EVENT_TYPES)
        entry.async_on_unload(async_dispatcher_connect(hass, signal, add_new))
        add_new()

    for camera_id in runtime.hub.cameras:
        added(camera_id)
    entry.async_on_unload(async_dispatcher_connect(hass, new_camera_signal(entry.entry_id), added))


@callback
def _remove_unwanted(hass: HomeAssistant, entry: CameraPushConfigEntry, wanted: Collection[str]) -> None:
    """Remove the switches of event types that are not among the wanted ones any more."""
    runtime = entry.runtime_data
    kept = {
        f"{camera.owner}_{_key(name, setting)}"
        for camera in runtime.hub.cameras.values()
        for name in wanted
        for setting in runtime.source.info.event_settings
    }
    registry = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        if entity.domain == Platform.SWITCH and entity.unique_id not in kept:
            registry.async_remove(entity.entity_id)


def _key(name: str, setting: str) -> str:
    return f"{name}_{setting}"


class EventTypeSwitch(CameraEntity, SwitchEntity):
    """One setting of one type of event."""

    _attr_entity_category = EntityCategory.CONFIG

    def __init__(
        self, runtime: RuntimeData, camera: CameraDevice, change: ChangeEventType, name: str, setting: str
    ) -> None:
        super().__init__(runtime, camera, _key(name, setting), EVENT_TYPES)
        self._change = change
        self._event_type = name
        self._setting = setting
        self._attr_translation_key = f"event_{setting}"
        self._attr_translation_placeholders = {"event": name}

    @property
    def _current(self) -> Mapping[str, bool]:
        return self.camera.record.event_types.get(self._event_type, {})

    @property
    @override
    def available(self) -> bool:
        """Tell whether the camera still supports the type."""
        return super().available and self._setting in self._current

    @property
    @override
    def is_on(self) -> bool | None:
        return self._current.get(self._setting)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await self._async_switch(is_on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self._async_switch(is_on=False)

    async def _async_switch(self, *, is_on: bool) -> None:
        try:
            await self._change(
                self.runtime.context, self.camera.camera_id, self._event_type, {self._setting: is_on}
            )
        except RequestError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="setting_failed",
                translation_placeholders={"camera": self.camera.name, "error": str(err)},
            ) from err
