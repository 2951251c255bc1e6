"""VStarcam's wire format (shared by all of its cameras that can push)."""

from collections.abc import Container, Mapping
from dataclasses import replace
from functools import partial
import re
from typing import Final

from ...domain.base64_text import picture_in
from ...domain.errors import ProtocolError, Refusal
from ...domain.ids import checked_camera_id
from ...domain.json_body import Json
from ...domain.media import Clip, Picture, usable_picture
from ...domain.messages import Alarm, AlarmType, Heartbeat, Message
from ...domain.undecoded import masked_structure, parse_json_or_mask
from ...domain.urlencoded import urlencoded_fields
from ...transports.multipart import Part, PartHeader, PartKind, read_form
from ...transports.push import FORM, JSON, Push, typed_by_content

# Documented by the vendor; newer firmware sends others, which are alarms of an unknown type.
ALARM_TYPES: Final = {
    0x12: AlarmType.MOTION,
    0x14: AlarmType.DOORBELL,
    0x26: AlarmType.SMOKE_ALARM,
    0x27: AlarmType.ABSENCE,
    0x28: AlarmType.BABY_CRYING,
    0x29: AlarmType.HUMANOID,
    0x6D: AlarmType.FIRE,
    0x6E: AlarmType.SMOKE,
}

# A heartbeat is some 30 bytes; an alarm may have its picture as text.
MAX_TEXT_BYTES: Final = 1024 * 1024

_URLENCODED: Final = "application/x-www-form-urlencoded"
# A URL-encoded form begins like this, whatever its content type.
_FIELDS: Final = re.compile(rb"(?:[\w.%+-]*=[^&\s]*&)*?(?:vuid|type)=")
_PARTS: Final = {
    "vuid": PartKind.TEXT,
    "type": PartKind.TEXT,
    "picture": PartKind.PICTURE,
    "video": PartKind.CLIP,
}
# Without these, it is not known which camera saw what.
_IDENTITY: Final = ("vuid", "type")
# How the number is spelled is not documented: decimal and hexadecimal are both accepted (inferred).
_NUMBER: Final = re.compile(r"(?:0[xX](?P<hex>[0-9a-fA-F]{1,8})|(?P<decimal>[0-9]{1,10}))", re.ASCII)


async def decode(push: Push) -> Message:
    """Return the heartbeat or alarm in a push; raises ProtocolError.

    A heartbeat is JSON, an alarm multipart/form-data (documented). The same fields are taken in any of
    these and in a URL-encoded form, whatever its content type, the picture as base64 where there are no parts
    (inferred).
    """
    head, push = await typed_by_content(push)
    if _FIELDS.match(head) is not None:
        push = replace(push, media_type=_URLENCODED)
    if push.media_type == FORM:
        return _decode_form(push, await read_form(push, _classify))
    if push.media_type == JSON:
        body = await push.whole(MAX_TEXT_BYTES, "The JSON text")
        return await push.decoded(partial(_decode_json, push), body)
    if push.media_type == _URLENCODED:
        body = await push.whole(MAX_TEXT_BYTES, "The form")
        return await push.decoded(lambda body: _decode_fields(push, _urlencoded(body)), body)
    raise ProtocolError(
        "A heartbeat is application/json, an alarm multipart/form-data; this push is neither.",
        Refusal.FORMAT,
        masked_structure(head, push.media_type) | {"bytes": push.length},
    )


def _decode_json(push: Push, body: bytes) -> Heartbeat | Alarm:
    push.seen.value = value = parse_json_or_mask(body, push.media_type)
    if not isinstance(value, dict):
        raise ProtocolError("A heartbeat is a JSON object with the field vuid.")
    return _decode_fields(push, value)


def _urlencoded(body: bytes) -> dict[str, Json]:
    fields: dict[str, Json] = {}
    for name, value in urlencoded_fields(body):
        if name in fields:
            _check_repeated(name)
        else:
            fields[name] = value.decode(errors="replace").strip()
    return fields


def _check_repeated(name: str) -> None:
    """Raise ProtocolError where a field must not be there twice; of all others, the first counts."""
    if name in _IDENTITY:
        raise ProtocolError(f"The field {name} is there twice.")


