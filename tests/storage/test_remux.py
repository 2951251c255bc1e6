"""Raw clips that become MP4 files, with a program that stands in for ffmpeg."""

import asyncio
from pathlib import Path
import stat
from unittest.mock import MagicMock, patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, HomeAssistant
import pytest

from tests.common import folders_of
from tests.emulators.pictures import jpeg, mp4
from tests.emulators.vstarcam import VStarcamCamera

H264 = b"\0\0\0\1\x67\x42\0\x1f" + b"\0" * 1000
H265 = b"\0\0\0\1\x40\x01\x0c\x01" + b"\0" * 1000


@pytest.fixture
def ffmpeg(hass: HomeAssistant, tmp_path: Path):
    """Return a function that sets what ffmpeg does; it notes its arguments."""
    program = tmp_path / "ffmpeg"
    (tmp_path / "result.mp4").write_bytes(mp4(700))
    hass.config.components.add("ffmpeg")

    def write(
        script: str = 'for target in "$@"; do :; done; cp "$(dirname "$0")/result.mp4" "$target"',
    ) -> None:
        program.write_text(f'#!/bin/sh\necho "$@" >> "$(dirname "$0")/calls"\n{script}\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    write()
    manager = MagicMock(binary=str(program))
    with patch("homeassistant.components.ffmpeg.get_ffmpeg_manager", return_value=manager):
        yield write


def clips(hass: HomeAssistant, entry: ConfigEntry) -> dict[str, bytes]:
    """Return the clips in the store by their ending."""
    files = folders_of(hass, entry).index.glob("*/*/*")
    return {file.suffix: file.read_bytes() for file in files if file.suffix != ".jpg"}


@pytest.mark.parametrize(("clip", "name"), [(H264, "h264"), (H265, "hevc")])
async def test_raw_clip_becomes_mp4(
    hass: HomeAssistant,
    vstarcam: VStarcamCamera,
    vstarcam_entry: ConfigEntry,
    alarms: list[Event],
    ffmpeg,
    tmp_path: Path,
    clip: bytes,
    name: str,
) -> None:
    await vstarcam.alarm(0x12, video=clip)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert clips(hass, vstarcam_entry) == {".mp4": mp4(700)}
    assert f"-f {name} -i" in (tmp_path / "calls").read_text()
    store = vstarcam_entry.runtime_data.store
    media = await store.library.get(int(alarms[0].data["clip"].rpartition("/")[2]))
    assert (media.type.content_type, media.size) == ("video/mp4", 700)
    assert await store.library.totals() == (2, 700 + len(jpeg()))
    assert not list((folders_of(hass, vstarcam_entry).cache / "incoming").iterdir())


@pytest.mark.parametrize(
    "script",
    [
        "exit 1",
        'for target in "$@"; do :; done; echo broken > "$target"; exit 1',
        'for target in "$@"; do :; done; echo "no mp4" > "$target"',
        "exit 0",
    ],
)
async def test_failure_keeps_the_original(hass, vstarcam, vstarcam_entry, ffmpeg, script) -> None:
    ffmpeg(script)
    await vstarcam.alarm(0x12, video=H264)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert clips(hass, vstarcam_entry) == {".h264": H264}
    assert not list((folders_of(hass, vstarcam_entry).cache / "incoming").iterdir())


async def test_time_limit(hass, vstarcam, vstarcam_entry, ffmpeg) -> None:
    ffmpeg("sleep 60")
    with patch("custom_components.camera_push.storage.remux.TIMEOUT_SECONDS", 0.2):
        await vstarcam.alarm(0x12, video=H264)
        await hass.async_block_till_done(wait_background_tasks=True)
    assert clips(hass, vstarcam_entry) == {".h264": H264}


async def test_one_at_a_time(hass, vstarcam, vstarcam_entry, ffmpeg, tmp_path) -> None:
    ffmpeg(
        'mkdir "$(dirname "$0")/busy" || touch "$(dirname "$0")/together"; sleep 0.1; '
        'rmdir "$(dirname "$0")/busy"; exit 1'
    )
    for _ in range(4):
        await vstarcam.alarm(0x12, video=H264)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len((tmp_path / "calls").read_text().splitlines()) == 4
    assert not (tmp_path / "together").exists()


async def test_deleted_meanwhile_does_not_come_back(hass, vstarcam, vstarcam_entry, ffmpeg) -> None:
    ffmpeg('sleep 0.3; for target in "$@"; do :; done; cp "$(dirname "$0")/result.mp4" "$target"')
    await vstarcam.alarm(0x12, video=H264)
    await vstarcam_entry.runtime_data.hub.async_forget_camera("VC0000000ABCD")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert clips(hass, vstarcam_entry) == {}
    assert not list((folders_of(hass, vstarcam_entry).cache / "incoming").iterdir())


async def test_unloading_ends_it(hass, vstarcam, vstarcam_entry, ffmpeg) -> None:
    ffmpeg("sleep 60")
    await vstarcam.alarm(0x12, video=H264)
    await asyncio.sleep(0.1)
    await hass.config_entries.async_reload(vstarcam_entry.entry_id)
    assert clips(hass, vstarcam_entry) == {".h264": H264}


async def test_without_ffmpeg_clips_stay_as_they_came(hass, vstarcam, vstarcam_entry) -> None:
    await vstarcam.alarm(0x12, video=H264)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert clips(hass, vstarcam_entry) == {".h264": H264}


async def test_ffmpeg_that_cannot_be_started(hass, vstarcam, vstarcam_entry, ffmpeg, tmp_path) -> None:
    (tmp_path / "ffmpeg").unlink()
    with patch("shutil.which", return_value=None):
        await vstarcam.alarm(0x12, video=H264)
        await hass.async_block_till_done(wait_background_tasks=True)
    assert clips(hass, vstarcam_entry) == {".h264": H264}


async def test_store_that_fails_keeps_the_original(hass, vstarcam, vstarcam_entry, ffmpeg) -> None:
    with patch(
        "custom_components.camera_push.storage.archive.Archive.replace", side_effect=OSError("disk full")
    ):
        await vstarcam.alarm(0x12, video=H264)
        await hass.async_block_till_done(wait_background_tasks=True)
    assert clips(hass, vstarcam_entry) == {".h264": H264}
