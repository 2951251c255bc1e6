"""Pictures that can be told apart, and clips that begin like real ones."""

from datetime import datetime
from functools import lru_cache
import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

COLORS = ("#27496d", "#6d2727", "#2e6d27", "#6d5a27", "#4c276d", "#276d6a", "#7a4d1f", "#3c4a63", "#5e3c63")


@lru_cache(maxsize=64)
def jpeg(
    text: str = "camera", size: tuple[int, int] = (64, 48), color: str = COLORS[0], kind: str = "JPEG"
) -> bytes:
    """Return a picture with a text drawn into it."""
    image = Image.new("RGB", size, color)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(max(size[1] // 8, 8))
    draw.multiline_text((size[0] // 20, size[1] // 3), text, fill="white", font=font)
    data = io.BytesIO()
    image.save(data, kind)
    return data.getvalue()


def snapshot(name: str, what: str, at: datetime, color: str, size: tuple[int, int] = (640, 360)) -> bytes:
    """Return a JPEG as a camera would take it: its name, what it saw and when."""
    return jpeg(f"{name}\n{what}\n{at:%Y-%m-%d %H:%M:%S}", size, color)


def clip() -> bytes:
    """Return a real MP4 file: three seconds of a test picture."""
    return (Path(__file__).parent / "clip.mp4").read_bytes()


def mp4(size: int = 1000) -> bytes:
    """Return bytes that begin like an MP4 file."""
    return b"\0\0\0\x18ftypisom\0\0\2\0isomiso2mp41" + b"\0" * max(size - 28, 0)
