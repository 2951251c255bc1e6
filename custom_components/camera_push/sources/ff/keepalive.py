"""The keepalive ("heartbeat service") of AXIS License Plate Verifier and CAMMRA AI."""

from collections.abc import Iterator, Mapping
from typing import Final

from ...const import KEY_FRAMES, KEY_PLATE_READS
from ...domain.clock import from_iso
from ...domain.fields import MAX_TEXT_LENGTH, Fields
from ...domain.json_body import Json
from ...domain.messages import DeviceDetails, Heartbeat
from ...domain.text import printable
from ...transports.push import Arrival
from .event import DEFAULT_DEVICE_ID, usable_id

_MAX_DIGITS: Final = 15
_MAX_COUNT: Final = 10**_MAX_DIGITS - 1

# AXIS License Plate Verifier nests its fields in these objects (documented).
_SECTIONS: Final = frozenset({"system", "identify", "alpv", "services"})
# CAMMRA AI offers these; its exact keys are not published, so the words decide.
_DEVICE_ID: Final = ("deviceid",)
_TIMESTAMP: Final = ("timestamp",)
_MAC: Final = ("macaddress", "mac")
_FIRMWARE: Final = ("osversion", "firmware", "firmwareversion")
_MODEL: Final = ("platform", "model")
_SERIAL: Final = ("serialnumber", "serial")
_APP: Final = ("anprversion", "appversion")
# The version of the firmware and that of the app, by the sections in which they stand (documented).
_FIRMWARE_SECTION: Final = "identify"
_APP_SECTION: Final = "alpv"
# The sensors of the counters.
_COUNTERS: Final = {"numframes": KEY_FRAMES, "numberofreads": KEY_PLATE_READS}
_WORDS: Final = frozenset((*_DEVICE_ID, *_TIMESTAMP, *_MAC, *_FIRMWARE, *_MODEL, *_SERIAL, *_APP))


def is_keepalive(data: Mapping[str, Json]) -> bool:
    """Tell whether a JSON object is a keepalive: the user picks its fields, so any can be missing."""
    return any(key.lower() in _SECTIONS for key in data) or any(word in _WORDS for word, _ in _words(data))


def _words(data: Mapping[str, Json], depth: int = 2) -> Iterator[tuple[str, Json]]:
    """Yield the keys as bare words ("MAC Address" is "macaddress") with their values, outermost first."""
    for key, value in data.items():
        if isinstance(value, dict):
            if depth:
                yield from _words(value, depth - 1)
        else:
            yield "".join(character for character in key.lower() if character.isalnum()), value


def _text(value: Json) -> str | None:
    return printable(value, MAX_TEXT_LENGTH) or None if isinstance(value, str) else None


def _version(data: Mapping[str, Json], section: str) -> str | None:
    """Return the version that stands in a section of the keepalive."""
    fields = Fields(data).fields(section)
    return _text(fields.get("version"))


def decode_keepalive(arrival: Arrival, data: Mapping[str, Json]) -> Heartbeat:
    """Return the heartbeat in a keepalive.

    Its `camera_id` is the Device ID. Where that is missing or the default, it is the serial
    number or MAC address (an Axis camera's serial number is its MAC address without colons),
    or "" where there is none either, so it is where no camera can have it as its id; then `identified` is
    False and whoever knows the cameras has to tell which one it was.
    """
    words: dict[str, Json] = {}
    for word, value in _words(data):
        words.setdefault(word, value)

    def text(keys: tuple[str, ...]) -> str | None:
        return next((found for key in keys if (found := _text(words.get(key)))), None)

    def number(key: str) -> int | None:
        value = words.get(key)
        # Nearly every number travels as a text.
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _MAX_DIGITS:
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            return None
        return value if 0 <= value <= _MAX_COUNT else None

    mac = text(_MAC)
    serial = text(_SERIAL) or (mac.replace(":", "").replace("-", "").upper() if mac else None)
    device_id = usable_id(words.get(_DEVICE_ID[0]))
    identified = device_id not in (None, DEFAULT_DEVICE_ID)
    if device_id is None or not identified:
        device_id = usable_id(serial) or ""
    return Heartbeat(
        camera_id=device_id,
        identified=identified,
        received_at=arrival.received_at,
        address=arrival.address,
        details=DeviceDetails(
            model=text(_MODEL),
            firmware=_version(data, _FIRMWARE_SECTION) or text(_FIRMWARE),
            app=_version(data, _APP_SECTION) or text(_APP),
            serial_number=serial,
            mac=mac,
        ),
        sent_at=from_iso(text(_TIMESTAMP)),
        counters={key: count for word, key in _COUNTERS.items() if (count := number(word)) is not None},
    )
