"""The benchmark's Home Assistant: a real one, with recorder, core's push camera and the rivals."""

import asyncio
import shutil
import time
from typing import Any

from ..demo.home_assistant import REPOSITORY, HomeAssistant, HomeAssistantError

CONFIGURATION = """\
homeassistant:
  name: Camera Push benchmark
  internal_url: {url}
  unit_system: metric
  media_dirs:
    local: {media}
http:
  server_host: 127.0.0.1
  server_port: {port}
frontend:
config:
diagnostics:
webhook:
onboarding:
recorder:
  commit_interval: 1
bench_rivals:
camera:
  - platform: push
    name: Core
    webhook_id: bench_core
    field: picture
logger:
  default: warning
"""


class BenchHome(HomeAssistant):
    """A Home Assistant whose cost can be read off."""

    configuration = CONFIGURATION

    def prepare(self) -> None:
        """Make a fresh configuration folder."""
        super().prepare()
        rivals = REPOSITORY / "tests" / "bench" / "component" / "bench_rivals"
        shutil.copytree(rivals, self.folder / "custom_components" / "bench_rivals")

    def clear(self) -> None:
        """Delete what was stored.

        Not when the next run begins: for minutes after thousands of files were deleted, ext4 takes half a
        millisecond to create one.
        """
        for folder in ("camera_push", "bench_rival"):
            shutil.rmtree(self.folder / folder, ignore_errors=True)

    def cpu(self) -> float:
        """Return the CPU time of the process, all threads, in seconds: as the operating system counts it."""
        assert self._process is not None
        # The clock of another process, as clock_getcpuclockid(3) makes its number.
        return time.clock_gettime((~self._process.pid << 3) | 2)

    async def watch_loop(self) -> None:
        """Begin to look for how long the event loop is blocked."""
        await self.get("/api/bench/loop/begin")

    async def blocked(self) -> float:
        """Return for how long the event loop was blocked at most since `watch_loop`, in seconds."""
        return (await self.get("/api/bench/loop/end"))["seconds"]

    async def seen(self, camera_id: str = "end") -> list[tuple[str, float]]:
        """Return what was seen since the last call, and when; begin to look for what a camera leads to."""
        return await self.get(f"/api/bench/seen/{camera_id}")

    async def slow_disk(self, milliseconds: int) -> None:
        """Have each sync of a file and each commit of our index take that much longer."""
        await self.get(f"/api/bench/slow_disk/{milliseconds}")

    async def diagnostics(self, entry_id: str) -> dict[str, Any]:
        """Return an entry's diagnostics."""
        return (await self.get(f"/api/diagnostics/config_entry/{entry_id}"))["data"]

    async def loaded(self) -> None:
        """Wait until all entries are loaded, with the options that were set."""
        await asyncio.sleep(1)
        for _ in range(300):
            if await self.is_loaded():
                return
            await asyncio.sleep(0.1)
        raise HomeAssistantError(f"The entries were not loaded; see {self.log}")
