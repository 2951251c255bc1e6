"""Width and height of a picture, read from its header."""

from .media import BMP, GIF, JPEG, PNG, Picture, jpeg_segments

# Start of frame: of all kinds of JPEG, without the markers between them that are none (ITU-T T.81, B.1.1.3).
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


def picture_size(picture: Picture) -> tuple[int, int] | None:
    """Return a picture's width and height in pixels, None where its header does not tell them."""
    data = picture.data
    size = None
    if picture.type == JPEG:
        for marker, start in jpeg_segments(data):
            if marker in _FRAMES:
                # Length in two bytes, precision in one, then height and width.
                size = (
                    int.from_bytes(data[start + 5 : start + 7]),
                    int.from_bytes(data[start + 3 : start + 5]),
                )
                break
    elif picture.type == PNG:
        size = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    elif picture.type == GIF:
        size = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    elif picture.type == BMP and data[14] != 12:
        # A negative height means that the picture's first line is the top one.
        size = (
            int.from_bytes(data[18:22], "little", signed=True),
            abs(int.from_bytes(data[22:26], "little", signed=True)),
        )
    return size if size is not None and min(size) > 0 else None
