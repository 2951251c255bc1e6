"""Small pictures for lists, made once."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

from PIL import Image

from . import files

SIZE: Final = (320, 320)
# A small file can claim to be a huge picture; this many pixels are more than any camera's.
_MAX_PIXELS: Final = 64_000_000


def make_thumbnail(root: Path, media_id: int, picture: Path) -> Path | None:
    """Return the file with a picture's thumbnail, making it if need be; None if it cannot be made.

    Blocking: to be run in the executor.
    """
    thumbnail = files.thumbnail(root, media_id)
    if thumbnail.exists():
        return thumbnail
    temporary = root / files.INCOMING / f"thumbnail-{uuid4().hex}"
    try:
        with Image.open(picture) as image:
            if image.width * image.height > _MAX_PIXELS:
                return None
            image.draft("RGB", SIZE)
            image.thumbnail(SIZE)
            image.convert("RGB").save(temporary, "JPEG", quality=80)
        temporary.rename(thumbnail)
    except OSError, ValueError, SyntaxError, Image.DecompressionBombError:
        # Pillow raises SyntaxError for some broken PNG files.
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        return None
    return thumbnail
