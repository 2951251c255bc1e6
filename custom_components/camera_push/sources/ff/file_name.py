"""The path of a file that an FF camera delivers over FTP.

The default template is `#DEVICE_ID/%Y%m/%d/%Y%m%d%H%M%S_%v_#AOI_#DIR_#PLATE_ID_#PLATE_#COUNTRY`
(documented); make, model, type and colour follow (sample). The user can change it, and other shapes are
documented and seen: without zone, direction or car id, and with a fraction that `lp` or `roi` is glued to.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
import re
from typing import Final

from ...domain.media import PictureRole
from ...domain.messages import Direction, Vehicle
from ...domain.text import printable

# The time, its fraction (milliseconds, or microseconds), and the kind of picture; a template of the user's
# may have something before it and between the two.
_BEGIN: Final = re.compile(
    r"(?<!\d)(20\d{12})(?:[_ -]?(\d{1,6}))?(?:_(?:(?-i:[a-z]+)_)*?)?(roi|lp)(?:[ -]?(?=\d(?:_|$))|(?=_))",
    re.ASCII | re.IGNORECASE,
)
_ZONE: Final = re.compile(r"\d{1,2}", re.ASCII)
_DIRECTION: Final = re.compile(r"in|out|unknown|unk", re.ASCII | re.IGNORECASE)
_CAR: Final = re.compile(r"\d+", re.ASCII)
_COUNTRY: Final = re.compile(r"[A-Z]{3}|XX|", re.ASCII)
# What a template of the user's may have between the tokens.
_LABEL: Final = re.compile(r"[a-z]+", re.ASCII)
# Zones are numbered 1 and 2 (documented): a larger number that stands alone is a car's.
_MAX_ZONE: Final = 2

_DIRECTIONS: Final = {"in": Direction.IN, "out": Direction.OUT}
_COLOR: Final = re.compile(
    r"beige|black|blue|brown|cyan|gold|gr[ae]y|green|maroon|orange|pink|purple|red|silver|violet|white|yellow",
    re.IGNORECASE,
)
# Placeholders for unknown values.
_NOTHING: Final = frozenset({"", "-", "none", "unknown", "unk", "xx", "n/a"})
_MAX_TEXT_LENGTH: Final = 64
_MAX_NAME_LENGTH: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class FileName:
    """A file name that tells a read; `time` is the camera's local time, without a zone."""

    time: datetime
    role: PictureRole
    zone: int | None
    direction: Direction
    car_id: str | None
    plate: str
    country: str | None
    vehicle: Vehicle


def split_path(path: PurePosixPath) -> tuple[str | None, str]:
    """Return the Device ID in a path, its first folder, and the file's name.

    The Device ID is None for a file that lies in no folder. A slash in a model (documented: Rapid/Scala)
    belongs to the name.
    """
    parts = [part for part in path.parts if part != "/"]
    begin = next((at for at, part in enumerate(parts) if _BEGIN.search(part)), len(parts) - 1)
    return (parts[0] if begin > 0 else None), "/".join(parts[max(begin, 0) :])


def parse_file_name(name: str) -> FileName | None:
    """Return the content of a file's name (no folders), None if it tells no read."""
    stem = _stem(name)
    begin = _BEGIN.search(stem)
    if begin is None or len(stem) > _MAX_NAME_LENGTH:
        return None
    try:
        time = datetime.fromisoformat(f"{begin[1][:8]}T{begin[1][8:]}")
    except ValueError:
        return None
    if begin[2] is not None:
        time = time.replace(microsecond=int(begin[2].ljust(6, "0")))
    words = _Words(stem[begin.end() :].split("_"))
    zone = words.take(_ZONE)
    direction = words.take(_DIRECTION)
    car = words.take_car()
    if zone is not None and direction is None and car is None and int(zone) > _MAX_ZONE:
        zone, car = None, zone
    plate, *tail = words.left or [""]
    if (zone, direction, car) == (None, None, None) and (not plate or _LABEL.fullmatch(plate)):
        return None
    if len(tail) == 1 and _CAR.fullmatch(tail[0]):
        # The packet counter (documented), which numbers what a camera sends.
        tail.clear()
    country = tail.pop(0) if tail and _COUNTRY.fullmatch(tail[0]) else None
    return FileName(
        time=time,
        role=PictureRole.PLATE if begin[3].lower() == "lp" else PictureRole.VEHICLE,
        zone=int(zone) if zone is not None else None,
        direction=_DIRECTIONS.get((direction or "").lower(), Direction.UNKNOWN),
        car_id=car,
        plate=plate,
        country=_text(country),
        vehicle=_vehicle(tail),
    )


def tells_read(path: PurePosixPath) -> bool:
    """Tell whether a path tells a read."""
    return parse_file_name(split_path(path)[1]) is not None


class _Words:
    """The words of a name, from which the tokens of the template are taken where they are there."""

    def __init__(self, words: list[str]) -> None:
        if words and not words[0]:
            # The separator after the kind of picture.
            del words[0]
        self.left = words

    def take(self, pattern: re.Pattern[str]) -> str | None:
        """Return the next word if it is such a token, after labels."""
        at = self._find(pattern)
        if at is None:
            return None
        found = self.left[at]
        del self.left[: at + 1]
        return found

    def take_car(self) -> str | None:
        """Return the car id if it is there: a number that is not the plate itself."""
        at = self._find(_CAR)
        if at is None:
            return None
        after = [bool(word) and _COUNTRY.fullmatch(word) is not None for word in self.left[at + 1 : at + 3]]
        # Followed by a country, it is a plate; unless that is a plate, which a country follows.
        return None if after[:1] == [True] and after[1:] != [True] else self.take(_CAR)

    def _find(self, pattern: re.Pattern[str]) -> int | None:
        for at, word in enumerate(self.left):
            if pattern.fullmatch(word):
                return at
            if not _LABEL.fullmatch(word):
                return None
        return None


def _stem(name: str) -> str:
    stem, dot, suffix = name.rpartition(".")
    return stem if dot and suffix.lower() in ("jpg", "jpeg", "png", "bmp") else name


def _vehicle(words: list[str]) -> Vehicle:
    """Return the vehicle in the words after the country.

    Make, model, type, colour: any of them can be missing, and a model can have underscores,
    so of more than four words those in the middle are the model.
    """
    if len(words) > 4:
        words = [words[0], "_".join(words[1:-2]), *words[-2:]]
    elif 1 < len(words) < 4 and _COLOR.fullmatch(words[-1]):
        words = [*words[:-1], *[""] * (4 - len(words)), words[-1]]
    make, model, kind, color = [*words, "", "", "", ""][:4]
    return Vehicle(make=_text(make), model=_text(model), type=_text(kind), color=_text(color))


def _text(text: str | None) -> str | None:
    text = printable(text or "", _MAX_TEXT_LENGTH)
    return None if text.lower() in _NOTHING else text
