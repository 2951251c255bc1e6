"""What triggers listen to: something was seen, or a camera or a vehicle came or went.

The events on Home Assistant's bus say what a message said. A trigger event also carries what a gate has to
know besides: which visit a read belongs to, and what was told of that visit before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.signal_type import SignalType

from ..const import DOMAIN


class TriggerKind(StrEnum):
    """Kinds of trigger event."""

    ALARM = "alarm"
    PLATE = "plate"
    IDENTIFICATION = "identification"
    CLOUD_EVENT = "cloud_event"
    VEHICLE_ARRIVED = "vehicle_arrived"
    VEHICLE_LEFT = "vehicle_left"
    SILENT = "silent"
    SENDING = "sending"


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerEvent:
    """Something that happened at a device: a camera, a known vehicle or a known person.

    `data` is what the bus event of the same message says. `known_device_id` is the device of the known
    vehicle or person that it is about, with `is_certain` one who the user's options say is certain enough.
    `acted` names the triggers that were set off already, shared by all messages about one passing car or
    one activity; None where each message is on its own. `previous` is what was said before of the same
    visit, even before a restart.
    """

    kind: TriggerKind
    device_id: str
    data: Mapping[str, Any] = field(default_factory=dict)
    known_device_id: str | None = None
    is_certain: bool = True
    acted: set[str] | None = None
    previous: Mapping[str, Any] | None = None


_SIGNALS: Final[Mapping[TriggerKind, SignalType[TriggerEvent]]] = {
    kind: SignalType(f"{DOMAIN}_trigger_{kind}") for kind in TriggerKind
}


def signal(kind: TriggerKind) -> SignalType[TriggerEvent]:
    """Return the signal that carries trigger events of a kind."""
    return _SIGNALS[kind]


@callback
def async_send_trigger_event(hass: HomeAssistant, event: TriggerEvent) -> None:
    """Send a trigger event to the triggers that wait for it."""
    async_dispatcher_send(hass, _SIGNALS[event.kind], event)
