"""The process is killed at any moment: what was answered is there, and nothing half."""

import asyncio
from datetime import UTC
from pathlib import Path
import random
import sys

import pytest

from custom_components.camera_push.storage.model import MediaFilter
from custom_components.camera_push.storage.retention import Retention
from custom_components.camera_push.storage.store import Store
from tests.stores import folders_in

ROUNDS = 4
# Before it is killed, however slow the machine is: with retention there must be something to delete.
LINES = {"pictures": 50, "clips": 50, "retention": 200}


async def kill_after(root: Path, mode: str, seconds: float) -> tuple[list[int], list[str]]:
    """Run the victim, kill it; return the numbers and keys that it answered for."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.emulators.store_victim",
        str(root),
        mode,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    first = b"".join([await asyncio.wait_for(process.stdout.readline(), 60) for _ in range(LINES[mode])])
    await asyncio.sleep(seconds)
    process.kill()
    rest = await process.stdout.read()
    await process.wait()
    # A line that was cut was not an answer.
    lines = [line for line in (first + rest).decode().splitlines(keepends=True) if line.endswith("\n")]
    answered = [line.split() for line in lines]
    return [int(number) for number, _ in answered], [key for _, key in answered]


@pytest.mark.parametrize("mode", ["pictures", "clips", "retention"])
async def test_killed_at_any_moment(tmp_path: Path, mode: str, socket_enabled: None) -> None:
    root = tmp_path / "store"
    numbers: list[int] = []
    keys: list[str] = []
    for _ in range(ROUNDS):
        more_numbers, more_keys = await kill_after(root, mode, random.uniform(0.05, 0.6))
        numbers += more_numbers
        keys = more_keys

        store = Store(folders_in(root), UTC, Retention(bytes=10**12))
        cameras = (await store.open()).cameras
        await store.tidy()
        listed = {item.id: item for item in await store.library.find(MediaFilter(), 1_000_000)}
        remembered = {key for camera in cameras for key in camera.keys}
        await store.close()

        # Nothing listed is missing or partial.
        for item in listed.values():
            assert item.path.stat().st_size == item.size
        # Nothing answered is missing, but for what was deleted to make room.
        missing = [number for number in numbers if number not in listed]
        if mode != "retention":
            assert missing == []
        else:
            assert missing
            assert len(listed) > 90
        assert set(keys) <= remembered
        # Nothing is left that nobody knows.
        files = {path for path in root.glob("*/*/*") if path.is_file()}
        assert files == {item.path for item in listed.values()}
        assert list((root / "incoming").iterdir()) == []
