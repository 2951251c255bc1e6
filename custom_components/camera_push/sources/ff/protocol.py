"""FF's HTTP requests: events with pictures in one of three ways, or a keepalive."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

from ...domain.errors import ProtocolError, Refusal
from ...domain.fields import Fields
from ...domain.json_body import Json, listed
from ...domain.media import picture_type
from ...domain.messages import Message
from ...domain.undecoded import is_markup, masked_structure, parse_json_or_mask
from ...domain.urlencoded import urlencoded_fields
from ...transports.multipart import MAX_JSON_BYTES, Part, PartHeader, PartKind, read_form
from ...transports.push import FORM, JSON, Arrival, Push, too_large, typed_by_content
from .event import decode_event, is_event
from .keepalive import decode_keepalive, is_keepalive
from .pictures import EventPictures

# Without pictures inside, an event is a few KiB.
MAX_PLAIN_JSON_BYTES: Final = 1024 * 1024
# Of what cannot be read, only the beginning is looked at.
MAX_UNDECODED_BYTES: Final = 1024 * 1024
# The camera's buffer holds 1,000 events by default (documented).
MAX_EVENTS: Final = 1000

_JSON_PARTS: Final = frozenset({"event", "json", "data"})
_JSON_TYPES: Final = frozenset({JSON, "text/json"})
# A form with the event in one of its fields, as it begins.
_URLENCODED: Final = tuple(f"{name}=".encode() for name in sorted(_JSON_PARTS))
_PICTURE_SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".bmp"})


async def decode(push: Push) -> list[Message]:
    """Return the plate reads or the keepalive in a push; raises ProtocolError."""
    head, push = await typed_by_content(push)
    if push.media_type == FORM:
        return await _decode_form(push)
    is_form = head.startswith(_URLENCODED)
    is_json = is_form or push.media_type in _JSON_TYPES
    body = await push.whole(MAX_JSON_BYTES if is_json else MAX_UNDECODED_BYTES, "The text")
    if is_form:

        def decode_field(body: bytes) -> list[Message]:
            # That the event is the first field was seen already.
            _, event = next(urlencoded_fields(body))
            return decode_messages(push, event)

        return await push.decoded(decode_field, body)
    if is_json and not is_markup(body):
        return await decode_json(push, body)
    raise _undecoded(push, body)


def _undecoded(push: Push, body: bytes) -> ProtocolError:
    """Return the error for a body in no format that is known."""
    structure = masked_structure(body, push.media_type)
    if is_markup(body):
        # XML is UTMC or UTMC-2: named by the vendor, their format is not published.
        return ProtocolError(
            "UTMC is not decoded, as its format is not published: set the camera to HTTP POST, TCP or FTP.",
            Refusal.UNDECODED,
            structure,
        )
    return ProtocolError(
        "The push is neither multipart/form-data nor application/json.", Refusal.FORMAT, structure
    )


async def _decode_form(push: Push) -> list[Message]:
    json_part: Part | None = None
    picture_parts: list[Part] = []
    # Parts that begin like an event, without a name that says so.
    unnamed: list[Part] = []
    for part in await read_form(push, _classify):
        if part.kind is PartKind.JSON:
            if json_part is not None:
                raise ProtocolError("The form holds two events.")
            json_part = part
        elif part.data and (_claims_picture(part.header) or picture_type(part.data)):
            # Images can be switched off (documented): an empty part is no picture, and no error.
            picture_parts.append(part)
        elif part.data.lstrip()[:1] in (b"{", b"["):
            unnamed.append(part)
    if json_part is None and len(unnamed) == 1:
        json_part = unnamed[0]
    if json_part is None:
        raise ProtocolError("The form has no part named event, json or data.")
    return await decode_json(push, json_part.data, picture_parts)


def _classify(header: PartHeader) -> PartKind:
    """Tell the event from pictures: the second picture's part name is not documented."""
    if header.content_type.startswith("image/"):
        return PartKind.PICTURE
    is_json = (
        header.name in _JSON_PARTS
        or header.content_type.partition(";")[0].strip().lower() in _JSON_TYPES
        or header.filename.lower().endswith(".json")
    )
    return PartKind.JSON if is_json else PartKind.PICTURE


def _claims_picture(header: PartHeader) -> bool:
    return (
        header.content_type.startswith("image/")
        or PurePosixPath(header.filename).suffix.lower() in _PICTURE_SUFFIXES
        or header.name.lower().startswith("image")
    )


def _unwrapped(value: Json) -> Json:
    """Return the event in an object that holds it by the name of a form's field: it is no keepalive."""
    if isinstance(value, dict) and not is_event(Fields(value)):
        for key, inner in value.items():
            if key.lower() in _JSON_PARTS and isinstance(inner, dict) and is_event(Fields(inner)):
                return inner
    return value


async def decode_json(arrival: Arrival, body: bytes, picture_parts: Sequence[Part] = ()) -> list[Message]:
    """Return the messages in a JSON text as `decode_messages` does, without blocking the event loop."""

    def work(body: bytes) -> list[Message]:
        return decode_messages(arrival, body, picture_parts)

    return await arrival.decoded(work, body)


def decode_messages(arrival: Arrival, body: bytes, picture_parts: Sequence[Part] = ()) -> list[Message]:
    """Return the messages in an event, in a JSON array of events (seen), or in a keepalive.

    All or nothing: raises ProtocolError when any of them is not acceptable. Pictures in parts
    of a form belong to the last event.
    """
    media_type = arrival.media_type if isinstance(arrival, Push) else ""
    arrival.seen.value = value = parse_json_or_mask(body, media_type)
    events = listed(value, MAX_EVENTS)
    messages: list[Message] = []
    embedded_bytes = 0
    for number, item in enumerate(events, 1):
        event = _unwrapped(item)
        if not isinstance(event, dict):
            raise ProtocolError("An event is a JSON object.")
        fields = Fields(event)
        if is_event(fields):
            pictures = EventPictures(fields)
            embedded_bytes += pictures.take_embedded()
            if number == len(events):
                pictures.take_parts(picture_parts)
            messages.append(decode_event(arrival, fields, pictures))
        elif is_keepalive(event):
            messages.append(decode_keepalive(arrival, event))
        else:
            raise ProtocolError("The JSON object is neither a plate event nor a keepalive.")
    if len(body) - embedded_bytes > MAX_PLAIN_JSON_BYTES:
        raise too_large("The JSON text without its pictures", MAX_PLAIN_JSON_BYTES)
    return messages
