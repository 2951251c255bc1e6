"""The base of all entities."""

from collections.abc import Callable, Container, Iterable, Sequence
from typing import ClassVar, override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .domain.record import EventRecord
from .entry.runtime import CameraPushConfigEntry, RuntimeData
from .hub.camera import CameraDevice
from .hub.known_device import KnownDevice
from .hub.signals import AVAILABILITY, new_camera_signal, new_known_signal, optional_signal, update_signal


class CameraPushEntity(Entity):
    """An entity of a camera, or of a known vehicle or person: it shows what `signal_key` names of it."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, owner: str, key: str, signal_key: str) -> None:
        """Belong to the device of `owner`, under the public contract's `key`."""
        self._owner = owner
        self._signal_key = signal_key
        self._attr_unique_id = f"{owner}_{key}"
        # A property of TrackerEntity would hide the attribute.
        self._device_info = DeviceInfo(identifiers={(DOMAIN, owner)})

    @property
    @override
    def device_info(self) -> DeviceInfo:
        return self._device_info

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        signal = update_signal(self._owner, self._signal_key)
        self.async_on_remove(async_dispatcher_connect(self.hass, signal, self._async_update))

    @callback
    def _async_update(self, event: EventRecord | None) -> None:
        """Write the state anew."""
        self._take_over()
        self.async_write_ha_state()

    def _take_over(self) -> None:
        """Take over what is shown, where Home Assistant wants it in attributes."""

    @callback
    def _async_write(self, _news: object = None) -> None:
        """Write the state anew, which is about something else than what the entity shows."""
        self.async_write_ha_state()


class CameraEntity(CameraPushEntity):
    """An entity of a camera."""

    def __init__(self, runtime: RuntimeData, camera: CameraDevice, key: str, signal_key: str) -> None:
        """Show what `signal_key` names of the camera."""
        super().__init__(camera.owner, key, signal_key)
        self.runtime = runtime
        self.camera = camera

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        signal = update_signal(self._owner, AVAILABILITY)
        self.async_on_remove(async_dispatcher_connect(self.hass, signal, self._async_write))

    @property
    @override
    def available(self) -> bool:
        return self.camera.liveness.is_available


class DescribedCameraEntity(CameraEntity):
    """An entity that cameras have if their system says so, by its description."""

    # What of the camera a description's key names.
    signal_key_fn: ClassVar[Callable[[str], str]]

    def __init__(self, runtime: RuntimeData, camera: CameraDevice, description: EntityDescription) -> None:
        """Show what the description's key names of the camera."""
        super().__init__(runtime, camera, description.key, type(self).signal_key_fn(description.key))
        self.entity_description = description


class EntryEntity(CameraPushEntity):
    """An entity of a whole entry, which has a device for these where its system has none."""

    def __init__(self, entry: CameraPushConfigEntry, key: str) -> None:
        """Show something of all the entry's cameras, under the public contract's `key`."""
        super().__init__(entry.entry_id, key, key)
        self._attr_translation_key = key
        self._device_info = DeviceInfo(
            identifiers={(DOMAIN, entry.entry_id)}, name=entry.title, entry_type=DeviceEntryType.SERVICE
        )


class VehiclesEntity(EntryEntity):
    """An entity of all known vehicles of an entry: it shows what `followed` names of them."""

    followed: ClassVar[str]

    def __init__(self, entry: CameraPushConfigEntry, key: str) -> None:
        """Show something of the vehicles, under the public contract's `key`."""
        super().__init__(entry, key)
        self.vehicles = entry.runtime_data.hub.known.vehicles
        self._new_known = new_known_signal(entry.entry_id)
        self._followed: set[str] = set()

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(async_dispatcher_connect(self.hass, self._new_known, self._async_changed))
        for known_id in self.vehicles:
            self._follow(known_id)

    def _follow(self, known_id: str) -> None:
        self._followed.add(known_id)
        signal = update_signal(known_id, self.followed)
        self.async_on_remove(async_dispatcher_connect(self.hass, signal, self._async_write))

    @callback
    def _async_changed(self, known_id: str) -> None:
        if known_id in self.vehicles and known_id not in self._followed:
            self._follow(known_id)
        self.async_write_ha_state()


