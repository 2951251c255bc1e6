"""The pictures of an FF event: inside it as base64, or in parts of a form, and what each of them shows."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
import re
from typing import Final

from ...domain.base64_text import decode_base64
from ...domain.errors import ProtocolError
from ...domain.fields import Fields
from ...domain.json_body import Json
from ...domain.media import Picture, PictureRole, usable_picture
from ...transports.multipart import Part

_ROLES: Final = {"plate": PictureRole.PLATE, "vehicle": PictureRole.VEHICLE, "mmrcrop": PictureRole.VEHICLE}
# "lp" or "roi" after the time's digits or between separators (documented); a plate or a make that begins
# with these letters says nothing.
_ROLE_IN_NAME: Final = re.compile(r"(?:^|(?<=[0-9_]))(lp|roi)(?=[_.]|$)", re.IGNORECASE)
_DATA_URL: Final = re.compile(r"data:[^,]{0,64};base64,", re.IGNORECASE)


class EventPictures:
    """Collects the pictures of one event; those that cannot be used are counted."""

    def __init__(self, fields: Fields) -> None:
        self.pictures: list[Picture] = []
        self.unusable = 0
        self._fields = fields
        self._seen = 0

    def take_embedded(self) -> int:
        """Take the pictures in `ImageArray`, and return the size of their texts.

        That is a list of objects (documented), also an object, a text or a list of texts (seen).
        """
        array: Json = self._fields.get("ImageArray")
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
            self._add(_decoded(text), _named_role(image.text("ImageType")))
        return size

    def take_parts(self, parts: Sequence[Part]) -> None:
        """Take the pictures in a form's parts."""
        for part in parts:
            self._add(part.data, self._role_in(part))

    def _role_in(self, part: Part) -> PictureRole | None:
        """Return what a part's names say that it shows."""
        for name in (PurePosixPath(part.header.filename).stem, part.header.name):
            if match := _ROLE_IN_NAME.search(name):
                return PictureRole.PLATE if match[1].lower() == "lp" else PictureRole.VEHICLE
        filename = PurePosixPath(part.header.filename).name
        if filename and filename == self._file("imageFile"):
            return _named_role(self._fields.text("imageType"))
        return PictureRole.PLATE if filename and filename == self._file("imageFile2") else None

    def _file(self, key: str) -> str:
        return PurePosixPath(self._fields.text(key) or "").name

    def _add(self, data: bytes | None, role: PictureRole | None) -> None:
        self._seen += 1
        if role is None:
            # What the event's `imageType` says is about the first picture; a second one is the plate's
            # (both documented).
            first = _named_role(self._fields.text("imageType")) or PictureRole.SCENE
            role = first if self._seen == 1 else PictureRole.PLATE
        picture = usable_picture(data, role) if data is not None else None
        if picture is None:
            self.unusable += 1
        else:
            self.pictures.append(picture)


def _decoded(text: str) -> bytes | None:
    if match := _DATA_URL.match(text):
        text = text[match.end() :]
    try:
        return decode_base64(text)
    except ProtocolError:
        return None


def _named_role(image_type: str | None) -> PictureRole | None:
    """Return what a picture shows, from `imageType` or `ImageType`; None where that says nothing."""
    return _ROLES.get((image_type or "").lower())
