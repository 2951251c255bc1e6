"""The length of clips, from files as cameras and clouds write them."""

from datetime import UTC, datetime
from pathlib import Path
import struct

from hypothesis import given, strategies as st
import pytest

from custom_components.camera_push.domain.media import JPEG, MP4, MediaType
from custom_components.camera_push.storage.clip_length import clip_seconds
from custom_components.camera_push.storage.model import StoredMedia


def box(kind: bytes, content: bytes, *, is_large: bool = False) -> bytes:
    """Return a box of an MP4 file."""
    if is_large:
        return struct.pack(">I4sQ", 1, kind, 16 + len(content)) + content
    return struct.pack(">I4s", 8 + len(content), kind) + content


FILE_TYPE = box(b"ftyp", b"isom\0\0\2\0isom")
HEADER = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, 8300) + bytes(80))
LONG_HEADER = box(b"mvhd", struct.pack(">IQQIQ", 1 << 24, 0, 0, 90_000, 90_000 * 61) + bytes(80))


def stored(path: Path, content: bytes, kind: MediaType = MP4) -> StoredMedia:
    """Return a clip in the store."""
    path.write_bytes(content)
    taken_at = datetime(2026, 11, 24, tzinfo=UTC)
    return StoredMedia(
        id=1,
        camera_id="gate",
        label="clip",
        taken_at=taken_at,
        day="2026-11-24",
        path=path,
        size=len(content),
        type=kind,
    )


@pytest.mark.parametrize(
    ("content", "seconds"),
    [
        (FILE_TYPE + box(b"moov", HEADER) + box(b"mdat", bytes(500)), 8.3),
        (FILE_TYPE + box(b"mdat", bytes(500)) + box(b"moov", box(b"udta", bytes(9)) + HEADER), 8.3),
        (FILE_TYPE + box(b"mdat", bytes(500), is_large=True) + box(b"moov", LONG_HEADER), 61),
        (FILE_TYPE + box(b"mdat", bytes(500)), None),
        (FILE_TYPE + box(b"moov", box(b"udta", HEADER)), None),
        (FILE_TYPE + box(b"moov", HEADER)[:20], None),
        (FILE_TYPE + struct.pack(">I4s", 3, b"free") + box(b"moov", HEADER), None),
        (b"", None),
    ],
)
def test_length(tmp_path: Path, content: bytes, seconds: float | None) -> None:
    """The movie's header is found wherever it is, and what is cut off has no length."""
    assert clip_seconds(stored(tmp_path / f"{hash(content)}.mp4", content)) == seconds


def test_what_is_no_mp4_file(tmp_path: Path) -> None:
    """Pictures are not opened, and a clip that is gone has no length."""
    clip = stored(tmp_path / "clip.mp4", FILE_TYPE + box(b"moov", HEADER))
    clip.path.unlink()
    assert clip_seconds(clip) is None
    assert clip_seconds(stored(tmp_path / "picture.jpg", b"", JPEG)) is None


@given(content=st.binary(max_size=200))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Nothing that is in a file makes it fail, or take long."""
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    seconds = clip_seconds(stored(path, FILE_TYPE + box(b"moov", box(b"mvhd", content)) + content))
    assert seconds is None or seconds > 0
