"""Pictures and clips: what kind they are, judged by their first bytes and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
import re

from .errors import ProtocolError, Refusal

MAX_PICTURE_BYTES = 10 * 1024 * 1024
MAX_CLIP_BYTES = 256 * 1024 * 1024

# How much of a clip's beginning `clip_type` wants to see: an MPEG-TS needs two packets.
CLIP_HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class MediaType:
    """A kind of file: its MIME type and the ending its name gets."""

    content_type: str
    extension: str


JPEG = MediaType("image/jpeg", "jpg")
PNG = MediaType("image/png", "png")
GIF = MediaType("image/gif", "gif")
BMP = MediaType("image/bmp", "bmp")
WEBP = MediaType("image/webp", "webp")

PICTURE_TYPES = frozenset({JPEG, PNG, GIF, BMP, WEBP})

MP4 = MediaType("video/mp4", "mp4")
QUICKTIME = MediaType("video/quicktime", "mov")
THREE_GP = MediaType("video/3gpp", "3gp")
AVI = MediaType("video/x-msvideo", "avi")
FLV = MediaType("video/x-flv", "flv")
MPEG_TS = MediaType("video/mp2t", "ts")
H264 = MediaType("video/h264", "h264")
H265 = MediaType("video/h265", "h265")
UNKNOWN_CLIP = MediaType("application/octet-stream", "bin")

MEDIA_TYPES = {
    kind.extension: kind
    for kind in PICTURE_TYPES | {MP4, QUICKTIME, THREE_GP, AVI, FLV, MPEG_TS, H264, H265, UNKNOWN_CLIP}
}


class PictureRole(StrEnum):
    """The content of a picture."""

    SCENE = "scene"
    VEHICLE = "vehicle"
    PLATE = "plate"
    FACE = "face"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that came with a push: checked bytes and their kind."""

    data: bytes
    type: MediaType
    role: PictureRole = PictureRole.SCENE

    @property
    def size(self) -> int:
        """Return the size in bytes."""
        return len(self.data)


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip that came with a push and was written to a temporary file meanwhile."""

    path: Path
    size: int
    type: MediaType


def picture_type(data: bytes) -> MediaType | None:
    """Return the kind of picture that `data` begins like, or None if it is none we show.

    A bitmap's header is checked beyond its two letters, because "BM" begins many a text.
    """
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data[:2] == b"BM" and len(data) >= 26 and data[15:18] == b"\0\0\0" and data[14] in _BMP_HEADER_SIZES:
        return BMP
    return None


# Sizes of the header that follows a bitmap's file header (BITMAPCOREHEADER to BITMAPV5HEADER).
_BMP_HEADER_SIZES = frozenset({12, 40, 52, 56, 64, 108, 124})


def usable_picture(data: bytes, role: PictureRole = PictureRole.SCENE) -> Picture | None:
    """Return `data` as a picture, or None if it is cut off or no JPEG, PNG, WebP, BMP or GIF."""
    kind = picture_type(data)
    return Picture(data, kind, role) if kind is not None and _is_complete(data, kind) else None


def checked_picture(data: bytes, role: PictureRole = PictureRole.SCENE) -> Picture:
    """Return `data` as a picture.

    Raises ProtocolError when it is empty, over 10 MiB, cut off, or no JPEG, PNG, WebP, BMP or GIF.
    """
    if not data:
        raise ProtocolError("The picture is empty.", Refusal.PICTURE)
    if len(data) > MAX_PICTURE_BYTES:
        raise ProtocolError("The picture is larger than 10 MiB.", Refusal.SIZE)
    if (kind := picture_type(data)) is None:
        raise ProtocolError("The picture is not a JPEG, PNG, WebP, BMP or GIF file.", Refusal.PICTURE)
    if not _is_complete(data, kind):
        raise ProtocolError("The picture is not complete.", Refusal.PICTURE)
    return Picture(data, kind, role)


def _is_complete(data: bytes, kind: MediaType) -> bool:
    """Tell whether a picture has an end; whatever follows that does not matter.

    The end is looked for from behind, where it is.
    """
    if kind == JPEG:
        # A thumbnail in the header has an end of its own; in the scan, the mark cannot be data.
        return data.rfind(b"\xff\xd9", _scan_start(data)) >= 0
    if kind == PNG:
        return data.rfind(b"IEND") >= 0
    if kind == GIF:
        return data.rstrip(b"\0").endswith(b";")
    start = 4 if kind == WEBP else 2
    size = int.from_bytes(data[start : start + 4], "little")
    return len(data) >= (size + 8 if kind == WEBP else size)


# A marker with the fill bytes before it, and the length after it (ITU-T T.81, B.1.1).
_MARKER = re.compile(rb"\xff++(.)(..)?", re.DOTALL)
_SCAN = 0xDA
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})
# A picture of 10 MiB whose header were all of it has 160 segments of full length.
_MAX_MARKERS = 1000


def jpeg_segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the markers in a JPEG's header with the places after them, up to its picture data."""
    position = 2
    for _ in range(_MAX_MARKERS):
        if (found := _MARKER.match(data, position)) is None:
            break
        marker = found[1][0]
        yield marker, found.end(1)
        if marker == _SCAN:
            break
        length = 0 if marker in _WITHOUT_LENGTH else int.from_bytes(found[2] or b"")
        position = found.end(1) + length


def _scan_start(data: bytes) -> int:
    """Return where a JPEG's picture data begins, the end of the data if it has none."""
    return next((start for marker, start in jpeg_segments(data) if marker == _SCAN), len(data))


_MP4_BRANDS_3GP = (b"3gp", b"3g2")
_TS_PACKET = 188


def clip_type(head: bytes) -> MediaType:
    """Return the kind of clip whose first bytes (up to 4,096) are `head`; never raises."""
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide"):
        if head[4:8] != b"ftyp" or head[8:12] == b"qt  ":
            return QUICKTIME
        return THREE_GP if head[8:11] in _MP4_BRANDS_3GP else MP4
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return AVI
    if head.startswith(b"FLV\x01"):
        return FLV
    if head[:1] == b"\x47" and head[_TS_PACKET : _TS_PACKET + 1] in (b"\x47", b""):
        return MPEG_TS
    return _annex_b_type(head) or UNKNOWN_CLIP


def _annex_b_type(head: bytes) -> MediaType | None:
    """Tell H.264 from H.265 by the first NAL unit after a start code."""
    if head.startswith(b"\0\0\0\1"):
        nal = head[4:6]
    elif head.startswith(b"\0\0\1"):
        nal = head[3:5]
    else:
        return None
    if len(nal) < 2:
        return None
    # H.264: forbidden bit 0, type in 5 bits (7 = SPS, 8 = PPS, 9 = delimiter, 5 = IDR, 6 = SEI, 1 = slice).
    if nal[0] & 0x80 == 0 and nal[0] & 0x1F in (1, 5, 6, 7, 8, 9) and nal[0] not in (0x40, 0x42, 0x44, 0x46):
        return H264
    # H.265: forbidden bit 0, type in bits 1 to 6 (32 = VPS, 33 = SPS, 34 = PPS, 35 = delimiter), layer 0.
    if nal[0] >> 1 in (32, 33, 34, 35) and nal[0] & 1 == 0:
        return H265
    return None
