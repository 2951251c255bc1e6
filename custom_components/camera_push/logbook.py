"""Descriptions of bus events for the activity list, in Home Assistant's language."""

from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.components.logbook import (
    LOGBOOK_ENTRY_ICON,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
    async_log_entry,
)
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN, EVENT_ALARM, EVENT_CLOUD, EVENT_IDENTIFICATION
from .domain.messages import AlarmType
from .hub.devices import device_name
from .web.visit_log import VisitLog

type Describe = Callable[[str, str, Callable[[Event], dict[str, Any]]], None]
# Returns the text of a key, with placeholders filled in.
type Say = Callable[..., str]


@callback
def async_describe_events(hass: HomeAssistant, async_describe_event: Describe) -> None:
    """Register a description for each type of bus event; visits have lines of their own."""
    VisitLog(hass, async_log_entry).async_start()
    for event_type, (icon, sentence) in _SENTENCES.items():

        @callback
        def describe(
            event: Event, icon: str = icon, sentence: Callable[[Say, Mapping[str, Any]], str] = sentence
        ) -> dict[str, Any]:
            say = _say(hass)
            message = sentence(say, event.data)
            if event.data.get("late"):
                message = say("late", message=message)
            return {
                LOGBOOK_ENTRY_NAME: device_name(hass, event.data["device_id"]) or say("removed_camera"),
                LOGBOOK_ENTRY_MESSAGE: message,
                # Without an entity id: the frontend would show the entity's name instead of the camera's.
                LOGBOOK_ENTRY_ICON: icon,
            }

        async_describe_event(DOMAIN, event_type, describe)


def _say(hass: HomeAssistant) -> Say:
    texts = async_get_cached_translations(hass, hass.config.language, "selector", DOMAIN)

    def say(key: str, selector: str = "logbook", **placeholders: str) -> str:
        return texts.get(f"component.{DOMAIN}.selector.{selector}.options.{key}", key).format(**placeholders)

    return say


def _alarm(say: Say, data: Mapping[str, Any]) -> str:
    match data["alarm"]:
        case AlarmType.UNKNOWN:
            return say("unknown_alarm", code=str(data["code"]))
        case AlarmType.DOORBELL | AlarmType.HUMANOID as alarm:
            return say(alarm)
        case alarm:
            return say("alarm", alarm=say(alarm, "kind"))


def _identification(say: Say, data: Mapping[str, Any]) -> str:
    if data["type"] == "identification" or data["profile_id"] is not None:
        person = data["person"] or say("unnamed_person")
        if data["watchlists"]:
            return say("identification_in", person=person, watchlists=", ".join(data["watchlists"]))
        return say("identification", person=person)
    if data["type"] in _OTHER_IDENTIFICATIONS:
        return say(data["type"])
    return say("other_identification", type=data["type"])


_OTHER_IDENTIFICATIONS = {"non_identification", "har", "roi", "crossing", "face_hide_control"}


def _cloud_event(say: Say, data: Mapping[str, Any]) -> str:
    return say("cloud_event", event=data["meta"].get("alias") or data["name"])


_SENTENCES: Mapping[str, tuple[str, Callable[[Say, Mapping[str, Any]], str]]] = {
    EVENT_ALARM: ("mdi:bell-ring", _alarm),
    EVENT_CLOUD: ("mdi:cloud-alert-outline", _cloud_event),
    EVENT_IDENTIFICATION: ("mdi:account-eye", _identification),
}
