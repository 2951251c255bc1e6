"""The FF-Events JSON event, protocol 1.6."""

from datetime import datetime, tzinfo
import re
from typing import Final

from ...domain.clock import from_epoch, local_time, plausible
from ...domain.errors import ProtocolError
from ...domain.fields import Fields
from ...domain.ids import checked_camera_id
from ...domain.json_body import Json
from ...domain.messages import DeviceDetails, Direction, PlateRead, Vehicle, VisitState
from ...domain.plates import normalised_plate, raw_plate
from ...transports.push import Arrival
from .pictures import EventPictures

# The Device ID until the user sets it: several cameras can share it (documented).
DEFAULT_DEVICE_ID: Final = "defaultID"

# Zones are numbered 1 and 2 (documented); more than this is no number of a zone.
MAX_ZONE: Final = 99
_MAX_NUMBER: Final = 10**18

_EVENT_KEYS: Final = (
    "carState",
    "carID",
    "plateText",
    "plateUnicode",
    "plateUTF8",
    "plateASCII",
    "packetCounter",
)
# The fields of a plate read; the others become its details.
_KNOWN_KEYS: Final = frozenset(
    key.lower()
    for key in (
        *_EVENT_KEYS,
        "camera_info",
        "cameraId",
        "capture_timestamp",
        "capture_ts",
        "carMoveDirection",
        "datetime",
        "frame_timestamp",
        "imageArray",
        "imageFile",
        "imageFile2",
        "imageType",
        "imagesURI",
        "plateConfidence",
        "plateCountry",
        "plateImageSize",
        "plateImageType",
        "plateISO3166-2",
        "plateList",
        "plateListMode",
        "plateRegion",
        "plateRegionCode",
        "roiID",
        "sensorProviderID",
        "vehicle_info",
    )
)
_KNOWN_VEHICLE_KEYS: Final = frozenset(
    ("brand", "make", "model", "type", "color", "view", "confidencemmr", "confidencecolor")
)
_KNOWN_CAMERA_KEYS: Final = frozenset(("serialnumber", "prodshortname", "macaddress", "ipaddress"))
_STATES: Final = {
    "new": VisitState.NEW,
    "update": VisitState.UPDATE,
    "updated": VisitState.UPDATE,  # documented as well
    "reliable": VisitState.UPDATE,  # seen
    "lost": VisitState.LOST,
}
_DIRECTIONS: Final = {"in": Direction.IN, "out": Direction.OUT}
# Above this a number of seconds would be the year 5138: it is milliseconds.
_SECONDS_END: Final = 1e11
_DATETIME: Final = re.compile(r"(\d{8}) (\d{6})(\d{3})? ?([+-]\d{4})?", re.ASCII)


def is_event(fields: Fields) -> bool:
    """Tell whether a JSON object is about a car."""
    return any(key in fields for key in _EVENT_KEYS)


def decode_event(arrival: Arrival, fields: Fields, pictures: EventPictures) -> PlateRead:
    """Return the plate read in an event; raises ProtocolError when it names no camera."""
    details = camera_details(fields)
    plate_text = raw_plate(fields.text("plateUTF8", "plateUnicode", "plateText", "plateASCII") or "")
    country = fields.text("plateCountry")
    zone = fields.number("roiID")
    return PlateRead(
        camera_id=camera_id(fields, details),
        received_at=arrival.received_at,
        details=details,
        address=arrival.address,
        state=visit_state(fields),
        plate=normalised_plate(plate_text),
        plate_raw=plate_text,
        country=None if country is None or country.upper() == "XX" else country.upper(),
        region=fields.text("plateRegion", "plateRegionCode", "plateISO3166-2"),
        confidence=fields.confidence("plateConfidence"),
        direction=_DIRECTIONS.get((fields.text("carMoveDirection") or "").lower(), Direction.UNKNOWN),
        zone=int(zone) if zone is not None and 0 <= zone <= MAX_ZONE else None,
        car_id=fields.text("carID"),
        vehicle=_vehicle(fields.fields("vehicle_info")),
        list_name=fields.text("plateList"),
        list_mode=(fields.text("plateListMode") or "").lower() or None,
        captured_at=captured_at(fields, arrival.time_zone, arrival.received_at),
        more=_more(fields),
        pictures=tuple(pictures.usable()),
        unusable_pictures=pictures.unusable,
    )


