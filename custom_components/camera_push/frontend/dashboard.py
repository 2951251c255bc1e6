"""The dashboard's views, made from the registries: of Home Assistant's own cards and this integration's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.helpers.translation import async_get_translations

from ..const import (
    DOMAIN,
    KEY_CONNECTIVITY,
    KEY_DOORBELL,
    KEY_LAST_PERSON,
    KEY_LAST_SEEN,
    KEY_PLATE,
    KEY_SNAPSHOT,
    SUBENTRY_PERSON,
    SUBENTRY_VEHICLE,
)
from ..domain.history import EventKind
from .counts import statistic_id

type _Config = dict[str, Any]

_EVENTS: Final = "custom:camera-push-events"
_SNAPSHOT: Final = "custom:camera-push-snapshot"
_KNOWN: Final = "custom:camera-push-known"

_UNKNOWN_DAYS: Final = 7
_COUNT_DAYS: Final = 7

# What else than alarms is a tile: the card of events says the rest, with pictures.
_TILES: Final = {
    (Platform.EVENT, KEY_DOORBELL),
    (Platform.SENSOR, KEY_PLATE),
    (Platform.SENSOR, KEY_LAST_PERSON),
    (Platform.SENSOR, KEY_LAST_SEEN),
}
_DOMAIN_ORDER: Final = (Platform.BINARY_SENSOR, Platform.EVENT, Platform.SENSOR)


class Words:
    """The dashboard's words in the user's language."""

    def __init__(self, translations: Mapping[str, str]) -> None:
        """Look words up in Home Assistant's translations."""
        self._translations = translations

    @classmethod
    async def load(cls, hass: HomeAssistant, language: str) -> Words:
        """Return the words of a language; English where there are none."""
        return cls(await async_get_translations(hass, language, "selector", {DOMAIN}))

    def __getitem__(self, key: str) -> str:
        return self._translations.get(f"component.{DOMAIN}.selector.dashboard.options.{key}", key)


@dataclass(slots=True)
class _Camera:
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
class _Known:
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
def _cameras(hass: HomeAssistant) -> list[_Camera]:
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
                _Camera(
                    name=camera.name or device.name_by_user or device.name or owner,
                    area=areas.async_get_area(area_id) if area_id else None,
                    camera=camera.entity_id,
                    entities=keyed,
                )
            )
    return sorted(cameras, key=lambda it: it.order)


@callback
def _known(hass: HomeAssistant, kind: str) -> list[_Known]:
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
                found.append(_Known(subentry, device.name_by_user or subentry.title, entity.entity_id))
    return sorted(found, key=lambda it: it.name.casefold())


def _heading(text: str, icon: str, badges: Iterable[_Config] = ()) -> _Config:
    return {"type": "heading", "heading": text, "icon": icon, "badges": list(badges)}


def _silence_badges(camera: _Camera, *, content: list[str]) -> list[_Config]:
    """Return a badge that is there only while a camera is silent."""
    if (entity := camera.connectivity) is None:
        return []
    return [
        {
            "type": "entity",
            "entity": entity,
            "name": camera.name,
            "icon": "mdi:wifi-strength-off-outline",
            "state_content": content,
            "visibility": [{"condition": "state", "entity": entity, "state": "off"}],
        }
    ]


def _known_card(known: _Known) -> _Config:
    return {
        "type": _KNOWN,
        "known": known.subentry.subentry_id,
        "entity": known.entity,
        "name": known.name,
    }


def _today(words: Words, cameras: list[_Camera], known: list[_Known], counts: list[_Config]) -> _Config:
    now: list[_Config] = [
        {
            "type": "grid",
            "cards": [
                _heading(
                    words["cameras"],
                    "mdi:cctv",
                    [badge for it in cameras for badge in _silence_badges(it, content=["name"])],
                ),
                *({"type": _SNAPSHOT, "entity": it.camera, "grid_options": {"columns": 6}} for it in cameras),
            ],
        }
    ]
    if known:
        now.append(
            {
                "type": "grid",
                "cards": [
                    _heading(words["who_is_home"], "mdi:home-map-marker"),
                    *({**_known_card(it), "compact": True, "grid_options": {"columns": 12}} for it in known),
                ],
            }
        )
    now.append({"type": "grid", "cards": counts})
    return {
        "title": words["today"],
        "path": "today",
        "type": "sections",
        "max_columns": 3,
        "sections": [
            {
                "type": "grid",
                "column_span": 2,
                "cards": [{"type": _EVENTS, "grid_options": {"columns": "full"}}],
            }
        ],
        "sidebar": {
            "content_label": words["events"],
            "sidebar_label": words["now"],
            "sections": now if cameras else [],
        },
    }


