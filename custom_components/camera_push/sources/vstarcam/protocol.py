"""VStarcam's wire format (shared by all of its cameras that can push)."""

from __future__ import annotations

from functools import partial
import re
from typing import Final

from ...domain.errors import ProtocolError, Refusal
from ...domain.ids import checked_camera_id
from ...domain.json_body import parse_json
from ...domain.media import checked_picture
from ...domain.messages import Alarm, AlarmType, Heartbeat, Message
from ...transports.multipart import Part, PartHeader, PartKind, read_form
from ...transports.push import Push

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

# A heartbeat is some 30 bytes; this leaves room for what firmware may add.
MAX_HEARTBEAT_BYTES: Final = 64 * 1024

_PARTS: Final = {
    "vuid": PartKind.TEXT,
    "type": PartKind.TEXT,
    "picture": PartKind.PICTURE,
    "video": PartKind.CLIP,
}
# How the number is spelled is not documented: decimal and hexadecimal are both accepted (inferred).
_NUMBER: Final = re.compile(r"(?:0[xX](?P<hex>[0-9a-fA-F]{1,8})|(?P<decimal>[0-9]{1,10}))", re.ASCII)


async def decode(push: Push) -> Message:
    """Return the heartbeat or alarm in a push.

    A heartbeat is JSON, an alarm multipart/form-data (documented). Raises ProtocolError.
    """
    if push.media_type == "application/json":
        body = await push.whole(MAX_HEARTBEAT_BYTES, "The heartbeat")
        return await push.decoded(partial(decode_heartbeat, push), body)
    if push.media_type == "multipart/form-data":
        return decode_alarm(push, await read_form(push, _classify))
    raise ProtocolError(
        "A heartbeat is application/json, an alarm multipart/form-data; this push is neither.", Refusal.FORMAT
    )


def decode_heartbeat(push: Push, body: bytes) -> Heartbeat:
    """Return the heartbeat `{"vuid": "VC0000000ABCD"}` (documented); other keys are allowed."""
    push.seen.value = value = parse_json(body)
    if not isinstance(value, dict):
        raise ProtocolError("A heartbeat is a JSON object with the field vuid.")
    return Heartbeat(
        camera_id=checked_camera_id(value.get("vuid"), "vuid", ascii_only=True),
        received_at=push.received_at,
        address=push.address,
    )


def _classify(header: PartHeader) -> PartKind:
    # Parts go by their names alone: cheap firmware leaves out file names and types (inferred).
    return _PARTS.get(header.name, PartKind.SKIP)


def decode_alarm(push: Push, parts: list[Part]) -> Alarm:
    """Return the alarm in the parts `vuid`, `type`, `picture` and, optionally, `video`."""
    fields: dict[str, Part] = {}
    for part in parts:
        if part.header.name in fields:
            raise ProtocolError(f"The field {part.header.name} is there twice.")
        fields[part.header.name] = part
    camera_id = checked_camera_id(fields["vuid"].text if "vuid" in fields else None, "vuid", ascii_only=True)
    if "type" not in fields:
        raise ProtocolError("The field type is missing.")
    code = alarm_code(fields["type"].text)
    if "picture" not in fields:
        raise ProtocolError("The field picture is missing.", Refusal.PICTURE)
    return Alarm(
        camera_id=camera_id,
        received_at=push.received_at,
        address=push.address,
        alarm=ALARM_TYPES.get(code, AlarmType.UNKNOWN),
        code=code,
        picture=checked_picture(fields["picture"].data),
        clip=fields["video"].clip if "video" in fields else None,
    )


def alarm_code(text: str) -> int:
    """Return the alarm's number from "18" or "0x12"; raises ProtocolError for anything else."""
    if (match := _NUMBER.fullmatch(text.strip())) is None:
        raise ProtocolError("The field type is not a number.")
    code = int(match["hex"], 16) if match["hex"] else int(match["decimal"])
    if code > 0xFFFF_FFFF:
        raise ProtocolError("The field type is not a number that fits 32 bits.")
    return code
