"""The CGI of an FF camera: its three push profiles and its heartbeat service, as XML.

`cloud.cgi`, `cloud2.cgi`, `cloud3.cgi` and `config_hb.cgi` below `/local/fflprapp`, behind the
camera's own login, digest or basic (documented).
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any, Final, override
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from aiohttp import (
    ClientHandlerType,
    ClientRequest,
    ClientResponse,
    ClientSession,
    DigestAuthMiddleware,
    hdrs,
)
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from multidict import CIMultiDict
from yarl import URL

from ...domain.media import MAX_PICTURE_BYTES
from ...transports.http_client import AnswerError, NoAnswerError, answered_within, check_status, read_limited
from ..camera_address import HTTP_PORT, HTTPS_PORT, CameraAddress

_TIMEOUT_SECONDS: Final = 10
_TLS_TIMEOUT_SECONDS: Final = 3
_MAX_ANSWER_BYTES: Final = 256 * 1024
_FOLDER: Final = "/local/fflprapp"
_PROFILE_PAGES: Final = ("cloud.cgi", "cloud2.cgi", "cloud3.cgi")
_HEARTBEAT_PAGE: Final = "config_hb.cgi"
_SEARCH_PAGE: Final = "search.cgi"
_TOOLS_PAGE: Final = "tools.cgi"
_MAX_SEARCH_BYTES: Final = 4 * 1024 * 1024
_PROFILE_ROOT: Final = "cloud_config"
_HEARTBEAT_ROOT: Final = "hb_config"

# Values of `protocol` (documented).
PROTOCOL_HTTP: Final = "1"
PROTOCOLS: Final = {"1": "HTTP", "8": "TCP", "16": "FTP"}

_TRUE: Final = frozenset({"1", "true", "yes", "on"})

type Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Settings:
    """A profile or the heartbeat service, in the camera's own words."""

    values: Values

    @property
    def url(self) -> str:
        """Return the URL of its pushes; the camera keeps it as base64 (documented)."""
        text = self.values.get("url", "")
        try:
            return b64decode(text, validate=True).decode()
        except ValueError:
            return text

    @property
    def is_on(self) -> bool:
        """Tell whether it is switched on."""
        return self.values.get("enable", "").strip().lower() in _TRUE

    @property
    def protocol(self) -> str:
        """Return the name of a profile's protocol."""
        number = self.values.get("protocol", "")
        return PROTOCOLS.get(number, number)

    def changed(self, **changes: str | bool) -> Settings:
        """Return settings with some values replaced, all others as they were."""
        # The spelling of yes and no is not documented: it stays as it is.
        numbers = self.values.get("enable", "") in ("0", "1")
        spelled = {
            name: value if isinstance(value, str) else str(int(value)) if numbers else str(value).lower()
            for name, value in changes.items()
        }
        return Settings({**self.values, **spelled})

    def took(self, wanted: Settings, names: set[str]) -> bool:
        """Compare these settings, read back, with those that were written.

        Spelling does not matter, nor settings that this version of the camera's software does not know.
        """
        told = names & self.values.keys()
        return all(_plain(self.values[name]) == _plain(wanted.values[name]) for name in told)


@dataclass(frozen=True, slots=True, kw_only=True)
class PushSettings:
    """A camera's push profiles by number, and its heartbeat service, None where that cannot be read."""

    profiles: Mapping[int, Settings]
    heartbeat: Settings | None


def _plain(value: str) -> str:
    value = value.strip()
    return "1" if value.lower() in _TRUE else "0" if value.lower() in ("0", "false", "no", "off") else value


def encoded(text: str) -> str:
    """Return a text as base64, as the camera wants URLs and passwords."""
    return b64encode(text.encode()).decode()


