"""Ids of stored pictures and clips: `media-source://camera_push/<entry id>/<number>` in events."""

from dataclasses import dataclass
import re
from typing import Final, Self

from ..const import DOMAIN

_PREFIX: Final = f"media-source://{DOMAIN}/"
# As many digits as a number in the index may have; Python refuses to read those that have thousands.
NUMBER: Final = re.compile(r"[0-9]{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class MediaId:
    """A picture or clip of an entry."""

    entry_id: str
    number: int

    @property
    def uri(self) -> str:
        """Return the media source id, as events say it."""
        return f"{_PREFIX}{self.identifier}"

    @property
    def identifier(self) -> str:
        """Return what follows the media source's name in its id."""
        return f"{self.entry_id}/{self.number}"

    @property
    def path(self) -> str:
        """Return the path at which it is served."""
        return f"/api/{DOMAIN}/media/{self.identifier}"

    @property
    def thumbnail_path(self) -> str:
        """Return the path at which its thumbnail is served."""
        return f"/api/{DOMAIN}/thumbnail/{self.identifier}"

    @classmethod
    def parse(cls, identifier: str) -> Self | None:
        """Return the id in `<entry id>/<number>`, also in a media source id; None if it is none."""
        entry_id, _, number = identifier.removeprefix(_PREFIX).partition("/")
        return cls(entry_id, int(number)) if NUMBER.fullmatch(number) else None
