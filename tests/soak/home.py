"""The soak's Home Assistant: a real one, that tells what it holds; or a bare one, that starts quickly."""

import asyncio
from itertools import pairwise
from pathlib import Path
import re
import resource
import time
from typing import Any

import aiohttp

from ..bench.home import BenchHome
from ..demo.home_assistant import HomeAssistantError

# What is needed to take pushes, and nothing else.
BARE = """\
homeassistant:
  media_dirs:
    local: {media}
http:
  server_host: 127.0.0.1
  server_port: {port}
config:
webhook:
onboarding:
repairs:
logger:
  default: warning
"""
# What aiohttp says of what is no HTTP, and Home Assistant of proxies that it does not trust and of logins
# that failed, is not about us.
_NOT_OURS = re.compile(
    r"\[(aiohttp\.server|haffmpeg\.core|homeassistant\.components\.(http|webhook|camera\.img_util)\b.*?)\]"
)
_ENTRY = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ (?P<level>[A-Z]+) ", re.MULTILINE)


class SoakHome(BenchHome):
    """A Home Assistant that goes through hard times."""

    _read = 0

    def prepare(self) -> None:
        """Make a fresh configuration folder."""
        super().prepare()
        with (self.folder / "configuration.yaml").open("a") as configuration:
            configuration.write("repairs:\n")

    def prepare_bare(self) -> None:
        """Make a fresh configuration folder of a Home Assistant that starts quickly."""
        self.prepare()
        (self.folder / "configuration.yaml").write_text(
            BARE.format(port=self.port, media=self.folder / "media")
        )

    async def add(self, source: str, *forms: dict[str, Any]) -> tuple[str, str]:
        """Add an entry; return its id, and its webhook's where it has one."""
        result = await self.add_entry(source, *forms)
        urls = result.get("description_placeholders") or {}
        return result["result"]["entry_id"], urls.get("urls", "").strip("`").rpartition("/")[2]

    async def delete(self, path: str) -> None:
        """Delete something; raises HomeAssistantError."""
        status, _ = await self._call("DELETE", path)
        if status != 200:
            raise HomeAssistantError(f"DELETE {path}: {status}")

    async def held(self) -> dict[str, int]:
        """Return what the process holds."""
        return await self.get("/api/bench/held")

    def store(self) -> Path:
        """Return the folder of everything stored."""
        return self.folder / "camera_push"

    def cache(self) -> Path:
        """Return the folder of what is not finished."""
        return self.folder / ".cache" / "camera_push"

    def complaints(self) -> list[str]:
        """Return what was logged as an error or with a traceback since the last call, and is about us."""
        text = self.log.read_text(errors="replace")
        text, self._read = text[self._read :], len(text)
        begins = [match.start() for match in _ENTRY.finditer(text)]
        entries = [text[begin:end] for begin, end in pairwise([*begins, len(text)])]
        return [
            entry
            for entry in entries
            if (" ERROR " in entry[:60] or "Traceback (most recent call last)" in entry)
            and not _NOT_OURS.search(entry.partition("\n")[0])
        ]

    def let_files_grow(self, *, may_grow: bool) -> None:
        """Have the process's writes fail, as on a disk that is full, or work again."""
        assert self._process is not None
        hard = resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (hard if may_grow else 0, hard))

    async def page(self, path: str = "/manifest.json") -> float:
        """Return how long a page of Home Assistant's own takes, in seconds."""
        since = time.monotonic()
        async with (
            aiohttp.ClientSession(self.url, connector=aiohttp.TCPConnector(force_close=True)) as session,
            session.get(path, headers=self._headers) as response,
        ):
            await response.read()
            if response.status != 200:
                raise HomeAssistantError(f"{path}: {response.status}")
        return time.monotonic() - since


async def until(condition: Any, seconds: float = 30) -> bool:
    """Wait until a coroutine function returns something true; tell whether it did in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if await condition():
            return True
        await asyncio.sleep(0.1)
    return False
