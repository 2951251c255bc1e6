"""Senders that hang up at any moment after their last byte: each push is told once and stored."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
import json
from random import Random
from typing import Any

from custom_components.camera_push.domain.media_id import MediaId

from ..bench.pushes import CONTENT_TYPE, picture, send as post
from ..demo.home_assistant import WebSocket, free_port
from ..emulators.ff import FFCamera, embedded, image
from ..emulators.ff_ftp import FtpClient, name, path
from ..emulators.hang_ups import HangUp, request, reset, send_and_hang_up
from ..emulators.http import Field, form
from ..emulators.vstarcam import VStarcamCamera
from .home import SoakHome
from .kills import digest_of, look
from .report import Report

_HOST = "127.0.0.1"
_FTP = {"username": "camera", "password": "secret"}
_RATES = {"of_one": 1000, "of_all": 5000}
# Half of them hang up at once, the others at some moment while we take in, write or answer.
_LATEST_SECONDS = 0.04
_AT_ONCE = 4
# They do not post by themselves.
_NOBODY: Any = None
# No alarm that is known: its number comes through as it is.
_FIRST_CODE = 1000


@dataclass(frozen=True)
class _Sent:
    """A push that was sent whole: its number in the event, and its picture."""

    number: str
    digest: str


class _Senders:
    """Each way in; a push's number is the alarm's code, or the car's."""

    def __init__(self, webhooks: dict[str, str], port: int, tcp: int, ftp: int, chance: Random) -> None:
        self._webhooks = webhooks
        self._port, self._tcp, self._ftp = port, tcp, ftp
        self._chance = chance
        self._number = _FIRST_CODE
        # What was sent over HTTP, and to whose entry.
        self.requests: list[tuple[bytes, str]] = []

    def all(self) -> dict[str, Callable[[HangUp], Awaitable[_Sent]]]:
        """Return them."""
        return {"alarm, HTTP": self.alarm, "plate, HTTP": self.plate, "TCP": self.tcp, "FTP": self.ftp}

    def _new(self) -> tuple[str, bytes]:
        self._number += 1
        data = picture(self._chance.choice((5_000, 200_000, 2_000_000)))
        # Different each time: what is between head and end is nobody's business.
        mark = self._chance.randbytes(8).hex().encode()
        return str(self._number), data[:100] + mark + data[100:]

    def _after(self) -> float:
        return self._chance.choice((0, self._chance.uniform(0, _LATEST_SECONDS)))

    async def _http(self, system: str, body: bytes, how: HangUp) -> None:
        version = "1.0" if how is HangUp.HALF_CLOSE else "1.1"
        data = request(self._webhooks[system], body, CONTENT_TYPE, version)
        self.requests.append((data, system))
        # Home Assistant's server closes a connection that is half-closed: there may be no answer.
        await send_and_hang_up(_HOST, self._port, data, how, self._after())

    async def alarm(self, how: HangUp) -> _Sent:
        """Send an alarm."""
        number, data = self._new()
        camera = VStarcamCamera("VCHANGUP000001", _NOBODY, "")
        await self._http("vstarcam", form(camera.fields(number, data)), how)
        return _Sent(number, digest_of(data))

    async def plate(self, how: HangUp) -> _Sent:
        """Send a plate read as a form."""
        number, data = self._new()
        event = json.dumps(FFCamera("http", _NOBODY, "").event(carID=number)).encode()
        body = form([Field("event", event, "event.json", "application/json"), image("image", data)])
        await self._http("ff", body, how)
        return _Sent(number, digest_of(data))

    async def tcp(self, how: HangUp) -> _Sent:
        """Send a plate read as JSON."""
        number, data = self._new()
        camera = FFCamera("tcp", _NOBODY, "", "ACCC8E000002")
        event = camera.event(carID=number, ImageArray=[embedded("vehicle", data)])
        await send_and_hang_up(_HOST, self._tcp, json.dumps(event).encode(), how, self._after())
        return _Sent(number, digest_of(data))

    async def ftp(self, how: HangUp) -> _Sent:
        """Store a picture, and hang up the control connection before the answer.

        A data connection that is reset is no whole file.
        """
        number, data = self._new()
        async with FtpClient(self._ftp, _FTP["username"], _FTP["password"]) as session:
            await session.login()
            _, port = await session.data_port()
            _, writer = await asyncio.open_connection(_HOST, port)
            at = datetime.now(UTC).replace(tzinfo=None)
            await session.command(f"STOR {path('ftp', at, name(at, car=int(number)))}")
            writer.write(data)
            await writer.drain()
            writer.close()
            await writer.wait_closed()
            await asyncio.sleep(self._after())
            if how is HangUp.HALF_CLOSE:
                session.writer.write_eof()
                await session.reader.read()
            elif how is HangUp.RESET:
                reset(session.writer.get_extra_info("socket"))
        return _Sent(number, digest_of(data))


