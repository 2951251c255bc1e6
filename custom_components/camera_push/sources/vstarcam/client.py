"""The CGI of a VStarcam camera: its status, its push servers, and a live picture.

Many newer models answer it inside the vendor's tunnel only, not over HTTP (seen).
"""

from dataclasses import dataclass
import re
from typing import Final

from aiohttp import ClientSession

from ...domain.errors import ProtocolError
from ...domain.media import MAX_PICTURE_BYTES, Picture, checked_picture
from ...domain.messages import DeviceDetails
from ...domain.text import printable
from ...transports.http_client import (
    AccessDeniedError,
    AnswerError,
    answered_within,
    check_status,
    read_limited,
)
from ..camera_address import CameraAddress

_TIMEOUT_SECONDS: Final = 10
_MAX_ANSWER_BYTES: Final = 64 * 1024
_MAX_TEXT_LENGTH: Final = 64
# var name=value; with bare numbers and texts in either kind of quotes, any number of them on a line (seen).
_VARIABLE: Final = re.compile(
    r"""var\s+(?P<name>\w+)\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^;\s'"]*))\s*;?"""
)
_SECONDS: Final = re.compile(r"[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class PushServers:
    """The servers that a camera pushes to; `heartbeat_seconds` is the interval of its heartbeats."""

    heartbeat_seconds: int
    heartbeat: str
    alarm_main: str
    alarm_sub: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraStatus:
    """A camera's id and details."""

    vuid: str
    details: DeviceDetails


def parse_answer(text: str) -> dict[str, str]:
    """Return the variables in a CGI answer."""
    return {
        match["name"]: next(
            value for value in (match["double"], match["single"], match["bare"]) if value is not None
        )
        for match in _VARIABLE.finditer(text)
    }


def _text(value: str | None) -> str | None:
    """Return a text fit for a name, None if nothing is left of it."""
    return printable(value or "", _MAX_TEXT_LENGTH) or None


class VStarcamCgi:
    """Speaks to one camera; every method raises RequestError."""

    def __init__(self, session: ClientSession, address: CameraAddress) -> None:
        self._session = session
        self._address = address
        # Every call carries the login, in both spellings (seen).
        user, password = address.username, address.password
        self._login = {"loginuse": user, "loginpas": password, "user": user, "pwd": password}

    async def _fetch(self, name: str, limit: int, **parameters: str | int) -> bytes:
        query = {**self._login, **parameters}
        async with answered_within(_TIMEOUT_SECONDS):
            url = self._address.url(f"/{name}").with_query(query)
            async with self._session.get(url, allow_redirects=False) as response:
                body = await read_limited(response, limit)
        check_status(response.status)
        return body

    async def _call(self, name: str, **parameters: str | int) -> dict[str, str]:
        answer = parse_answer(
            (await self._fetch(name, _MAX_ANSWER_BYTES, **parameters)).decode("utf-8", "replace")
        )
        if not answer:
            raise AnswerError("The answer has no variables")
        result = answer.get("result", "0")
        if result.startswith("-"):
            # Negative results are failures, a wrong login among them (seen); which is which is not known.
            raise AccessDeniedError(f"result {result}")
        return answer

    async def status(self) -> CameraStatus:
        """Return the camera's id and details."""
        answer = await self._call("get_status.cgi")
        vuid = answer.get("realdeviceid") or answer.get("deviceid") or answer.get("vuid")
        if not vuid:
            raise AnswerError("The camera tells no id")
        return CameraStatus(
            vuid=vuid,
            details=DeviceDetails(
                name=_text(answer.get("alias")),
                firmware=_text(answer.get("sys_ver")),
                mac=_text(answer.get("mac") or answer.get("wifimac")),
            ),
        )

    async def push_servers(self) -> PushServers:
        """Return the camera's push servers."""
        answer = await self._call("get_alarm_push_cfg.cgi")
        if not {"heartbeatServer", "alarmPushMainServer"} & answer.keys():
            raise AnswerError("The camera has no alarm push settings")
        interval = answer.get("heartbeatTime", "")
        return PushServers(
            heartbeat_seconds=int(interval) if _SECONDS.fullmatch(interval) else 0,
            heartbeat=answer.get("heartbeatServer", ""),
            alarm_main=answer.get("alarmPushMainServer", ""),
            alarm_sub=answer.get("alarmPushSubServer", ""),
        )

    async def set_push_servers(self, servers: PushServers) -> PushServers:
        """Set the camera's push servers, and return them as it has them then: it may cut long URLs."""
        await self._call(
            "set_alarm_push_cfg.cgi",
            heartbeatTime=servers.heartbeat_seconds,
            heartbeatServer=servers.heartbeat,
            alarmPushMainServer=servers.alarm_main,
            alarmPushSubServer=servers.alarm_sub,
        )
        return await self.push_servers()

    async def snapshot(self) -> Picture:
        """Return a live picture."""
        data = await self._fetch("snapshot.cgi", MAX_PICTURE_BYTES)
        try:
            return checked_picture(data)
        except ProtocolError as err:
            if parse_answer(data[:1000].decode("utf-8", "replace")).get("result", "0").startswith("-"):
                raise AccessDeniedError("result") from err
            raise AnswerError(err.sentence) from err
