"""Memory while thumbnails are made: bounded, whatever was pushed."""

from pathlib import Path
import subprocess
import sys

from PIL import Image
import pytest

from custom_components.camera_push.storage.thumbnails import make_thumbnail
from tests.emulators.hostile_pictures import PICTURES
from tests.repository.files import ROOT

# Promised are 150.
LIMIT_MIB = 120
# In a process of its own: how much more than before it has at most, for one picture after the other.
MAKE = """
from pathlib import Path
import sys
from PIL import Image
from custom_components.camera_push.storage.thumbnails import make_thumbnail

def peak() -> int:
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))

Image.preinit()
before = peak()
for picture in sys.argv[1:]:
    Path("/proc/self/clear_refs").write_text("5")
    make_thumbnail(Path("/nowhere"), 1, Path(picture), keep=False)
    print((peak() - before) // 1024)
"""


def test_memory(tmp_path: Path) -> None:
    files = [tmp_path / name for name in PICTURES]
    for file, make in zip(files, PICTURES.values(), strict=True):
        file.write_bytes(make())
    took = subprocess.run(
        [sys.executable, "-c", MAKE, *files], check=True, capture_output=True, text=True, cwd=ROOT
    )
    peaks = dict(zip(PICTURES, map(int, took.stdout.split()), strict=True))
    assert not {name: peak for name, peak in peaks.items() if peak > LIMIT_MIB}


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_large_pictures(tmp_path: Path, mode: str, progressive: bool) -> None:
    """Of a baseline JPEG there is a thumbnail, however large it is; of others up to 12 million pixels."""
    for size, is_made in (((8000, 6000), not progressive), ((3000, 2999), True)):
        picture = tmp_path / "picture"
        Image.new(mode, size).save(picture, "JPEG", progressive=progressive)
        assert (make_thumbnail(tmp_path, 1, picture, keep=False) is not None) is is_made
