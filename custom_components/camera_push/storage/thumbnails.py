"""Small pictures for lists, made once, within a bound on memory."""

from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, JpegImagePlugin

from . import files

SIZE: Final = (320, 320)
# Decoded at once at most; a small file can claim to be a huge picture.
MAX_PIXELS: Final = 12_000_000
# Rows and columns are kept several times, and cameras have none that are longer.
MAX_SIDE: Final = 65_535
# A baseline JPEG is scaled while it is decoded: eight times in each direction.
_MAX_BASELINE_PIXELS: Final = 64 * MAX_PIXELS
# Of what can be pushed.
_FORMATS: Final = ("JPEG", "PNG", "GIF", "BMP", "WEBP")
# A BMP's first and second way of packing: a few bytes can stand for gigabytes, which Pillow unpacks whole.
_RUN_LENGTHS: Final = (1, 2)
# A WebP is there several times while it is decoded.
_MAX_WEBP_PIXELS: Final = MAX_PIXELS // 3


def make_thumbnail(folder: Path, media_id: int, picture: Path | bytes, *, keep: bool) -> bytes | None:
    """Return a picture's thumbnail as a JPEG, making it if need be; None if it cannot be made.

    `picture` is its path, or its content where that is in memory. The thumbnail is kept in `folder` if `keep`
    is set: not that of an item that is not on the disk. Blocking; takes some 100 MiB at most, so only one is
    to be made at a time.
    """
    file = thumbnail_file(folder, media_id)
    with suppress(OSError):
        return file.read_bytes()
    if (data := _scaled(BytesIO(picture) if isinstance(picture, bytes) else picture)) is None:
        return None
    if keep:
        # A disk that takes nothing costs time, no thumbnail.
        temporary = file.with_suffix(".new")
        with suppress(OSError):
            with open(temporary, "wb", opener=files.private) as target:  # Path.open takes no opener.
                target.write(data)
            temporary.rename(file)
    return data


def thumbnail_file(folder: Path, media_id: int) -> Path:
    """Return where an item's thumbnail is kept."""
    return folder / f"{media_id}.jpg"


def _scaled(picture: Path | BytesIO) -> bytes | None:
    try:
        with Image.open(picture, formats=_FORMATS) as image:
            if image.width * image.height > _max_pixels(image):
                return None
            image.draft("RGB", SIZE)
            if image.width * image.height > MAX_PIXELS:
                return None
            small = _without_alpha(image)
            small.thumbnail(SIZE)
            target = BytesIO()
            small.convert("RGB").save(target, "JPEG", quality=80)
    except OSError, ValueError, SyntaxError, Image.DecompressionBombError:
        # Pillow raises SyntaxError for some broken PNG files.
        return None
    return target.getvalue()


def _without_alpha(image: Image.Image) -> Image.Image:
    """Return a picture that is to be scaled; a large one with transparency would be copied for that."""
    if image.mode not in ("LA", "RGBA", "PA"):
        return image
    factor = max(1, max(image.size) // (2 * max(SIZE)))
    size = (max(image.width // factor, 1), max(image.height // factor, 1))
    return image.resize(size, Image.Resampling.NEAREST)


def _max_pixels(image: Image.Image) -> int:
    """Return how many pixels a picture may have, of whose header only was read."""
    if max(image.size) > MAX_SIDE:
        return 0
    if image.format == "WEBP":
        return _MAX_WEBP_PIXELS
    if image.format == "BMP" and image.info.get("compression") in _RUN_LENGTHS:
        return 0
    if not isinstance(image, JpegImagePlugin.JpegImageFile):
        return MAX_PIXELS
    return _MAX_BASELINE_PIXELS if _is_baseline(image) else MAX_PIXELS * 3 // max(image.layers, 3)


def _is_baseline(image: JpegImagePlugin.JpegImageFile) -> bool:
    """Tell whether a JPEG is decoded row by row.

    One whose colours come one after the other is kept in memory as a whole, as a progressive one is.
    """
    if image.fp is None or image.info.get("progressive") or image.info.get("progression"):
        return False
    # What was read ends with the header of the first scan, which says how many colours are in it. What
    # stands before a short one cannot make it look like a longer one.
    end = image.fp.tell()
    for colours in range(1, image.layers + 1):
        image.fp.seek(max(end - 8 - 2 * colours, 0))
        if image.fp.read(5) == b"\xff\xda\0" + bytes((6 + 2 * colours, colours)):
            return colours == image.layers
    return False