def _cameras_view(words: Words, cameras: list[_Camera]) -> _Config:
    sections = []
    for camera in cameras:
        badges = _silence_badges(camera, content=["state", "last_changed"])
        icon = (camera.area.icon if camera.area else None) or "mdi:cctv"
        area = camera.area.name if camera.area and camera.area.name != camera.name else None
        sections.append(
            {
                "type": "grid",
                "cards": [
                    _heading(f"{area} · {camera.name}" if area else camera.name, icon, badges),
                    {"type": _SNAPSHOT, "entity": camera.camera, "grid_options": {"columns": 12}},
                    *(
                        {"type": "tile", "entity": it.entity_id, "name": {"type": "entity"}}
                        for it in camera.tiles
                    ),
                ],
            }
        )
    return {
        "title": words["cameras"],
        "path": "cameras",
        "type": "sections",
        "max_columns": 3,
        "sections": sections,
    }


def _known_view(words: Words, vehicles: list[_Known], persons: list[_Known]) -> _Config:
    def section(title: str, icon: str, known: list[_Known]) -> list[_Config]:
        cards = [{**_known_card(it), "grid_options": {"columns": 6}} for it in known]
        return [{"type": "grid", "cards": [_heading(title, icon), *cards]}] if known else []

    unknown = {
        "type": "grid",
        "cards": [
            _heading(words["unknown"], "mdi:help-circle-outline"),
            {
                "type": _EVENTS,
                "only": "unknown",
                "days": _UNKNOWN_DAYS,
                "show_filters": False,
                "show_strip": False,
                "show_search": False,
                "grid_options": {"columns": "full"},
            },
        ],
    }
    return {
        "title": words["vehicles_and_persons"],
        "path": "known",
        "type": "sections",
        "max_columns": 3,
        "sections": [
            *section(words["vehicles"], "mdi:car", vehicles),
            *section(words["persons"], "mdi:account", persons),
            unknown,
        ],
    }


def _count_cards(words: Words) -> list[_Config]:
    return [
        _heading(words["counts"], "mdi:chart-box"),
        {
            "type": "statistics-graph",
            "title": words["by_day"],
            "chart_type": "bar-stack",
            "stat_types": ["change"],
            "period": "day",
            "days_to_show": _COUNT_DAYS,
            "entities": [
                {"entity": statistic_id(kind), "name": words[name], "color": color}
                for kind, name, color in (
                    (EventKind.VISIT, "vehicles", "blue"),
                    (EventKind.IDENTIFICATION, "persons", "purple"),
                    (EventKind.ALARM, "alarms", "amber"),
                    (EventKind.CLOUD_EVENT, "cloud_events", "blue-grey"),
                )
            ],
            "grid_options": {"columns": 12},
        },
    ]


async def async_views(hass: HomeAssistant, language: str) -> list[_Config]:
    """Return the dashboard's views."""
    words = await Words.load(hass, language)
    cameras = _cameras(hass)
    vehicles, persons = _known(hass, SUBENTRY_VEHICLE), _known(hass, SUBENTRY_PERSON)
    counts = _count_cards(words)
    views = [_today(words, cameras, [*vehicles, *persons], counts)]
    if cameras:
        views += [
            _cameras_view(words, cameras),
            _known_view(words, vehicles, persons),
            {
                "title": words["counts"],
                "path": "counts",
                "type": "sections",
                "max_columns": 2,
                "sections": [{"type": "grid", "column_span": 2, "cards": counts}],
            },
        ]
    return views
