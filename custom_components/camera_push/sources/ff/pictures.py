"""The pictures of an FF event: inside it as base64, or in parts of a form, and what each of them shows.

The first of these that says something decides:

1. `ImageType`, or the name of a part or its file: "lp" or "roi" after the time's digits or between separators
   (documented). A plate or a make that begins with these letters says nothing.
2. That the file is the event's `imageFile`, of which its `imageType` speaks, or its `imageFile2`: the second
   image is the plate's (documented).
3. That it alone of several is small and wide: it is the plate's, and none of the others is.
4. For the event's first picture, its `imageFile` or `imageType`; without these, that it is small and wide.
5. Of the others, the first is the plate's, unless another one is.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
import re
from typing import Final

from ...domain.base64_text import picture_in
from ...domain.errors import ProtocolError
from ...domain.fields import Fields
from ...domain.json_body import Json, parse_json
from ...domain.media import Picture, PictureRole, usable_picture
from ...domain.picture_size import picture_size
from ...transports.multipart import Part

_ROLES: Final = {
    "plate": PictureRole.PLATE,
    "vehicle": PictureRole.VEHICLE,
    "mmrcrop": PictureRole.VEHICLE,
    "frame": PictureRole.SCENE,
}
_ROLE_IN_NAME: Final = re.compile(r"(?:^|(?<=[0-9_]))(lp|roi)(?=_|$)", re.IGNORECASE)
# A plate's crop is at least twice as wide as high, and lower than the smallest picture of a camera.
_PLATE_RATIO: Final = 2
_PLATE_HEIGHT: Final = 200


@dataclass(frozen=True, slots=True)
class _Found:
    """A picture, its place among those that came, and what it shows, as far as that is certain."""

    number: int
    picture: Picture
    role: PictureRole | None


class EventPictures:
    """Collects the pictures of one event; those that cannot be used are counted."""

    def __init__(self, fields: Fields) -> None:
        self.unusable = 0
        self._fields = fields
        self._came = 0
        self._found: list[_Found] = []

    def take_embedded(self) -> int:
        """Take the pictures in `ImageArray`, and return the size of their texts.

        That is a list of objects (documented), also an object, a text or a list of texts (seen), or one of
        these as JSON inside a text (inferred).
        """
        array = _unpacked(self._fields.get("ImageArray"))
        items = array if isinstance(array, list) else [array]
        size = 0
        for item in items:
            image = Fields(item) if isinstance(item, Mapping) else Fields({"BinaryImage": item})
            text = image.get("BinaryImage")
            if text is None or text == "":
                continue
            if not isinstance(text, str):
                self.unusable += 1
                continue
            size += len(text)
            self._add(picture_in(text), _named_role(image.text("ImageType")))
        return size

    def take_parts(self, parts: Sequence[Part]) -> None:
        """Take the pictures in a form's parts."""
        for part in parts:
            self._add(part.data, self._role_in(part))

    def usable(self) -> Sequence[Picture]:
        """Return the pictures with what they show."""
        found = self._found
        open_ones = [item for item in found if item.role is None]
        small = [item for item in open_ones if _is_small_and_wide(item.picture)]
        has_plate = any(item.role is PictureRole.PLATE for item in found)
        plate: _Found | None = None
        if self._came > 1 and not has_plate:
            others = [item for item in open_ones if item.number > 1]
            plate = small[0] if len(small) == 1 else next(iter(others), None)
        has_plate = has_plate or plate is not None
        return [
            replace(
                item.picture,
                role=PictureRole.PLATE
                if item is plate
                else item.role or self._role(item, has_plate=has_plate),
            )
            for item in found
        ]

    def _role(self, item: _Found, *, has_plate: bool) -> PictureRole:
        """Return what a picture shows whose own names do not tell."""
        named = _role_in_name(self._file("imageFile")) or _named_role(self._fields.text("imageType"))
        if item.number == 1 and not (has_plate and named is PictureRole.PLATE):
            if named is not None:
                return named
            if not has_plate and _is_small_and_wide(item.picture):
                return PictureRole.PLATE
        return PictureRole.SCENE

    def _role_in(self, part: Part) -> PictureRole | None:
        """Return what a part's names say that it shows."""
        filename = PurePosixPath(part.header.filename).name
        if (role := _role_in_name(filename) or _role_in_name(part.header.name)) is not None:
            return role
        if filename and filename == self._file("imageFile"):
            return _named_role(self._fields.text("imageType"))
        return PictureRole.PLATE if filename and filename == self._file("imageFile2") else None

    def _file(self, key: str) -> str:
        return PurePosixPath(self._fields.text(key) or "").name

    def _add(self, data: bytes | None, role: PictureRole | None) -> None:
        self._came += 1
        picture = usable_picture(data) if data is not None else None
        if picture is None:
            self.unusable += 1
        else:
            self._found.append(_Found(self._came, picture, role))


def _is_small_and_wide(picture: Picture) -> bool:
    width, height = picture_size(picture) or (0, 0)
    return 0 < height < _PLATE_HEIGHT and width >= _PLATE_RATIO * height


def _unpacked(array: Json) -> Json:
    if isinstance(array, str) and array.lstrip()[:1] in ("[", "{"):
        with suppress(ProtocolError):
            return parse_json(array.encode())
    return array


def _named_role(image_type: str | None) -> PictureRole | None:
    """Return what a picture shows, from `imageType` or `ImageType`; None where that says nothing."""
    return _ROLES.get((image_type or "").lower())


def _role_in_name(name: str) -> PictureRole | None:
    """Return what a picture shows, from the shape of its name."""
    if (match := _ROLE_IN_NAME.search(PurePosixPath(name).stem)) is None:
        return None
    return PictureRole.PLATE if match[1].lower() == "lp" else PictureRole.VEHICLE
