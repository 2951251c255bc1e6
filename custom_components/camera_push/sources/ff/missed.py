"""The reads that a camera has on record: the answer of its `search.cgi`, as the vendor's page shows it.

`TS` is in milliseconds (seen), `MOD_TS` the camera's local time; `DIRECTION` 2 is in and 3 out (seen). A row
stands for a whole visit.
"""

from collections.abc import Sequence
from datetime import datetime, tzinfo
import re
from typing import Final

from ...domain.clock import from_epoch, local_time, plausible
from ...domain.fields import Fields
from ...domain.media import PictureRole
from ...domain.messages import MISSED, Direction, PictureLink, PlateRead, Vehicle
from ...domain.plates import normalised_plate, raw_plate
from ...transports.http_client import AnswerError
from .client import parse_xml
from .event import MAX_ZONE

MAX_ROWS: Final = 1000
# Above this a number of milliseconds would be the year 5138: it is microseconds.
_MILLISECONDS_END: Final = 1e14
_LOCAL_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.\d+)?(?: \S+)?", re.ASCII)
# A picture is named by a path below the camera's folder of pictures.
_NAME: Final = re.compile(r"name=([\w./-]{1,200})(?:&|$)", re.ASCII)
_DIRECTIONS: Final = {"2": Direction.IN, "3": Direction.OUT}
_VIEWS: Final = {"0": "front", "1": "rear"}
_MODES: Final = {"1": "allow", "2": "block"}
_PICTURES: Final = {"lp_bmp": PictureRole.PLATE, "roi_bmp": PictureRole.VEHICLE}
_KNOWN_KEYS: Final = frozenset(
    (
        *_PICTURES,
        *("ts", "mod_ts", "end_ts", "car_id", "lpr", "lpr_utf8", "lpr_unicode", "threshold", "direction"),
        *("country", "lp_list_mode", "act_param", "lp_region_utf8", "iso3166_2_code"),
        *("roi_id", "car_m_type", "car_color", "car_view"),
    )
)


def parse_missed(
    body: bytes, camera_id: str, received_at: datetime, time_zone: tzinfo
) -> Sequence[PlateRead]:
    """Return the reads in an answer, the oldest first, without rows that have no time; raises AnswerError."""
    document = parse_xml(body)
    if document.tag != "events":
        raise AnswerError("The answer has no events")
    reads: list[tuple[datetime, PlateRead]] = []
    for event in document.findall("event")[:MAX_ROWS]:
        fields = Fields({child.tag: " ".join((child.text or "").split()) for child in event})
        at = _captured_at(fields, received_at, time_zone)
        if at is not None and at <= received_at:
            reads.append((at, _read(fields, camera_id, received_at, at)))
    reads.sort(key=lambda item: item[0])
    return [read for _, read in reads]


def _captured_at(fields: Fields, received_at: datetime, time_zone: tzinfo) -> datetime | None:
    number = fields.number("TS")
    if number and (at := from_epoch(number, 1e-3 if number < _MILLISECONDS_END else 1e-6)):
        return at
    if (match := _LOCAL_TIME.fullmatch(fields.text("MOD_TS") or "")) is None:
        return None
    try:
        return plausible(local_time(datetime.fromisoformat(match[1]), time_zone, received_at))
    except ValueError, OverflowError:
        return None


def _read(fields: Fields, camera_id: str, received_at: datetime, at: datetime) -> PlateRead:
    plate_text = raw_plate(fields.text("LPR_UTF8", "LPR", "LPR_UNICODE") or "")
    country = (fields.text("COUNTRY") or "XX").upper()
    zone = fields.number("ROI_ID")
    return PlateRead(
        camera_id=camera_id,
        received_at=received_at,
        state=None,
        part=MISSED,
        plate=normalised_plate(plate_text),
        plate_raw=plate_text,
        country=None if country == "XX" else country,
        region=fields.text("LP_REGION_UTF8", "ISO3166_2_CODE"),
        confidence=fields.confidence("THRESHOLD"),
        direction=_DIRECTIONS.get(fields.text("DIRECTION") or "", Direction.UNKNOWN),
        zone=int(zone) if zone is not None and 0 <= zone <= MAX_ZONE else None,
        car_id=fields.text("CAR_ID"),
        vehicle=Vehicle(
            type=fields.text("CAR_M_TYPE"),
            color=fields.text("CAR_COLOR"),
            view=_VIEWS.get(fields.text("CAR_VIEW") or ""),
        ),
        list_name=fields.text("ACT_PARAM"),
        list_mode=_MODES.get(fields.text("LP_LIST_MODE") or ""),
        captured_at=at,
        late=True,
        more=fields.rest(_KNOWN_KEYS),
        links=tuple(
            PictureLink(match[1], role)
            for key, role in _PICTURES.items()
            if (match := _NAME.search((fields.text(key) or "").replace(" ", "")))
        ),
    )
