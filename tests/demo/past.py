"""Some days of history, as if the demo had run: written into the stores while Home Assistant is down."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
import random
from typing import Any, Final

from custom_components.camera_push.domain.history import EventKind, HistoryEvent, Reading
from custom_components.camera_push.domain.media import JPEG, Picture, PictureRole
from custom_components.camera_push.domain.options import MediaPlace
from custom_components.camera_push.domain.plates import normalised_plate
from custom_components.camera_push.storage.archive import Archive
from custom_components.camera_push.storage.model import Commit, NewMedia
from custom_components.camera_push.storage.places import StoreFolders
from custom_components.camera_push.storage.retention import Retention

from .cameras import TIME_ZONE
from .cast import face, picture, plate_crop, vehicle

DAYS: Final = 5
# How much happens in each hour of a day.
_BUSY: Final = (0, 0, 0, 0, 0, 1, 1, 4, 3, 2, 1, 1, 2, 1, 1, 2, 2, 4, 3, 2, 1, 1, 0, 0)
_RETENTION: Final = Retention(days=365, bytes=2**40)
_PLATES: Final = ("M AB 1234", "47 ATD PN", "M AB 1234", "WOB ZK 295", "B MK 4711", "AB 12 CDE")
_ALARMS: Final = {"Front door": ("doorbell", "humanoid"), "Nursery": ("baby_crying",), "Garage": ("motion",)}


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry whose past is written: what of its store and its names the demo knows."""

    source: str
    folders: StoreFolders
    # Names of cameras by their ids.
    cameras: Mapping[str, str]
    # Ids of known vehicles and persons by a plate or profile.
    known: Mapping[str, str]


class _Writer:
    """Writes one entry's past."""

    def __init__(self, entry: Entry, chance: random.Random) -> None:
        self._entry = entry
        self._chance = chance
        self._archive = Archive(entry.folders, TIME_ZONE, _RETENTION)
        self._records: dict[str, str] = {}

    def write(self, moments: list[datetime]) -> None:
        """Let something happen at each moment."""
        stored = self._archive.open()
        try:
            self._records = {camera.camera_id: camera.record for camera in stored.cameras}
            cameras = [it for it in self._entry.cameras.items() if it[0] in self._records]
            if cameras:
                commits = [self._event(*self._chance.choice(cameras), at) for at in moments]
                self._archive.commit(commits)
        finally:
            self._archive.close()

    def _event(self, camera_id: str, name: str, at: datetime) -> Commit:
        happened = {"ff": self._visit, "omni": self._identification, "vxg": self._cloud_event}
        values, pictures = happened.get(self._entry.source, self._alarm)(name, at.astimezone(TIME_ZONE))
        number = self._archive.new_media_id()
        media: list[NewMedia] = []
        for role, (label, content) in pictures.items():
            item = NewMedia(
                id=self._archive.new_media_id(),
                label=label,
                taken_at=at,
                content=Picture(content, JPEG, PictureRole(role)),
                event=number,
            )
            media.append(item)
            field = {"plate": "plate_picture", "face": "face_picture"}.get(role, "picture")
            values[field] = item.id
        event = HistoryEvent(
            id=number,
            camera_id=camera_id,
            at=at,
            first_at=at - timedelta(seconds=2),
            last_at=at + timedelta(seconds=3),
            received_at=at + timedelta(seconds=1),
            favourite=False,
            **values,
        )
        return Commit(camera_id=camera_id, record=self._records[camera_id], media=tuple(media), event=event)

    def _alarm(self, name: str, at: datetime) -> tuple[dict[str, Any], dict[str, tuple[str, bytes]]]:
        kind = self._chance.choice(_ALARMS.get(name, ("motion",)))
        seen = picture(name, kind, at, stamped=False)
        return {"kind": EventKind.ALARM, "type": kind}, {"scene": (kind, seen)}

    def _visit(self, name: str, at: datetime) -> tuple[dict[str, Any], dict[str, tuple[str, bytes]]]:
        text = self._chance.choice(_PLATES)
        seen = vehicle(text)
        plate = normalised_plate(text) or text
        sure = round(self._chance.uniform(0.82, 0.99), 3)
        values = {
            "kind": EventKind.VISIT,
            "plate": plate,
            "plate_raw": text,
            "country": seen.country,
            "confidence": sure,
            "direction": "out" if name in ("Exit", "Ramp") else "in",
            "zone": 1,
            "vehicle": {
                "make": seen.make,
                "model": seen.model,
                "type": seen.kind,
                "color": seen.color,
                "view": "front",
            },
            "readings": (Reading(f"{plate[:-1]}8", 0.61, at.astimezone(UTC)),),
            "known_id": self._entry.known.get(plate),
        }
        view = picture(name, plate, at, stamped=False)
        return values, {"vehicle": ("vehicle", view), "plate": ("plate", plate_crop(text, at))}

    def _identification(self, name: str, at: datetime) -> tuple[dict[str, Any], dict[str, tuple[str, bytes]]]:
        profile = self._chance.choice(("profile-1", "profile-1", "profile-2", "profile-3"))
        values = {
            "kind": EventKind.IDENTIFICATION,
            "type": "identification",
            "profile_id": profile,
            "confidence": round(self._chance.uniform(0.86, 0.98), 3),
            "watchlists": ("group-2" if profile == "profile-3" else "group-1",),
            "age": 34,
            "gender": "FEMALE" if profile == "profile-1" else "MALE",
            "known_id": self._entry.known.get(profile),
        }
        view = picture(name, profile, at, stamped=False)
        return values, {"scene": ("identification", view), "face": ("face", face(profile))}

    def _cloud_event(self, name: str, at: datetime) -> tuple[dict[str, Any], dict[str, tuple[str, bytes]]]:
        kind = self._chance.choice(("motion", "sound"))
        values = {"kind": EventKind.CLOUD_EVENT, "type": kind, "meta": {}}
        return values, {"scene": (kind, picture(name, kind, at, stamped=False))}


def _moments(chance: random.Random, now: datetime, share: float) -> Iterator[datetime]:
    """Return when something happened in the last days, as often as at that hour of a day."""
    start = now.replace(minute=0, second=0, microsecond=0)
    for hour in range(DAYS * 24):
        begin = start - timedelta(hours=hour)
        for _ in range(_BUSY[begin.hour]):
            at = begin + timedelta(seconds=chance.uniform(0, 3600))
            if chance.random() < share and at < now - timedelta(minutes=10):
                yield at.astimezone(UTC)


# Of all that happens, so much is of each source.
_SHARES: Final = {"ff": 0.6, "vstarcam": 0.45, "omni": 0.3, "vxg": 0.12}


def write_past(entries: list[Entry], now: datetime) -> int:
    """Write the past of all entries; returns how many events there are."""
    count = 0
    for entry in entries:
        chance = random.Random(entry.source)
        moments = sorted(_moments(chance, now.astimezone(TIME_ZONE), _SHARES[entry.source]))
        _Writer(entry, chance).write(moments)
        count += len(moments)
    return count


def folders_of(config: Path, source: str, entry_id: str) -> StoreFolders:
    """Return the folders of an entry's store: the demo's Home Assistant has a media folder of its own."""
    name = f"{source}_{entry_id[-8:].lower()}"
    index, cache = config / "camera_push" / name, config / ".cache" / "camera_push" / name
    media = {
        MediaPlace.CONFIGURATION: index,
        MediaPlace.CACHE: cache / "media",
        MediaPlace.MEDIA: config / "media" / "camera_push" / name,
    }
    return StoreFolders(base=config, index=index, cache=cache, media=media)