def parse_xml(body: bytes) -> Element:
    """Return the root of an XML document, whose tags have no namespace; raises AnswerError.

    White space may stand before it, as a script that prints its own headers leaves it there.
    """
    try:
        root: Element = fromstring(body.lstrip(), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as err:
        # LookupError: an unknown encoding.
        raise AnswerError("The answer is not XML") from err
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def parse_settings(body: bytes, root: str) -> Settings:
    """Return the settings in an XML document; raises AnswerError."""
    document = parse_xml(body)
    element = document if document.tag == root else document.find(f".//{root}")
    if element is None:
        raise AnswerError(f"The answer has no {root}")
    settings = Settings({child.tag: (child.text or "").strip() for child in element})
    # Base64 may come in lines.
    return (
        settings.changed(url="".join(settings.values["url"].split()))
        if "url" in settings.values
        else settings
    )


def render_settings(settings: Settings, root: str) -> bytes:
    """Return settings as the XML document that the camera takes."""
    element = Element(root)
    for name, value in settings.values.items():
        SubElement(element, name).text = value
    text: bytes = tostring(element, encoding="utf-8", xml_declaration=True)
    return text


class FFCgi:
    """Speaks to one camera; every method raises RequestError."""

    def __init__(self, session: ClientSession, address: CameraAddress) -> None:
        self._session = session
        self._address = address

    async def push_settings(self) -> PushSettings:
        """Return all settings that concern pushes."""
        profiles = {number: await self.profile(number) for number in range(1, len(_PROFILE_PAGES) + 1)}
        return PushSettings(profiles=profiles, heartbeat=await self.heartbeat())

    async def profile(self, number: int) -> Settings:
        """Return a push profile, 1 to 3."""
        return parse_settings(await self._request(_PROFILE_PAGES[number - 1]), _PROFILE_ROOT)

    async def set_profile(self, number: int, settings: Settings) -> Settings:
        """Write a push profile, and return it as the camera has it then."""
        await self._request(_PROFILE_PAGES[number - 1], render_settings(settings, _PROFILE_ROOT))
        return await self.profile(number)

    async def heartbeat(self) -> Settings | None:
        """Return the heartbeat service's settings, None where they cannot be read.

        Only writing them is documented.
        """
        try:
            return parse_settings(await self._request(_HEARTBEAT_PAGE), _HEARTBEAT_ROOT)
        except AnswerError:
            return None

    async def set_heartbeat(self, settings: Settings) -> Settings | None:
        """Write the heartbeat service's settings, and return them as `heartbeat` does."""
        await self._request(_HEARTBEAT_PAGE, render_settings(settings, _HEARTBEAT_ROOT))
        return await self.heartbeat()

    async def search(self, since: datetime, limit: int) -> bytes:
        """Return the latest reads since a time, as XML."""
        query = {"TimestampFrom": round(since.timestamp() * 1_000_000), "limit": limit}
        return await self._request(_SEARCH_PAGE, query=query, limit=_MAX_SEARCH_BYTES)

    async def picture(self, name: str) -> bytes:
        """Return a picture that the camera keeps."""
        query = {"action": "getImage", "name": name}
        return await self._request(_TOOLS_PAGE, query=query, limit=MAX_PICTURE_BYTES)

    async def _request(
        self,
        page: str,
        body: bytes | None = None,
        *,
        query: Mapping[str, str | int] | None = None,
        limit: int = _MAX_ANSWER_BYTES,
    ) -> bytes:
        async with answered_within(_TIMEOUT_SECONDS):
            url = self._address.url(f"{_FOLDER}/{page}")
            status, answer = await self._send(url.with_query(query) if query else url, body, limit)
        check_status(status)
        return answer

    async def _send(self, url: URL, body: bytes | None, limit: int) -> tuple[int, bytes]:
        """Send a request, with digest login if the camera asks for that, else with basic login.

        That shows the password to whoever listens: over TLS, if the camera speaks it at the usual port.
        """
        method = hdrs.METH_GET if body is None else hdrs.METH_POST
        headers = {} if body is None else {hdrs.CONTENT_TYPE: "application/xml"}
        address = self._address
        digest = _DigestLogin(address.username, address.password)
        async with self._session.request(
            method, url, data=body, headers=headers, middlewares=(digest,), allow_redirects=False
        ) as response:
            challenges = " ".join(response.headers.getall(hdrs.WWW_AUTHENTICATE, [])).lower()
            asks_for_basic = response.status == HTTPStatus.UNAUTHORIZED and "basic" in challenges
            if not asks_for_basic or "digest" in challenges:
                return response.status, await read_limited(response, limit)
        headers |= {hdrs.AUTHORIZATION: address.basic_login}

        async def send(url: URL) -> tuple[int, bytes]:
            async with self._session.request(
                method, url, data=body, headers=headers, allow_redirects=False
            ) as response:
                return response.status, await read_limited(response, limit)

        if url.scheme == "http" and url.port == HTTP_PORT:
            with suppress(NoAnswerError):
                async with answered_within(_TLS_TIMEOUT_SECONDS):
                    return await send(url.with_scheme("https").with_port(HTTPS_PORT))
        return await send(url)


class _DigestLogin(DigestAuthMiddleware):
    """Digest login that leaves no answer open, and is not kept from it by other ways that are offered.

    aiohttp's own drops the answer that asked for the login: its connection stays with it until it is
    collected, if the answer was not read to its end. Of several ways to log in, it sees the first.
    """

    @override
    def _authenticate(self, response: ClientResponse) -> bool:
        challenges = response.headers.getall(hdrs.WWW_AUTHENTICATE, [])
        challenges.sort(key=lambda challenge: not challenge.lower().startswith("digest "))
        headers = CIMultiDict({hdrs.WWW_AUTHENTICATE: challenges[0]} if challenges else {})
        seen: Any = SimpleNamespace(status=response.status, url=response.url, headers=headers)
        return super()._authenticate(seen)

    @override
    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        answers: list[ClientResponse] = []

        async def send(request: ClientRequest) -> ClientResponse:
            answers.append(await handler(request))
            return answers[-1]

        last: ClientResponse | None = None
        try:
            last = await super().__call__(request, send)
        finally:
            for answer in answers:
                if answer is not last:
                    answer.close()
        return last
