"""What goes into the store and comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ..domain.history import HistoryEvent
from ..domain.media import Clip, MediaType, Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMedia:
    """A picture or clip to be stored.

    `label` says what it is of and becomes part of its file name ("humanoid", "plate"); `plate`
    is the normalised plate that was read from it, if one was. `event` is the number of the history's row that
    it belongs to.
    """

    id: int
    label: str
    taken_at: datetime
    content: Picture | Clip
    plate: str | None = None
    event: int | None = None

    def stored(self, camera_id: str, path: Path, place: int) -> StoredMedia:
        """Return the item as it is in the store, in a file at `path`, in the place of that number."""
        return StoredMedia(
            id=self.id,
            camera_id=camera_id,
            label=self.label,
            taken_at=self.taken_at,
            day=path.parent.name,
            path=path,
            size=self.content.size,
            type=self.content.type,
            plate=self.plate,
            event=self.event,
            place=place,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """What one message changes: all of it is on disk, or none.

    `record` is the camera's record as JSON, empty where nothing of a camera changes; `key` what makes the
    message one of a kind. What is `durable` survives a power cut, the rest only the end of the process. Where
    `only` is given, nothing else is kept of the camera's pictures and clips. `known` are the records of known
    vehicles and persons that the message is about, as JSON by id. `event` is what the message adds to the
    history.
    """

    camera_id: str = ""
    record: str = ""
    media: tuple[NewMedia, ...] = ()
    key: str | None = None
    only: frozenset[int] | None = None
    durable: bool = True
    known: Mapping[str, str] = field(default_factory=dict)
    event: HistoryEvent | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMedia:
    """A picture or clip in the store.

    `day` is the local date (YYYY-MM-DD) of its folder, `place` the number of where that is.
    """

    id: int
    camera_id: str
    label: str
    taken_at: datetime
    day: str
    path: Path
    size: int
    type: MediaType
    plate: str | None = None
    event: int | None = None
    is_favourite: bool = False
    place: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFilter:
    """Which items are meant; None means any.

    `cursor` is where the page before ended: its last item's time in milliseconds, and the number that items
    of the same time have to be below.
    """

    camera_ids: frozenset[str] | None = None
    day: str | None = None
    label: str | None = None
    plates: frozenset[str] | None = None
    has_plate: bool = False
    cursor: tuple[int, int] | None = None
    after: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCamera:
    """What the store knows of a camera: its record as JSON and the keys of its latest messages."""

    camera_id: str
    record: str
    keys: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """All that the store remembers: the cameras, and the records of known vehicles and persons by id.

    `settings` are what is remembered of the entry itself. `media_error` says why no pictures and clips can be
    written.
    """

    cameras: list[StoredCamera] = field(default_factory=list)
    known: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    media_error: Exception | None = None
