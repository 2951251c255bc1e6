"""What tests of the store share."""

from datetime import UTC, datetime
from pathlib import Path

from custom_components.camera_push.domain.media import JPEG, Picture
from custom_components.camera_push.storage.model import Commit, NewMedia
from custom_components.camera_push.storage.store import Store

NOW = datetime.now(UTC).replace(microsecond=0)


def picture(store: Store, at: datetime = NOW, data: bytes = b"x" * 100, label: str = "motion") -> NewMedia:
    return NewMedia(id=store.new_media_id(), label=label, taken_at=at, content=Picture(data, JPEG))


async def keep(store: Store, camera_id: str, *media: NewMedia, key: str | None = None) -> None:
    await store.commit(Commit(camera_id=camera_id, record=f'"{camera_id}"', media=media, key=key))


def kept(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.glob("*/*/*.*"))
