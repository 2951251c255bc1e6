"""The CGI of a VStarcam camera: its status, its push servers, and a live picture.

Many newer models answer it inside the vendor's tunnel only, not over HTTP (seen).
"""

from dataclasses import dataclass
import re
from typing import Final

from aiohttp import ClientSession, hdrs

from ...domain.errors import ProtocolError
from ...domain.media import MAX_PICTURE_BYTES, Picture, checked_picture
from ...domain.messages import DeviceDetails
from ...domain.source_info import RequestError
from ...domain.text import printable
from ...transports.http_client import (
    AccessDeniedError,
    AnswerError,
    NoAnswerError,
    answered_within,
    check_status,
    read_limited,
)
from ..camera_address import CameraAddress

_TIMEOUT_SECONDS: Final = 10
_MAX_ANSWER_BYTES: Final = 64 * 1024
_MAX_TEXT_LENGTH: Final = 64
# 1280 by 720 pixels; without it, a picture has 360 by 180 (documented).
_SNAPSHOT_SIZE: Final = 2
# Where this is 1, whoever is not the maker's app is not let in, whatever the password (documented).
_DUAL_AUTHENTICATION: Final = "dualauthentication"
# var name=value; with bare numbers and texts in either kind of quotes, any number of them on a line (seen).
_VARIABLE: Final = re.compile(
    r"""var\s+(?P<name>\w+)\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^;\s'"]*))\s*;?"""
)
_SECONDS: Final = re.compile(r"[0-9]{1,9}", re.ASCII)


class DualAuthenticationError(AccessDeniedError):
    """The camera lets nobody in but the maker's app."""


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
        self._has_dual_authentication = False

    async def _fetch(self, name: str, limit: int, **parameters: str | int) -> tuple[int, bytes]:
        query = {**self._login, **parameters}
        # Some models want the login like this besides (documented).
        headers = {hdrs.AUTHORIZATION: self._address.basic_login}
        async with answered_within(_TIMEOUT_SECONDS):
            url = self._address.url(f"/{name}").with_query(query)
            async with self._session.get(url, headers=headers, allow_redirects=False) as response:
                return response.status, await read_limited(response, limit)

    async def _call(self, name: str, **parameters: str | int) -> dict[str, str]:
        status, body = await self._fetch(name, _MAX_ANSWER_BYTES, **parameters)
        answer = parse_answer(body.decode("utf-8", "replace"))
        found = {key.lower(): value for key, value in answer.items()}
        self._has_dual_authentication |= found.get(_DUAL_AUTHENTICATION) == "1"
        result = answer.get("result", "0")
        try:
            check_status(status)
            if result.startswith("-"):
                # Negative results are failures, a wrong login among them (seen); which is which is not known.
                raise AccessDeniedError(f"result {result}")  # noqa: TRY301  # Denied in one of two ways.
        except AccessDeniedError as err:
            if self._has_dual_authentication:
                raise DualAuthenticationError("DualAuthentication") from err
            raise
        if not answer:
            raise AnswerError("The answer has no variables")
        return answer

    async def status(self) -> CameraStatus:
        """Return the camera's id and details."""
        answer = await self._call("get_status.cgi")
        vuid = answer.get("realdeviceid") or answer.get("deviceid") or answer.get("vuid")
        if not vuid:
            if self._has_dual_authentication:
                raise DualAuthenticationError("DualAuthentication")
            raise AnswerError("The camera tells no id")
        return CameraStatus(
            vuid=vuid,
            details=DeviceDetails(
                name=_text(answer.get("alias")),
                firmware=_text(answer.get("sys_ver")),
                mac=_text(answer.get("mac") or answer.get("wifimac")),
                wifi_mac=_text(answer.get("wifimac")),
            ),
        )

    async def push_servers(self) -> PushServers:
        """Return the camera's push servers."""
        answer = await self._call("get_alarm_push_cfg.cgi")
        if not {"heartbeatServer", "alarmPushMainServer"} & answer.keys():
            if self._has_dual_authentication:
                raise DualAuthenticationError("DualAuthentication")
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
        """Return a live picture, in the best size that the camera has."""
        try:
            return await self._snapshot(res=_SNAPSHOT_SIZE)
        except NoAnswerError:
            raise
        except RequestError:
            # What it does not know, it may refuse.
            return await self._snapshot()

    async def _snapshot(self, **parameters: int) -> Picture:
        status, data = await self._fetch("snapshot.cgi", MAX_PICTURE_BYTES, **parameters)
        check_status(status)
        try:
            return checked_picture(data)
        except ProtocolError as err:
            if parse_answer(data[:1000].decode("utf-8", "replace")).get("result", "0").startswith("-"):
                raise AccessDeniedError("The camera refuses the login") from err
            raise AnswerError(err.sentence) from err
