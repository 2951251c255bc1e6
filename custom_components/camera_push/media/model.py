"""What goes into the store and comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ..core.media import Clip, MediaType, Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMedia:
    """A picture or clip to be stored; `label` becomes part of its file name ("humanoid", "plate")."""

    id: int
    label: str
    taken_at: datetime
    content: Picture | Clip


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """What one message changes: all of it is on disk, or none.

    `record` is the camera's record as JSON, `key` what makes the message one of a kind. What
    is `durable` survives a power cut, the rest only the end of the process.
    """

    camera_id: str
    record: str
    media: tuple[NewMedia, ...] = ()
    key: str | None = None
    durable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMedia:
    """A picture or clip in the store."""

    id: int
    camera_id: str
    label: str
    taken_at: datetime
    path: Path
    size: int
    type: MediaType


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCamera:
    """What the store knows of a camera: its record as JSON and the keys of its latest messages."""

    camera_id: str
    record: str
    keys: list[str]
