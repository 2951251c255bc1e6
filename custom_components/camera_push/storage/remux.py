"""Raw H.264 and H.265 streams into MP4 files, without touching a picture in them."""

import asyncio
from contextlib import suppress
import logging
from pathlib import Path
import shutil
from typing import Final

from ..domain.media import CLIP_HEAD_BYTES, H264, H265, MP4, MediaType, clip_type

_LOGGER = logging.getLogger(__name__)

# The formats that browsers do not play, and ffmpeg's names for them.
RAW_FORMATS: Final[dict[MediaType, str]] = {H264: "h264", H265: "hevc"}
TIMEOUT_SECONDS: Final = 120
# Looked for at import, which Home Assistant does outside of its event loop.
_NICE: Final = shutil.which("nice")


async def remux(ffmpeg: str, clip: Path, kind: MediaType, target: Path) -> bool:
    """Copy a raw stream into an MP4 file at `target`; return whether that is one now.

    Runs at the lowest priority and for two minutes at most. A failure leaves no file.
    """
    command = [ffmpeg, "-nostdin", "-y", "-loglevel", "error", "-f", RAW_FORMATS[kind], "-i", str(clip)]
    command += ["-c", "copy", "-movflags", "+faststart", "-f", "mp4", str(target)]
    if _NICE is not None:
        command = [_NICE, "-n", "19", *command]
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                code = await process.wait()
        except BaseException:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            raise
        done = code == 0 and await asyncio.get_running_loop().run_in_executor(None, _is_mp4, target)
    except (OSError, TimeoutError) as err:
        _LOGGER.debug("Could not remux %s: %r", clip, err)
        done = False
    if not done:
        await asyncio.get_running_loop().run_in_executor(None, lambda: target.unlink(missing_ok=True))
    return done


def _is_mp4(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return clip_type(file.read(CLIP_HEAD_BYTES)) == MP4
    except OSError:
        return False
