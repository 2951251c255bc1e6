"""Dispatcher signals by which entities learn that what they show has changed.

The dispatcher calls each subscriber by itself: one that raises is logged and keeps none of the others from
being called.
"""

from typing import Final

from homeassistant.util.signal_type import SignalType

from ..const import DOMAIN
from ..domain.record import EventRecord

# Keys beside those of alarms, events, pictures and values.
AVAILABILITY: Final = "availability"
EVENT_TYPES: Final = "event_types"
LAST_SEEN: Final = "last_seen"


def alarm_key(alarm: str) -> str:
    """Return the key of what a binary sensor shows."""
    return f"alarm_{alarm}"


def event_key(key: str) -> str:
    """Return the key of what an event entity shows; its signal carries the event."""
    return f"event_{key}"


def picture_key(key: str) -> str:
    """Return the key of what an image entity shows."""
    return f"picture_{key}"


def value_key(key: str) -> str:
    """Return the key of what a sensor shows."""
    return f"value_{key}"


def update_signal(owner: str, key: str) -> SignalType[EventRecord | None]:
    """Return the signal for a change of what an entity shows of a camera, or of a known vehicle or person."""
    return SignalType(f"{DOMAIN}_{owner}_{key}")


# The numbers of an entry's rows of the history that were written or changed, and of those that were deleted.
HISTORY: Final[SignalType[str, frozenset[int], frozenset[int]]] = SignalType(f"{DOMAIN}_history")


def new_camera_signal(entry_id: str) -> SignalType[str]:
    """Return the signal for a camera that appears, which carries its id."""
    return SignalType(f"{DOMAIN}_{entry_id}_new_camera")


def optional_signal(entry_id: str) -> SignalType[str]:
    """Return the signal for a camera that may have got an entity that not every camera has, with its id."""
    return SignalType(f"{DOMAIN}_{entry_id}_optional")


def premises_signal(entry_id: str) -> SignalType[()]:
    """Return the signal for a change of how many vehicles are on an entry's premises."""
    return SignalType(f"{DOMAIN}_{entry_id}_premises")


def today_key(key: str) -> str:
    """Return the key of what was counted today."""
    return f"{key}_today"


def configured_camera_signal(entry_id: str) -> SignalType[str]:
    """Return the signal for a camera that was set up from Home Assistant, or is not any more, with its id."""
    return SignalType(f"{DOMAIN}_{entry_id}_configured_camera")


def new_known_signal(entry_id: str) -> SignalType[str]:
    """Return the signal for a vehicle or person that was added or changed, which carries its id."""
    return SignalType(f"{DOMAIN}_{entry_id}_new_known")
