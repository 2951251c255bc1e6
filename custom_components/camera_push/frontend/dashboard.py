"""The dashboard's views, made from the registries: of Home Assistant's own cards and this integration's."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN, SUBENTRY_PERSON, SUBENTRY_VEHICLE
from ..domain.history import EventKind
from .counts import statistic_id
from .dashboard_devices import ShownCamera, ShownKnown, shown_cameras, shown_known

type _Config = dict[str, Any]

_EVENTS: Final = "custom:camera-push-events"
_SNAPSHOT: Final = "custom:camera-push-snapshot"
_KNOWN: Final = "custom:camera-push-known"

_UNKNOWN_DAYS: Final = 7
_COUNT_DAYS: Final = 7


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


def _heading(text: str, icon: str, badges: Iterable[_Config] = ()) -> _Config:
    return {"type": "heading", "heading": text, "icon": icon, "badges": list(badges)}


def _silence_badges(camera: ShownCamera, *, content: list[str]) -> list[_Config]:
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


def _known_card(known: ShownKnown) -> _Config:
    return {
        "type": _KNOWN,
        "known": known.subentry.subentry_id,
        "entity": known.entity,
        "name": known.name,
    }


def _today(
    words: Words, cameras: list[ShownCamera], known: list[ShownKnown], counts: list[_Config]
) -> _Config:
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


def _cameras_view(words: Words, cameras: list[ShownCamera]) -> _Config:
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


def _known_view(words: Words, vehicles: list[ShownKnown], persons: list[ShownKnown]) -> _Config:
    def section(title: str, icon: str, known: list[ShownKnown]) -> list[_Config]:
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
    cameras = shown_cameras(hass)
    vehicles, persons = shown_known(hass, SUBENTRY_VEHICLE), shown_known(hass, SUBENTRY_PERSON)
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
