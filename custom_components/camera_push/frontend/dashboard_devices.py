"""The cameras, known vehicles and persons that the dashboard shows, by the registries."""

from dataclasses import dataclass, field
from typing import Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er

from ..const import (
    DOMAIN,
    KEY_CONNECTIVITY,
    KEY_DOORBELL,
    KEY_LAST_PERSON,
    KEY_LAST_SEEN,
    KEY_PLATE,
    KEY_SNAPSHOT,
)

# What else than alarms is a tile: the card of events says the rest, with pictures.
_TILES: Final = {
    (Platform.EVENT, KEY_DOORBELL),
    (Platform.SENSOR, KEY_PLATE),
    (Platform.SENSOR, KEY_LAST_PERSON),
    (Platform.SENSOR, KEY_LAST_SEEN),
}
_DOMAIN_ORDER: Final = (Platform.BINARY_SENSOR, Platform.EVENT, Platform.SENSOR)


@dataclass(slots=True)
class ShownCamera:
    """A camera that the dashboard shows, and its entities by domain and key."""

    name: str
    area: ar.AreaEntry | None
    camera: str
    entities: dict[tuple[str, str], er.RegistryEntry] = field(default_factory=dict)

    @property
    def order(self) -> tuple[bool, str, str]:
        """Return by what cameras are in order: those of an area together, those of none last."""
        return self.area is None, self.area.name.casefold() if self.area else "", self.name.casefold()

    @property
    def connectivity(self) -> str | None:
        """Return the entity that tells whether the camera can be reached."""
        entity = self.entities.get((Platform.BINARY_SENSOR, KEY_CONNECTIVITY))
        return entity.entity_id if entity is not None else None

    @property
    def tiles(self) -> list[er.RegistryEntry]:
        """Return the entities whose states are shown: alarms first."""
        shown = [
            entity
            for (domain, key), entity in self.entities.items()
            if (domain, key) in _TILES
            or (domain == Platform.BINARY_SENSOR and entity.entity_category is None)
        ]
        return sorted(shown, key=lambda it: (_DOMAIN_ORDER.index(Platform(it.domain)), it.unique_id))


@dataclass(frozen=True, slots=True)
class ShownKnown:
    """A known vehicle or person that the dashboard shows."""

    subentry: ConfigSubentry
    name: str
    entity: str


@callback
def _is_shown(entity: er.RegistryEntry) -> bool:
    return (
        entity.disabled_by is None
        and entity.hidden_by is None
        and entity.entity_category is not EntityCategory.CONFIG
    )


@callback
def shown_cameras(hass: HomeAssistant) -> list[ShownCamera]:
    """Return the cameras with an entity that is neither disabled nor hidden."""
    devices, areas = dr.async_get(hass), ar.async_get(hass)
    cameras = []
    for entry in hass.config_entries.async_entries(DOMAIN):
        of_device: dict[str, list[er.RegistryEntry]] = {}
        for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
            if entity.device_id is not None and _is_shown(entity):
                of_device.setdefault(entity.device_id, []).append(entity)
        for device_id, entities in of_device.items():
            device = devices.async_get(device_id)
            owner = (
                next((it for domain, it in device.identifiers if domain == DOMAIN), None) if device else None
            )
            keyed = {(it.domain, it.unique_id.removeprefix(f"{owner}_")): it for it in entities}
            camera = keyed.get((Platform.CAMERA, KEY_SNAPSHOT))
            if device is None or owner is None or camera is None:
                continue
            area_id = camera.area_id or device.area_id
            cameras.append(
                ShownCamera(
                    name=camera.name or device.name_by_user or device.name or owner,
                    area=areas.async_get_area(area_id) if area_id else None,
                    camera=camera.entity_id,
                    entities=keyed,
                )
            )
    return sorted(cameras, key=lambda it: it.order)


@callback
def shown_known(hass: HomeAssistant, kind: str) -> list[ShownKnown]:
    """Return the known vehicles or persons, by name, each with the entity that says whether it is here."""
    registry = er.async_get(hass)
    found = []
    for entry in hass.config_entries.async_entries(DOMAIN):
        for device in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id):
            ids = {identifier for domain, identifier in device.identifiers if domain == DOMAIN}
            subentry = next((entry.subentries[it] for it in ids if it in entry.subentries), None)
            if subentry is None or subentry.subentry_type != kind:
                continue
            entities = {
                it.domain: it for it in er.async_entries_for_device(registry, device.id) if _is_shown(it)
            }
            entity = entities.get(Platform.DEVICE_TRACKER) or entities.get(Platform.BINARY_SENSOR)
            if entity is not None:
                found.append(ShownKnown(subentry, device.name_by_user or subentry.title, entity.entity_id))
    return sorted(found, key=lambda it: it.name.casefold())