def _more(fields: Fields) -> dict[str, Json]:
    """Return what else an event says: radar's speed and loudness among it, whose keys are not published."""
    nested = {
        "vehicle_info": fields.fields("vehicle_info").rest(_KNOWN_VEHICLE_KEYS),
        "camera_info": fields.fields("camera_info").rest(_KNOWN_CAMERA_KEYS),
    }
    return fields.rest(_KNOWN_KEYS) | {key: rest for key, rest in nested.items() if rest}


def visit_state(fields: Fields) -> VisitState:
    """Return the state; a missing or unknown one is still a report on a car."""
    text = fields.text("carState")
    if text is None:
        return VisitState.NEW
    return _STATES.get(text.lower(), VisitState.UPDATE)


def camera_details(fields: Fields) -> DeviceDetails:
    """Return the details of the camera that sent an event."""
    info = fields.fields("camera_info")
    return DeviceDetails(
        model=info.text("ProdShortName"), serial_number=info.text("SerialNumber"), mac=info.text("MACAddress")
    )


def camera_id(fields: Fields, details: DeviceDetails) -> str:
    """Return the Device ID that the user set; a default or unusable one gives way to the serial number.

    Raises ProtocolError when the event names its camera in no usable way.
    """
    device_id = fields.get("sensorProviderID")
    for found in (
        device_id if device_id != DEFAULT_DEVICE_ID else None,
        details.serial_number,
        fields.text("cameraId"),
        details.mac,
    ):
        if (usable := usable_id(found)) is not None:
            return usable
    return checked_camera_id(device_id, "sensorProviderID", ascii_only=False)


def usable_id(value: Json) -> str | None:
    """Return a Device ID, a number as text, or None where it cannot be an id.

    It is any text that the user typed (documented).
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) <= _MAX_NUMBER else None
    try:
        return checked_camera_id(value, "sensorProviderID", ascii_only=False)
    except ProtocolError:
        return None


def captured_at(fields: Fields, time_zone: tzinfo, received_at: datetime) -> datetime | None:
    """Return when the picture was taken, in UTC, from the first field that tells.

    `capture_timestamp` is in milliseconds (documented) or seconds (seen), `capture_ts` in
    nanoseconds, `datetime` as YYYYMMDD HHMMSSfff with or without a zone, or ISO 8601 (seen).
    Without a zone it is the camera's local time, taken to be Home Assistant's.
    """
    if (number := fields.number("capture_timestamp")) and (
        time := from_epoch(number, 1.0 if number < _SECONDS_END else 1e-3)
    ):
        return time
    if (number := fields.number("capture_ts")) and (time := from_epoch(number, 1e-9)):
        return time
    return parse_datetime(fields.text("datetime") or "", time_zone, received_at)


def parse_datetime(text: str, time_zone: tzinfo, received_at: datetime) -> datetime | None:
    """Return the time that `datetime` or an ISO 8601 text says, in UTC; None if it says none."""
    try:
        if match := _DATETIME.fullmatch(text):
            day, time, milliseconds, zone = match.groups()
            text = f"{day}T{time}.{milliseconds or '000'}{zone or ''}"
        parsed = datetime.fromisoformat(text)
        if parsed.tzinfo is None:
            parsed = local_time(parsed, time_zone, received_at)
        return plausible(parsed)
    except ValueError, OverflowError:
        return None


def _vehicle(info: Fields) -> Vehicle:
    return Vehicle(
        make=info.text("brand", "make"),
        model=info.text("model"),
        type=info.text("type"),
        color=info.text("color"),
        view=info.text("view"),
        make_model_confidence=info.confidence("confidenceMMR"),
        color_confidence=info.confidence("confidenceColor"),
    )
