"""Home Assistant is killed while cameras push: what it answered for is there, once, and nothing half."""

import asyncio
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
import json
from pathlib import Path
from random import Random
import sqlite3
from typing import Any

from custom_components.camera_push.domain.media_id import MediaId

from ..bench.pushes import picture
from ..emulators.ff import FFCamera, image
from ..emulators.http import BOUNDARY, Field, Poster, form
from ..emulators.vstarcam import VStarcamCamera
from .home import SoakHome, until
from .report import Report

_MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


def digest_of(data: bytes) -> str:
    return sha256(data).hexdigest()


@dataclass
class _Ledger:
    """What was answered with success, as digests of pictures."""

    accepted: list[str] = field(default_factory=list)
    sent: set[str] = field(default_factory=set)


class _Camera:
    """Pushes one picture after the other, each of them different."""

    def __init__(self, home: SoakHome, number: int, webhook_id: str, ledger: _Ledger, chance: Random) -> None:
        self._poster = Poster("127.0.0.1", home.port)
        self._webhook_id = webhook_id
        self._ledger = ledger
        self._chance = chance
        self._number = number

    def _picture(self) -> bytes:
        data = picture(5_000)
        # Different each time: what is between head and end is nobody's business.
        mark = self._chance.randbytes(8).hex().encode()
        return data[:100] + mark + data[100:]

    async def _send(self, body: bytes, data: bytes) -> bool:
        digest = digest_of(data)
        self._ledger.sent.add(digest)
        try:
            reply = await self._poster.post(self._webhook_id, body, _MULTIPART)
        except OSError:
            return False
        if reply.status == 200:
            self._ledger.accepted.append(digest)
        return reply.status == 200

    async def push(self) -> None:
        """Push once; raises ConnectionError when nobody answers."""
        raise NotImplementedError

    async def run(self) -> None:
        """Push until nobody answers."""
        while True:
            try:
                await self.push()
            except ConnectionError:
                return


class _VStarcam(_Camera):
    """Does not send again what was not answered."""

    async def push(self) -> None:
        data = self._picture()
        camera = VStarcamCamera(f"VCKILL{self._number:08d}", self._poster, self._webhook_id)
        if not await self._send(form(camera.fields(0x12, data)), data):
            raise ConnectionError


class _FF(_Camera):
    """Keeps what was not answered, and sends it again when somebody is there."""

    _unanswered: tuple[bytes, bytes] | None = None
    _cars = 0

    async def push(self) -> None:
        if self._unanswered is None:
            self._cars += 1
            camera = FFCamera(f"gate{self._number}", self._poster, self._webhook_id)
            camera.packets = self._cars
            data = self._picture()
            event = camera.event(carID=str(self._cars), plate=f"KILL{self._cars}")
            fields = [
                Field("event", json.dumps(event).encode(), "event.json", "application/json"),
                image("image", data),
            ]
            self._unanswered = form(fields), data
        if not await self._send(*self._unanswered):
            raise ConnectionError
        self._unanswered = None


@dataclass
class Stored:
    """What is on the disk."""

    digests: Counter[str] = field(default_factory=Counter)
    damaged: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def look(folder: Path) -> Stored:
    """Return what the indexes and the files of all entries say."""
    found = Stored()
    for index in folder.iterdir():
        with closing(sqlite3.connect(f"file:{index}/index.sqlite?mode=ro", uri=True)) as connection:
            if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                found.damaged.append(str(index))
            places = connection.execute("SELECT number, path FROM place").fetchall()
            rows = connection.execute("SELECT place, path, size FROM media").fetchall()
        # Pictures lie in the media folder; their places are named relative to the configuration.
        roots = {number: folder.parent / path for number, path in places}
        known = set()
        for place, path, size in rows:
            file = roots[place] / path
            known.add(file)
            data = file.read_bytes() if file.exists() else b""
            if len(data) != size:
                found.damaged.append(str(file))
            found.digests[digest_of(data)] += 1
        for root in roots.values():
            found.unknown += [str(it) for it in root.glob("*/*/*") if it.is_file() and it not in known]
    return found


