"""Trigger events: what automations' triggers listen to.

A bus event says what one message said. A trigger event also says what a gate has to know: which
visit a read belongs to, and what earlier messages of that visit said.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.signal_type import SignalType

from ..const import DOMAIN
from ..domain.recognition import Reason


class TriggerKind(StrEnum):
    """The kinds of trigger event."""

    ALARM = "alarm"
    PLATE = "plate"
    IDENTIFICATION = "identification"
    CLOUD_EVENT = "cloud_event"
    VEHICLE_ARRIVED = "vehicle_arrived"
    VEHICLE_LEFT = "vehicle_left"
    UNKNOWN_VEHICLE = "unknown_vehicle"
    UNKNOWN_PERSON = "unknown_person"
    SILENT = "silent"
    SENDING = "sending"


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerEvent:
    """An event of one device: a camera, a known vehicle or a known person.

    `data` is the data of the bus event of the same message. `known_device_id` is the device of the known
    vehicle or person that the event is about. With a `refusal`, the event sets nothing off, for that reason;
    `refused_device_ids` are the known vehicles that it is not taken to be about, with theirs. `is_certain`
    tells whether the platform's confidence reaches the minimum in the entry's options. `acted` holds the
    triggers that ran for this visit: all messages about one passing car, or one activity, share it; it is
    None for a message that belongs to no visit. `previous` is what the visit's last message said, also from
    before a restart.
    """

    kind: TriggerKind
    device_id: str
    data: Mapping[str, Any] = field(default_factory=dict)
    known_device_id: str | None = None
    is_certain: bool = True
    refusal: Reason | None = None
    refused_device_ids: Mapping[str, Reason] = field(default_factory=dict)
    acted: set[str] | None = None
    previous: Mapping[str, Any] | None = None


_SIGNALS: Final[Mapping[TriggerKind, SignalType[TriggerEvent]]] = {
    kind: SignalType(f"{DOMAIN}_trigger_{kind}") for kind in TriggerKind
}


def signal(kind: TriggerKind) -> SignalType[TriggerEvent]:
    """Return the dispatcher signal of a kind of trigger event."""
    return _SIGNALS[kind]


@callback
def async_send_trigger_event(hass: HomeAssistant, event: TriggerEvent) -> None:
    """Send an event to the triggers of its kind."""
    async_dispatcher_send(hass, _SIGNALS[event.kind], event)
