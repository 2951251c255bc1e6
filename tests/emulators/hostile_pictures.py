"""Pictures that are small as a file and huge in memory."""

from collections.abc import Callable, Mapping
from io import BytesIO
import struct
from typing import Any, Final
import zlib

from PIL import Image

# Just below the 12 million pixels of which a thumbnail is made.
WIDTH, HEIGHT = 4000, 2999
# So many are not, but for a JPEG that is decoded row by row.
HUGE_WIDTH, HUGE_HEIGHT = 16_000, 11_100


def _segment(mark: int, data: bytes) -> bytes:
    return b"\xff" + bytes([mark]) + struct.pack(">H", len(data) + 2) + data


def _frame(mark: int, width: int, height: int, colours: int) -> bytes:
    components = b"".join(bytes([number, 0x11, 0]) for number in range(1, colours + 1))
    frame = struct.pack(">BHHB", 8, height, width, colours) + components
    return b"\xff\xd8" + _segment(0xDB, b"\0" + b"\1" * 64) + _segment(mark, frame)


def _table(kind: int, symbol: int) -> bytes:
    """Return a Huffman table with one code, a single zero bit."""
    return _segment(0xC4, bytes([kind, 1]) + bytes(15) + bytes([symbol]))


def _scan(colours: list[int], first: int, last: int) -> bytes:
    tables = b"".join(bytes([number, 0]) for number in colours)
    return _segment(0xDA, bytes([len(colours)]) + tables + bytes([first, last, 0]))


def one_colour_after_the_other(width: int, height: int, comment: bytes = b"", colours: int = 3) -> bytes:
    """Return a JPEG that is no progressive one, and has to be kept in memory as a whole all the same."""
    head = _frame(0xC0, width, height, colours) + _table(0x00, 0) + _table(0x10, 0)
    comment = _segment(0xFE, comment) if comment else b""
    return head + comment + _scan([1], 0, 63) + bytes(2_000_000) + b"\xff\xd9"


def progressive(width: int, height: int, colours: int = 3) -> bytes:
    """Return a progressive JPEG of some hundred bytes, which says of long runs that there is nothing."""
    runs = -(-width // 8) * -(-height // 8) // 32767 + 2
    bits = ("0" + "1" * 14) * runs
    bits += "1" * (-len(bits) % 8)
    data = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8)).replace(b"\xff", b"\xff\0")
    scans = b"".join(_scan([number], 1, 63) + data for number in range(1, colours + 1))
    return _frame(0xC2, width, height, colours) + _table(0x10, 0xE0) + scans + b"\xff\xd9"


def run_lengths(width: int, height: int) -> bytes:
    """Return a packed BMP of a thousand bytes that leaves out many rows at once."""
    data = b"\0\2\0\xff" * 4 + b"\0\1"
    palette = bytes(1024)
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(data), 2835, 2835, 256, 0)
    begin = 14 + len(head) + len(palette)
    return b"BM" + struct.pack("<IHHI", begin + len(data), 0, 0, begin) + head + palette + data


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def deep(width: int, height: int) -> bytes:
    """Return a PNG with four colours of 16 bits."""
    pack = zlib.compressobj(1)
    data = b"".join(pack.compress(b"\1" + bytes(8 * width)) for _ in range(height)) + pack.flush()
    head = struct.pack(">IIBBBBB", width, height, 16, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _saved(kind: str, mode: str, width: int = WIDTH, height: int = HEIGHT, **options: Any) -> bytes:
    data = BytesIO()
    Image.new(mode, (width, height)).save(data, kind, **options)
    return data.getvalue()


PICTURES: Final[Mapping[str, Callable[[], bytes]]] = {
    "BMP that leaves rows out": lambda: run_lengths(3_000_000, 4),
    "one colour after the other": lambda: one_colour_after_the_other(HUGE_WIDTH, HUGE_HEIGHT),
    "that looks like all at once": lambda: one_colour_after_the_other(
        HUGE_WIDTH, HUGE_HEIGHT, b"\xff\xda\0\x0e\x04\0", 4
    ),
    "progressive": lambda: progressive(WIDTH, HEIGHT),
    "progressive, huge": lambda: progressive(HUGE_WIDTH, HUGE_HEIGHT),
    "progressive, four colours": lambda: progressive(WIDTH, HEIGHT, 4),
    "progressive, four colours, smaller": lambda: progressive(3000, 2999, 4),
    "baseline, huge": lambda: _saved("JPEG", "CMYK", 9400, 9400),
    "PNG": lambda: _saved("PNG", "RGBA"),
    "PNG of 16 bits": lambda: _saved("PNG", "I;16"),
    "PNG of one bit": lambda: _saved("PNG", "1"),
    "PNG of four times 16 bits": lambda: deep(WIDTH, HEIGHT),
    "PNG of one row": lambda: deep(WIDTH * HEIGHT, 1),
    "PNG of one column": lambda: _saved("PNG", "RGBA", 1, WIDTH * HEIGHT),
    "GIF": lambda: _saved("GIF", "P"),
    "BMP": lambda: _saved("BMP", "1"),
    "WebP": lambda: _saved("WEBP", "RGBA", lossless=True),
    "WebP, smaller": lambda: _saved("WEBP", "RGBA", 2000, 1999, lossless=True),
}