class KnownEntity[T: KnownDevice](CameraPushEntity):
    """An entity of a known vehicle or person."""

    def __init__(self, known: T, key: str, signal_key: str) -> None:
        """Show what `signal_key` names of the vehicle or person."""
        super().__init__(known.id, key, signal_key)
        self.known = known


@callback
def async_add_with_first_vehicle(
    entry: CameraPushConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    build: Callable[[], Entity],
) -> None:
    """Add an entity of the whole entry that says something once a known vehicle is added."""
    runtime = entry.runtime_data
    is_added = False

    @callback
    def added(_known_id: str | None = None) -> None:
        nonlocal is_added
        if runtime.hub.known.vehicles and not is_added:
            is_added = True
            async_add_entities([build()])

    added()
    hass = runtime.context.hass
    entry.async_on_unload(async_dispatcher_connect(hass, new_known_signal(entry.entry_id), added))


@callback
def async_add_camera_entities(
    entry: CameraPushConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    build: Callable[[RuntimeData, CameraDevice], Iterable[Entity]],
) -> None:
    """Add what `build` makes of each camera: of those that are known, and of each that appears."""
    runtime = entry.runtime_data
    cameras = runtime.hub.cameras

    @callback
    def added(camera_id: str) -> None:
        async_add_entities(
            build(runtime, cameras[camera_id]),
            config_subentry_id=runtime.hub.context.subentry_id(camera_id),
        )

    for camera_id in cameras:
        added(camera_id)
    hass = runtime.context.hass
    entry.async_on_unload(async_dispatcher_connect(hass, new_camera_signal(entry.entry_id), added))


@callback
def async_add_described_entities[D: EntityDescription](
    entry: CameraPushConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    new: Callable[[RuntimeData, CameraDevice, D], Entity],
    descriptions: Sequence[D],
    keys: Container[str],
) -> None:
    """Add what each camera has according to its system: the entities whose keys are in `keys`.

    Those that not every camera has are added once there is something for them to show.
    """
    runtime = entry.runtime_data
    optional = runtime.source.info.optional
    found = [description for description in descriptions if description.key in keys]
    there: dict[str, tuple[CameraDevice, set[str]]] = {}

    def build(runtime: RuntimeData, camera: CameraDevice) -> list[Entity]:
        before, shown = there.get(camera.camera_id, (camera, set()))
        if before is not camera:
            # It was deleted meanwhile.
            shown = set()
        missing = [it for it in found if it.key not in shown and camera.has(it.key)]
        there[camera.camera_id] = camera, shown | {it.key for it in missing}
        return [new(runtime, camera, it) for it in missing]

    async_add_camera_entities(entry, async_add_entities, build)
    if optional.isdisjoint(it.key for it in found):
        return

    @callback
    def changed(camera_id: str) -> None:
        async_add_entities(build(runtime, runtime.hub.cameras[camera_id]))

    hass = runtime.context.hass
    entry.async_on_unload(async_dispatcher_connect(hass, optional_signal(entry.entry_id), changed))


@callback
def async_add_known_entities(
    entry: CameraPushConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    build: Callable[[KnownDevice], Iterable[Entity]],
) -> None:
    """Add what `build` makes of each known vehicle and person, also of those that are added or changed.

    An entity that is there already is not added a second time.
    """
    known = entry.runtime_data.hub.known
    there: set[str] = set()

    @callback
    def added(known_id: str) -> None:
        new = [entity for entity in build(known.devices[known_id]) if entity.unique_id not in there]
        there.update(entity.unique_id or "" for entity in new)
        async_add_entities(new, config_subentry_id=known_id)

    for known_id in known.devices:
        added(known_id)
    hass = entry.runtime_data.context.hass
    entry.async_on_unload(async_dispatcher_connect(hass, new_known_signal(entry.entry_id), added))