async def run(home: SoakHome, report: Report, chance: Random, times: int) -> None:
    """Kill so often, at any moment."""
    report.begin(f"kill -9, {times} times, while cameras push")
    home.prepare_bare()
    await home.start()
    try:
        ledger = _Ledger()
        _, vstarcam = await home.add("vstarcam")
        _, ff = await home.add("ff")
        # The registries are written a while after they changed.
        await asyncio.sleep(16)
        cameras: list[_Camera] = [
            kind(home, number, webhook_id, ledger, chance)
            for kind, webhook_id in ((_VStarcam, vstarcam), (_FF, ff))
            for number in range(2)
        ]
        for number in range(times):
            if number:
                await home.start()
            pushing = [asyncio.create_task(camera.run()) for camera in cameras]
            await asyncio.sleep(chance.uniform(0.05, 1.0))
            await home.kill()
            await asyncio.gather(*pushing)
        await home.start()
        # What was not answered is sent again.
        for camera in cameras[2:]:
            await camera.push()
        await _verify(home, report, ledger)
        await _full_disk(home, report, chance, vstarcam)
    finally:
        await home.stop()


async def _verify(home: SoakHome, report: Report, ledger: _Ledger) -> None:
    async def is_tidy() -> bool:
        return not look(home.store()).unknown

    await until(is_tidy)
    stored = look(home.store())
    accepted = Counter(ledger.accepted)
    lost = [digest for digest in accepted if not stored.digests[digest]]
    twice = [digest for digest, count in stored.digests.items() if count > 1]
    report.check("every push that was answered with success is there", not lost, f"{accepted.total()} pushes")
    report.check("exactly once", not twice, f"{stored.digests.total()} pictures")
    report.check("nothing is there that was never sent", set(stored.digests) <= ledger.sent)
    report.check("nothing is half-written", not stored.damaged, stored.damaged[:3])
    report.check("no file is left that nobody knows", not stored.unknown, stored.unknown[:3])
    complaints = home.complaints()
    report.check("nothing of ours is in the log as an error", not complaints, "".join(complaints)[:3000])


async def _fetched(home: SoakHome, event: dict[str, Any]) -> str | None:
    """Return the digest of an event's picture, None if it is not to be had."""
    media_id = MediaId.parse(event["data"]["picture"] or "")
    data = await home.get_bytes(media_id.path) if media_id is not None else None
    return digest_of(data) if data is not None else None


async def _full_disk(home: SoakHome, report: Report, chance: Random, webhook_id: str) -> None:
    """Have the disk take nothing for a while: alarms are told all the same, and stored again afterwards."""
    report.begin("A disk that takes nothing")
    ledger = _Ledger()
    camera = _VStarcam(home, 7, webhook_id, ledger, chance)
    async with home.websocket() as websocket:
        await websocket.command("subscribe_events", event_type="camera_push_alarm")
        await camera.push()
        home.let_files_grow(may_grow=False)
        try:
            for _ in range(5):
                await camera.push()
            during = await websocket.command("repairs/list_issues")
            shown = [await _fetched(home, event) for event in websocket.events]
        finally:
            home.let_files_grow(may_grow=True)
        await camera.push()
        after = await websocket.command("repairs/list_issues")
        told = websocket.events
    report.check("alarms are told all the same", len(told) == 7, f"{len(told)} of 7")
    report.check("with their pictures, from memory", shown == ledger.accepted[:6], f"{len(shown)} of 6")
    report.check("a repair issue says so", "storage" in str(during))
    report.check("which goes away by itself", "storage" not in str(after))
    stored = look(home.store())
    there = [stored.digests[digest] for digest in ledger.accepted]
    report.check("what was stored is whole", not stored.damaged and there == [1, *[0] * 5, 1], there)
