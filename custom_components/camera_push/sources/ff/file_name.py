"""The path of a file that an FF camera delivers over FTP.

The default template is `#DEVICE_ID/%Y%m/%d/%Y%m%d%H%M%S_%v_#AOI_#DIR_#PLATE_ID_#PLATE_#COUNTRY`
(documented); make, model, type and colour follow (sample). The user can change it.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
import re
from typing import Final

from ...domain.media import PictureRole
from ...domain.messages import Direction, Vehicle
from ...domain.text import printable

# The default tokens, each looked for after the one before: a template of the user's may have
# something between them.
_TIME: Final = re.compile(r"(?<!\d)(20\d{12})(?:[_ -]?(\d{1,6}))?(?=_)", re.ASCII)
_AREA: Final = re.compile(r"(?<=_)(roi|lp)[_ -]?(\d{1,2})(?=_)", re.ASCII | re.IGNORECASE)
_DIRECTION: Final = re.compile(r"(?<=_)(in|out|unknown|unk)(?=_)", re.ASCII | re.IGNORECASE)
_CAR: Final = re.compile(r"(?<=_)(\d+)(?=_|$)", re.ASCII)
_COUNTRY: Final = re.compile(r"[A-Z]{3}|XX|", re.ASCII | re.IGNORECASE)

_DIRECTIONS: Final = {"in": Direction.IN, "out": Direction.OUT}
# Placeholders for unknown values.
_NOTHING: Final = frozenset({"", "-", "none", "unknown", "unk", "xx", "n/a"})
_MAX_TEXT_LENGTH: Final = 64
_MAX_NAME_LENGTH: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class FileName:
    """A file name that follows the template; `time` is the camera's local time, without a zone."""

    time: datetime
    role: PictureRole
    zone: int
    direction: Direction
    car_id: str
    plate: str
    country: str | None
    vehicle: Vehicle


def device_id(path: PurePosixPath) -> str | None:
    """Return the Device ID in a path, its first folder; None for a file that lies in none."""
    parts = [part for part in path.parts if part != "/"]
    return parts[0] if len(parts) > 1 else None


def parse_file_name(name: str) -> FileName | None:
    """Return the content of a file's name (no folders), None if it does not follow the template."""
    stem = _stem(name)
    found: list[re.Match[str]] = []
    for token in (_TIME, _AREA, _DIRECTION, _CAR):
        match = token.search(stem, found[-1].end() if found else 0)
        if match is None or len(stem) > _MAX_NAME_LENGTH:
            return None
        found.append(match)
    when, area, direction, car = found
    try:
        time = datetime.fromisoformat(f"{when[1][:8]}T{when[1][8:]}")
    except ValueError:
        return None
    if when[2] is not None:
        time = time.replace(microsecond=int(when[2].ljust(6, "0")))
    plate, *tail = stem[car.end() + 1 :].split("_")
    country = tail.pop(0) if tail and _COUNTRY.fullmatch(tail[0]) else None
    return FileName(
        time=time,
        role=PictureRole.PLATE if area[1].lower() == "lp" else PictureRole.VEHICLE,
        zone=int(area[2]),
        direction=_DIRECTIONS.get(direction[1].lower(), Direction.UNKNOWN),
        car_id=car[1],
        plate=plate,
        country=_text(country),
        vehicle=_vehicle(tail),
    )


def _stem(name: str) -> str:
    stem, dot, suffix = name.rpartition(".")
    return stem if dot and suffix.lower() in ("jpg", "jpeg", "png", "bmp") else name


def _vehicle(words: list[str]) -> Vehicle:
    """Return the vehicle in the words after the country.

    Make, model, type, colour: trailing ones can be missing, and a model can have underscores,
    so of more than four words those in the middle are the model.
    """
    if len(words) > 4:
        words = [words[0], "_".join(words[1:-2]), *words[-2:]]
    make, model, kind, color = [*words, "", "", "", ""][:4]
    return Vehicle(make=_text(make), model=_text(model), type=_text(kind), color=_text(color))


def _text(text: str | None) -> str | None:
    text = printable(text or "", _MAX_TEXT_LENGTH)
    return None if text.lower() in _NOTHING else text