def _check_cloud(names: Container[str]) -> None:
    """Raise ProtocolError for a push of the maker's cloud, by the names of its fields (documented)."""
    if "vuid" not in names and "did" in names and "action" in names:
        raise ProtocolError(
            "This is a push of the VStarcam cloud; only pushes of the cameras themselves are taken.",
            Refusal.FORMAT,
        )


def _decode_fields(push: Push, fields: Mapping[str, Json]) -> Heartbeat | Alarm:
    """Return the heartbeat `{"vuid": "VC0000000ABCD"}` (documented), or with `type` an alarm."""
    push.seen.value = dict(fields)
    _check_cloud(fields)
    camera_id = checked_camera_id(fields.get("vuid"), "vuid", ascii_only=True)
    kind = fields.get("type")
    if kind is None or isinstance(kind, dict | list | bool):
        return Heartbeat(camera_id=camera_id, received_at=push.received_at, address=push.address)
    if isinstance(kind, float) and kind.is_integer():
        kind = int(kind)
    code = alarm_code(str(kind))
    text = fields.get("picture")
    data = (picture_in(text) or b"-") if isinstance(text, str) and text else b""
    picture, unusable = _usable(data)
    return Alarm(
        camera_id=camera_id,
        received_at=push.received_at,
        address=push.address,
        unusable_pictures=unusable,
        alarm=ALARM_TYPES.get(code, AlarmType.UNKNOWN),
        code=code,
        picture=picture,
    )


def _classify(header: PartHeader) -> PartKind:
    # Cheap firmware leaves out file names and types, or calls parts otherwise (inferred).
    if (kind := _PARTS.get(header.name)) is not None:
        return kind
    return PartKind.PICTURE_OR_CLIP


def _decode_form(push: Push, parts: list[Part]) -> Alarm:
    """Return the alarm in the parts `vuid` and `type` and, optionally, `picture` and `video`."""
    fields: dict[str, Part] = {}
    for part in parts:
        if part.header.name in fields:
            _check_repeated(part.header.name)
        else:
            fields[part.header.name] = part
    _check_cloud({part.name for part in push.seen.parts})
    camera_id = checked_camera_id(fields["vuid"].text if "vuid" in fields else None, "vuid", ascii_only=True)
    if "type" not in fields:
        raise ProtocolError("The field type is missing.")
    code = alarm_code(fields["type"].text)
    picture, unusable = _picture(parts)
    return Alarm(
        camera_id=camera_id,
        received_at=push.received_at,
        address=push.address,
        unusable_pictures=unusable,
        alarm=ALARM_TYPES.get(code, AlarmType.UNKNOWN),
        code=code,
        picture=picture,
        clip=_clip(parts),
    )


def _picture(parts: list[Part]) -> tuple[Picture | None, int]:
    """Return the picture and how many could not be used."""
    part = _named_or_first("picture", PartKind.PICTURE, parts)
    return _usable(part.data if part is not None else b"")


def _usable(data: bytes) -> tuple[Picture | None, int]:
    picture = usable_picture(data) if data else None
    return picture, int(bool(data) and picture is None)


def _clip(parts: list[Part]) -> Clip | None:
    part = _named_or_first("video", PartKind.CLIP, parts)
    return part.clip if part is not None else None


def _named_or_first(name: str, kind: PartKind, parts: list[Part]) -> Part | None:
    """Return the part of a kind with a name, or the first of that kind if none has it."""
    found = [part for part in parts if part.kind is kind]
    return next((part for part in found if part.header.name == name), found[0] if found else None)


def alarm_code(text: str) -> int:
    """Return the alarm's number from "18" or "0x12"; raises ProtocolError for anything else."""
    if (match := _NUMBER.fullmatch(text.strip())) is None:
        raise ProtocolError("The field type is not a number.")
    code = int(match["hex"], 16) if match["hex"] else int(match["decimal"])
    if code > 0xFFFF_FFFF:
        raise ProtocolError("The field type is not a number that fits 32 bits.")
    return code
