"""Forms as a stream: cut anywhere, they are the same form."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
import subprocess
import sys
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.camera_push.domain.errors import ProtocolError
from custom_components.camera_push.domain.quota import ByteQuota
from custom_components.camera_push.storage.incoming import incoming_clips
from custom_components.camera_push.transports.multipart import Part, PartHeader, PartKind, read_form
from custom_components.camera_push.transports.push import Push
from tests.emulators.http import BOUNDARY, Field, form
from tests.emulators.pictures import jpeg, mp4

KINDS = {"picture": PartKind.PICTURE, "video": PartKind.CLIP, "skip": PartKind.SKIP}


def classify(header: PartHeader) -> PartKind:
    return KINDS.get(header.name, PartKind.TEXT)


async def parse(
    body: bytes, cuts: list[int], folder: Path, quota: int = 1_000_000
) -> list[tuple[str, bytes | None]]:
    """Return names and contents of the parts of a body that comes in pieces."""
    ends = [*sorted(cut for cut in cuts if cut < len(body)), len(body)]
    pieces = iter([body[start:end] for start, end in zip([0, *ends], ends, strict=False)])

    async def read(size: int) -> bytes:
        return next((piece for piece in pieces if piece), b"")

    async def run(function, data):
        return function(data)

    async with incoming_clips(folder, ByteQuota(quota)) as new_clip:
        push = Push(
            media_type="multipart/form-data",
            boundary=BOUNDARY,
            length=None,
            read=read,
            address=None,
            received_at=datetime.now(UTC),
            time_zone=UTC,
            new_clip=new_clip,
            run=run,
        )
        parts = await read_form(push, classify)
        return [(part.header.name, content(part)) for part in parts]


def content(part: Part) -> bytes | None:
    """Return the bytes of a part, None for a clip that was dropped."""
    if part.kind is PartKind.CLIP:
        return part.clip.path.read_bytes() if part.clip is not None else None
    return part.data


FIELDS = [
    Field("vuid", b"VC0000000ABCD"),
    Field("type", b"18"),
    Field("skip", b"nobody wants this"),
    Field("picture", jpeg() + b"\r\n--" + BOUNDARY[:-1].encode() + b"\r\n\n--\r", "snap.jpg", "image/jpeg"),
    Field("video", mp4(400) + b"\r\n", "clip.mp4"),
    Field("empty", b""),
]
EXPECTED = [(field.name, field.data) for field in FIELDS if field.name != "skip"]


@pytest.mark.parametrize("newline", [b"\r\n", b"\n"])
def test_cut_at_every_byte(newline: bytes, tmp_path: Path) -> None:
    body = form(FIELDS, newline=newline)

    async def all_cuts() -> None:
        for cut in range(len(body)):
            assert await parse(body, [cut], tmp_path) == EXPECTED

    asyncio.run(all_cuts())
    assert not list(tmp_path.iterdir())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cuts=st.lists(st.integers(0, 2500)), newline=st.sampled_from([b"\r\n", b"\n"]))
def test_cut_anywhere_often(cuts: list[int], newline: bytes, tmp_path: Path) -> None:
    assert asyncio.run(parse(form(FIELDS, newline=newline), cuts, tmp_path)) == EXPECTED


WITHOUT_CLIP = [(name, None if name == "video" else data) for name, data in EXPECTED]


@pytest.mark.parametrize("folder", ["missing", "file"])
def test_clip_that_cannot_be_written_costs_only_the_clip(tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert asyncio.run(parse(form(FIELDS), [], tmp_path / folder)) == WITHOUT_CLIP


def test_clip_over_the_quota_costs_only_the_clip(tmp_path: Path) -> None:
    assert asyncio.run(parse(form(FIELDS), [], tmp_path, quota=len(mp4(400)) + 1)) == WITHOUT_CLIP
    assert not list(tmp_path.iterdir())
    assert asyncio.run(parse(form(FIELDS), [], tmp_path, quota=len(mp4(400)) + 2)) == EXPECTED


async def test_clip_on_a_full_disk_costs_only_the_clip(tmp_path: Path) -> None:
    quota = ByteQuota(10_000_000)
    async with incoming_clips(tmp_path, quota) as new_clip:
        clip = await new_clip()
        with patch("builtins.open", side_effect=OSError("No space left on device")):
            other = await new_clip()
        for _ in range(2):
            await other.write(b"x" * 100)
        await clip.write(b"x" * 2_000_000)
        assert await other.finish() is None
        found = await clip.finish()
        assert found is not None
        assert found.path.stat().st_size == found.size == 2_000_000
        assert quota.taken >= 2_000_000
    # What was taken is given back with the push, and no file is left.
    assert quota.taken == 0
    assert not list(tmp_path.iterdir())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data(), newline=st.sampled_from([b"\r\n", b"\n"]))
def test_damaged_forms_are_protocol_errors_and_leave_no_file(data, newline: bytes, tmp_path: Path) -> None:
    body = bytearray(form(FIELDS, newline=newline))
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(body)))
        end = data.draw(st.integers(start, min(start + 50, len(body))))
        body[start:end] = data.draw(st.binary(max_size=20) | st.just(bytes(body[start:end]) * 2))
    try:
        asyncio.run(parse(bytes(body), [], tmp_path))
    except ProtocolError as err:
        assert err.sentence.endswith(".")
    assert not list(tmp_path.iterdir())


def test_line_feeds_with_an_endless_header(tmp_path: Path) -> None:
    body = form(FIELDS[:1], newline=b"\n").replace(b"Content-Disposition", b"X: " + b"x" * 20_000)
    with pytest.raises(ProtocolError, match="larger than 8 KiB"):
        asyncio.run(parse(body, list(range(0, 20_000, 500)), tmp_path))


@pytest.mark.parametrize("order", ["multipart, python_multipart", "python_multipart, multipart"])
def test_the_other_package_of_the_name_does_not_get_in_the_way(order: str, tmp_path: Path) -> None:
    """python-multipart, which some integrations bring along, ships a `multipart` folder of its own.

    Its shim hands over to the module that we mean; this is a stand-in for it, first on the path.
    """
    shim = tmp_path / "python_multipart"
    shim.mkdir()
    (shim / "__init__.py").write_text("")
    script = (
        f"import {order}; from custom_components.camera_push.transports.multipart import PushMultipartParser"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {script}"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
