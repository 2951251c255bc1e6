"""What triggers listen to: that something was seen, and that a camera or a vehicle came or went.

The events on Home Assistant's bus say what a message said. Here is also what they do not say and a
gate has to know: which visit a read belongs to, and what was told of that visit before.
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


class Kind(StrEnum):
    """What can occur."""

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
    """Something that occurred to a device: to a camera, a known vehicle or a known person.

    `data` is what the bus event of the same message says. `subject` is the device of the known
    vehicle or person that it is about, with `is_certain` one of whom the user's options say that
    it is certain enough. `acted` is whom it set off already: shared by all messages
    about one passing car, or one activity; None where each is on its own. `previous` is what was
    said before of the same car, even before a restart.
    """

    kind: Kind
    device_id: str
    data: Mapping[str, Any] = field(default_factory=dict)
    subject: str | None = None
    is_certain: bool = True
    acted: set[str] | None = None
    previous: Mapping[str, Any] | None = None


_SIGNALS: Final[Mapping[Kind, SignalType[TriggerEvent]]] = {
    kind: SignalType(f"{DOMAIN}_occurrence_{kind}") for kind in Kind
}


def signal(kind: Kind) -> SignalType[TriggerEvent]:
    """Return the signal that carries a kind of occurrence."""
    return _SIGNALS[kind]


@callback
def async_send_trigger_event(hass: HomeAssistant, occurrence: TriggerEvent) -> None:
    """Tell the triggers that wait for it."""
    async_dispatcher_send(hass, _SIGNALS[occurrence.kind], occurrence)