async def run(home: SoakHome, report: Report, chance: Random, times: int) -> None:
    """Hang up so many times in each way, over each transport."""
    report.begin(f"Senders that hang up after their last byte, {times} times in each way")
    vstarcam_id, vstarcam = await home.add("vstarcam")
    ff_id, ff = await home.add("ff")
    tcp, ftp = free_port(), free_port()
    await home.set_options(vstarcam_id, {"rates": _RATES})
    await home.set_options(ff_id, {"tcp": {"port": tcp}, "ftp": {"port": ftp, **_FTP}, "rates": _RATES})
    await home.loaded()
    senders = _Senders({"vstarcam": vstarcam, "ff": ff}, home.port, tcp, ftp, chance)
    async with home.websocket() as websocket:
        for kind in ("camera_push_alarm", "camera_push_plate"):
            await websocket.command("subscribe_events", event_type=kind)
        sent: list[_Sent] = []
        for what, send in senders.all().items():
            for how in HangUp:
                waiting = [send] * times
                here: list[_Sent] = []
                while waiting:
                    batch, waiting = waiting[:_AT_ONCE], waiting[_AT_ONCE:]
                    here += await asyncio.gather(*(one(how) for one in batch))
                await _verify(home, websocket, report, f"{what}, {how}", here)
                sent += here
        told = len(websocket.events)
        plates = [data for data, system in senders.requests if system == "ff"]
        # Answers are read up to the end of their connections.
        closing = [data.replace(b"\r\n", b"\r\nConnection: close\r\n", 1) for data in plates]
        answers = Counter([await post(home.port, data) for data in closing])
        await _settle(websocket)
        again = len(websocket.events) - told
        report.check(
            "plates that are sent again are taken, and not told",
            set(answers) == {200} and again == 0,
            f"{dict(answers)}, {again} told",
        )
    stored = look(home.store())
    counts = Counter(stored.digests[push.digest] for push in sent)
    report.check("each picture is on the disk once", set(counts) == {1}, dict(counts))
    complaints = home.complaints()
    report.check("nothing of ours is in the log as an error", not complaints, "".join(complaints)[:3000])
    for entry_id in (vstarcam_id, ff_id):
        await home.delete(f"/api/config/config_entries/entry/{entry_id}")


async def _settle(websocket: WebSocket) -> None:
    """Return when what is on its way is told, and nothing more comes."""
    count = -1
    while count != len(websocket.events):
        count = len(websocket.events)
        await asyncio.sleep(1)
        await websocket.command("ping")


async def _verify(home: SoakHome, websocket: WebSocket, report: Report, what: str, sent: list[_Sent]) -> None:
    await _settle(websocket)
    wanted = {push.number: push.digest for push in sent}
    events: dict[str, list[dict[str, Any]]] = {number: [] for number in wanted}
    for event in websocket.events:
        number = str(event["data"].get("code") or event["data"].get("car_id"))
        if number in events:
            events[number].append(event["data"])
    counts = Counter(len(of_one) for of_one in events.values())
    report.check(f"{what}: each is told once", set(counts) == {1}, dict(counts))
    wrong = []
    for number, of_one in events.items():
        for data in of_one:
            media_id = MediaId.parse(data["picture"] or "")
            content = await home.get_bytes(media_id.path) if media_id is not None else None
            if content is None or digest_of(content) != wanted[number]:
                wrong.append(number)
    report.check(f"{what}: with its picture", not wrong, f"{len(sent) - len(wrong)} of {len(sent)}")
