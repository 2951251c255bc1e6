"""The work of a push with a picture, written by hand for one camera: no limits, no records, no entities.

It parses with the library that Camera Push parses with, sets as many states with attributes of the same size,
fires the same event, writes the picture and one row durably, and then answers.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import lru_cache
import os
from pathlib import Path
import secrets
import sqlite3

from aiohttp import web
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import StateInfo
from homeassistant.util import dt as dt_util
from multipart import MultipartSegment, PushMultipartParser, parse_options_header

from custom_components.camera_push.domain.messages import AlarmType

_EVENT = "camera_push_alarm"
_READ_BYTES = 64 * 1024
# The states' attributes are those of an event entity and of an image entity, and so is what of them is left
# out of the recorder's: what is different each time.
_TYPES = [str(kind) for kind in AlarmType]
_EVENT_INFO = StateInfo(unrecorded_attributes=frozenset({"clip", "event_types", "picture"}))
_IMAGE_INFO = StateInfo(unrecorded_attributes=frozenset({"access_token", "entity_picture"}))
_TOKEN = secrets.token_hex(32)
_IMAGE_ATTRIBUTES = {
    "access_token": _TOKEN,
    "entity_picture": f"/api/image_proxy/image.rival_snapshot?token={_TOKEN}",
    "friendly_name": "Rival Snapshot",
}
_SCHEMA = (
    "CREATE TABLE media (id INTEGER PRIMARY KEY, camera_id TEXT, taken_at INTEGER, path TEXT, size INTEGER)"
)


class Rival:
    """A webhook that does what an alarm with a picture needs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="bench_rival")
        self._number = 0

    def open(self) -> None:
        """Make the folder and the database."""
        self._folder.mkdir()
        self._database = sqlite3.connect(
            self._folder / "index.sqlite", isolation_level=None, check_same_thread=False
        )
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute(_SCHEMA)

    async def handle(self, hass: HomeAssistant, webhook_id: str, request: web.Request) -> web.Response:
        """Take in an alarm."""
        parts = await _parse(request)
        now = dt_util.utcnow()
        self._number += 1
        camera_id, code = parts["vuid"].decode(), int(parts["type"])
        # As long as that of an entry.
        picture = f"media-source://camera_push/01JBENCH000000000000000000/{10**12 + self._number}"
        at = now.isoformat(timespec="milliseconds")
        details = {"code": code, "picture": picture, "clip": None}
        attributes = {
            "event_types": _TYPES,
            "event_type": "motion",
            "friendly_name": "Rival Alarm",
            **details,
        }
        hass.states.async_set("event.rival_alarm", at, attributes, state_info=_EVENT_INFO)
        hass.states.async_set(
            "image.rival_snapshot", now.isoformat(), _IMAGE_ATTRIBUTES, state_info=_IMAGE_INFO
        )
        common = {"device_id": "rival", "source": "vstarcam", "camera_id": camera_id, "received_at": at}
        hass.bus.async_fire(_EVENT, {**common, "alarm": "motion", **details})
        await hass.loop.run_in_executor(
            self._executor, self._write, self._number, camera_id, now, parts["picture"]
        )
        return web.json_response({"code": "200"})

    def _write(self, number: int, camera_id: str, at: datetime, data: bytes) -> None:
        temporary, path = self._folder / f"{number}.tmp", self._folder / f"{number}.jpg"
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
        folder = os.open(self._folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        row = (number, camera_id, int(at.timestamp() * 1000), path.name, len(data))
        # Commits by itself.
        self._database.execute("INSERT INTO media VALUES (?, ?, ?, ?, ?)", row)


@lru_cache(maxsize=16)
def _boundary(content_type: str) -> str:
    return parse_options_header(content_type)[1]["boundary"]


async def _parse(request: web.Request) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    name = ""
    chunks: list[bytes] = []
    with PushMultipartParser(_boundary(request.headers["Content-Type"])) as parser:
        while chunk := await request.content.read(_READ_BYTES):
            for event in parser.parse(chunk):
                if isinstance(event, MultipartSegment):
                    name, chunks = event.name, []
                elif event is not None:
                    chunks.append(event)
                else:
                    parts[name] = b"".join(chunks)
    return parts
