"""The picture that stands for one of which no thumbnail can be made."""

from functools import cache
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw

_SIZE: Final = (320, 180)
_BACKGROUND: Final = (96, 104, 112)
_LINES: Final = (160, 168, 176)


@cache
def placeholder() -> bytes:
    """Return a JPEG with the outline of a picture."""
    image = Image.new("RGB", _SIZE, _BACKGROUND)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((110, 50, 210, 130), radius=8, outline=_LINES, width=4)
    draw.ellipse((126, 64, 144, 82), fill=_LINES)
    draw.polygon([(118, 122), (150, 88), (168, 106), (182, 92), (204, 122)], fill=_LINES)
    target = BytesIO()
    image.save(target, "JPEG", quality=80)
    return target.getvalue()
