"""Descriptions of bus events for the activity list."""

from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.components.logbook import (
    LOGBOOK_ENTRY_ICON,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
    async_log_entry,
)
from homeassistant.core import Event, HomeAssistant, callback

from .const import DOMAIN, EVENT_ALARM, EVENT_CLOUD, EVENT_IDENTIFICATION
from .domain.messages import AlarmType
from .hub.devices import device_name
from .web.visit_log import VisitLog

type Describe = Callable[[str, str, Callable[[Event], dict[str, Any]]], None]


@callback
def async_describe_events(hass: HomeAssistant, async_describe_event: Describe) -> None:
    """Register a description for each type of bus event; visits have lines of their own."""
    VisitLog(hass, async_log_entry).async_start()
    for event_type, (icon, sentence) in _SENTENCES.items():

        @callback
        def describe(
            event: Event, icon: str = icon, sentence: Callable[[Mapping[str, Any]], str] = sentence
        ) -> dict[str, Any]:
            message = sentence(event.data)
            if event.data.get("late"):
                message += " (late)"
            return {
                LOGBOOK_ENTRY_NAME: device_name(hass, event.data["device_id"]) or "Removed camera",
                LOGBOOK_ENTRY_MESSAGE: message,
                # Without an entity id: the frontend would show the entity's name instead of the camera's.
                LOGBOOK_ENTRY_ICON: icon,
            }

        async_describe_event(DOMAIN, event_type, describe)


def _alarm(data: Mapping[str, Any]) -> str:
    match data["alarm"]:
        case AlarmType.UNKNOWN:
            return f"raised an unknown alarm (code {data['code']})"
        case AlarmType.DOORBELL:
            return "rang the doorbell"
        case AlarmType.HUMANOID:
            return "saw a person"
        case alarm:
            return f"raised an alarm: {alarm.replace('_', ' ')}"


def _identification(data: Mapping[str, Any]) -> str:
    if data["type"] == "identification" or data["profile_id"] is not None:
        who = data["person"] or "an unnamed person"
        watchlists = f" (watchlist: {', '.join(data['watchlists'])})" if data["watchlists"] else ""
        return f"recognised {who}{watchlists}"
    return _OTHER_IDENTIFICATIONS.get(data["type"], f"reported an event: {data['type']}")


_OTHER_IDENTIFICATIONS = {
    "non_identification": "saw an unknown person",
    "har": "detected an activity",
    "roi": "saw a person in a zone",
    "crossing": "saw a person cross a line",
    "face_hide_control": "saw a person with a hidden face",
}


def _cloud_event(data: Mapping[str, Any]) -> str:
    return f"recorded a cloud event: {data['meta'].get('alias') or data['name']}"


_SENTENCES: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], str]]] = {
    EVENT_ALARM: ("mdi:bell-ring", _alarm),
    EVENT_CLOUD: ("mdi:cloud-alert-outline", _cloud_event),
    EVENT_IDENTIFICATION: ("mdi:account-eye", _identification),
}
