"""A process that stores as fast as it can, to be killed; it says what it would have answered."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
import sys

from custom_components.camera_push.domain.media import JPEG, Picture
from custom_components.camera_push.storage.model import Commit, NewMedia
from custom_components.camera_push.storage.retention import Retention
from custom_components.camera_push.storage.store import Store
from tests.stores import folders_in

PICTURE = b"\xff\xd8\xff" + b"p" * 20_000
CLIP_BYTES = 50 * 1024 * 1024


async def main(root: Path, mode: str) -> None:
    """Store until killed; each line on the standard output is the number of an item that is on disk."""
    limit = 2_000_000 if mode == "retention" else 10**12
    store = Store(folders_in(root), UTC, Retention(bytes=limit))
    await store.open()

    async def keep(camera: str, content, key: str) -> None:
        media = NewMedia(id=store.new_media_id(), label="motion", taken_at=datetime.now(UTC), content=content)
        await store.commit(Commit(camera_id=camera, record="{}", media=(media,), key=key))
        sys.stdout.write(f"{media.id} {key}\n")
        sys.stdout.flush()

    async def pictures(camera: str) -> None:
        for number in range(1_000_000):
            await keep(camera, Picture(PICTURE, JPEG), f"{camera}-{number}")

    async def clips() -> None:
        for number in range(1_000_000):
            async with store.new_clips() as incoming:
                clip = await incoming()
                for _ in range(CLIP_BYTES // 65536):
                    await clip.write(bytes(65536))
                await keep("CLIP", await clip.finish(), f"clip-{number}")

    await asyncio.gather(*(pictures(f"VC{n}") for n in range(4)), *([clips()] if mode == "clips" else []))


asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
