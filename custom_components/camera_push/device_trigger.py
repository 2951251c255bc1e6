"""The triggers of `trigger.py` for one device, in the device's own list of automations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from homeassistant.components.device_automation import (
    DEVICE_TRIGGER_BASE_SCHEMA,
    InvalidDeviceAutomationConfig,
)
from homeassistant.const import CONF_DEVICE_ID, CONF_DOMAIN, CONF_FOR, CONF_PLATFORM, CONF_TYPE
from homeassistant.core import CALLBACK_TYPE, HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.trigger import TriggerActionType, TriggerConfig, TriggerInfo
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .const import (
    CONF_SOURCE,
    DOMAIN,
    KEY_ALARM,
    KEY_CLOUD_EVENT,
    KEY_IDENTIFICATION,
    KEY_PLATE,
    SUBENTRY_PERSON,
    SUBENTRY_VEHICLE,
)
from .domain.messages import AlarmType, Direction
from .hub.devices import OwnedDevice, find_owned
from .sources import SOURCES
from .trigger import CONF_ALARM, CONF_DIRECTION, CONF_MINIMUM_CONFIDENCE, CONF_PERSON, TRIGGERS

CONF_SUBTYPE: Final = "subtype"

# Which trigger a camera has for an event entity of its source.
_FOR_EVENTS: Final = {
    KEY_ALARM: "alarm_raised",
    KEY_CLOUD_EVENT: "cloud_event",
    KEY_IDENTIFICATION: "person_recognised",
    KEY_PLATE: "plate_read",
}
_FOR_ALL_CAMERAS: Final = ("camera_went_silent", "camera_is_back")
_FOR_SUBJECTS: Final = {
    SUBENTRY_PERSON: ("person_recognised",),
    SUBENTRY_VEHICLE: ("vehicle_arrived", "vehicle_left"),
}
_PERCENT: Final = vol.All(vol.Coerce(int), vol.Range(min=0, max=100))
# What can be asked for besides; more can the trigger itself.
_EXTRA_FIELDS: Final[dict[str, dict[vol.Marker, Any]]] = {
    "plate_read": {
        vol.Optional(CONF_DIRECTION): vol.In([str(Direction.IN), str(Direction.OUT)]),
        vol.Optional(CONF_MINIMUM_CONFIDENCE): _PERCENT,
    },
    "person_recognised": {vol.Optional(CONF_MINIMUM_CONFIDENCE): _PERCENT},
    "camera_went_silent": {vol.Optional(CONF_FOR): cv.positive_time_period_dict},
    "camera_is_back": {vol.Optional(CONF_FOR): cv.positive_time_period_dict},
}

TRIGGER_SCHEMA: Final = DEVICE_TRIGGER_BASE_SCHEMA.extend(
    {
        vol.Required(CONF_TYPE): vol.In(list(TRIGGERS)),
        vol.Optional(CONF_SUBTYPE): vol.In([str(alarm) for alarm in AlarmType]),
        **{field: value for fields in _EXTRA_FIELDS.values() for field, value in fields.items()},
    }
)


def _types(owned: OwnedDevice) -> Iterator[tuple[str, str | None]]:
    """Iterate over a device's triggers: types, and subtypes where there are such."""
    if owned.subentry is not None:
        for kind in _FOR_SUBJECTS[owned.subentry.subentry_type]:
            yield kind, None
        return
    for key in SOURCES[owned.entry.data[CONF_SOURCE]].info.events:
        if key == KEY_ALARM:
            for alarm in AlarmType:
                yield _FOR_EVENTS[key], str(alarm)
        elif key in _FOR_EVENTS:
            yield _FOR_EVENTS[key], None
    for kind in _FOR_ALL_CAMERAS:
        yield kind, None


async def async_get_triggers(hass: HomeAssistant, device_id: str) -> list[dict[str, Any]]:
    """Return the triggers that a device has."""
    owned = find_owned(hass, device_id)
    if owned is None or owned.is_platform:
        return []
    return [
        {
            CONF_PLATFORM: "device",
            CONF_DOMAIN: DOMAIN,
            CONF_DEVICE_ID: device_id,
            CONF_TYPE: kind,
            **({CONF_SUBTYPE: subtype} if subtype is not None else {}),
        }
        for kind, subtype in _types(owned)
    ]


async def async_get_trigger_capabilities(hass: HomeAssistant, config: ConfigType) -> dict[str, vol.Schema]:
    """Return what can be asked for besides."""
    fields = _EXTRA_FIELDS.get(config[CONF_TYPE])
    return {"extra_fields": vol.Schema(fields)} if fields is not None else {}


async def async_attach_trigger(
    hass: HomeAssistant, config: ConfigType, action: TriggerActionType, trigger_info: TriggerInfo
) -> CALLBACK_TYPE:
    """Attach the trigger that a device's one stands for; raises InvalidDeviceAutomationConfig."""
    kind, device_id = config[CONF_TYPE], config[CONF_DEVICE_ID]
    trigger_class = TRIGGERS[kind]
    options = {
        str(field.schema): config[field.schema]
        for field in _EXTRA_FIELDS.get(kind, {})
        if field.schema in config
    }
    target = {CONF_DEVICE_ID: [device_id]}
    if CONF_SUBTYPE in config:
        options[CONF_ALARM] = [config[CONF_SUBTYPE]]
    owned = find_owned(hass, device_id)
    if kind == "person_recognised" and owned is not None and owned.subentry is not None:
        options[CONF_PERSON] = [device_id]
        target = {}
    try:
        valid = await trigger_class.async_validate_config(hass, {"target": target, "options": options})
    except vol.Invalid as err:
        raise InvalidDeviceAutomationConfig(
            translation_domain=DOMAIN,
            translation_key="device_trigger_invalid",
            translation_placeholders={"error": str(err)},
        ) from err
    trigger = trigger_class(hass, TriggerConfig(kind, valid["target"], valid["options"]))

    def build_payload(extra_trigger_payload: dict[str, Any], description: str) -> dict[str, Any]:
        payload = {
            **trigger_info["trigger_data"],
            CONF_PLATFORM: "device",
            "description": description,
            **extra_trigger_payload,
        }
        return {"trigger": payload}

    async def run(run_variables: dict[str, Any], context: Any = None) -> Any:
        if (result := hass.async_run_job(action, run_variables, context)) is not None:
            await result

    return await trigger.async_attach_action(run, build_payload)
