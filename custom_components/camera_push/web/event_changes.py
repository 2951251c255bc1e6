"""Changes that users make to the history."""

from dataclasses import replace

from ..domain.history import EventKind
from ..domain.plates import normalised_plate
from ..hub.history_recognition import all_vehicles, known_in
from .errors import invalid
from .events import FoundEvent


async def correct_plate(found: FoundEvent, text: str) -> FoundEvent:
    """Put the plate of a visit right, which is its vehicle's from then on; return the visit.

    Raises ServiceValidationError, LibraryError or StoreError.
    """
    if (plate := normalised_plate(text)) is None:
        raise invalid("not_a_plate", plate=text)
    if found.event.kind is not EventKind.VISIT:
        raise invalid("not_a_visit", identifier=str(found.id))
    hass = found.runtime.context.hass
    is_right = replace(found.event, plate=plate, corrected_from=found.event.plate or "")
    owner = f"{found.id.entry_id}_{found.event.camera_id}"
    known_id = known_in(all_vehicles(hass), is_right, owner, hass.config.country)
    event = await found.runtime.store.history.correct_plate(found.event.id, plate, known_id)
    if event is None:
        raise invalid("unknown_event", identifier=str(found.id))
    return FoundEvent(found.runtime, event)
