"""The live stream of a camera: found and tried in its set-up, or typed by the user.

A subentry keeps its URL as it was shown; the login of a camera that is set up is added where it is played.
"""

from collections.abc import Container, Mapping, Sequence
from typing import Any, Final

from homeassistant.const import CONF_HOST
from homeassistant.util.network import is_ip_address
import voluptuous as vol
from yarl import URL

from ..domain.source_info import RequestError
from ..transports.http_client import AccessDeniedError, NoAnswerError
from ..transports.rtsp import async_try_stream
from .camera_address import CameraAddress
from .selectors import URL as URL_SELECTOR

CONF_STREAM_SOURCE: Final = "stream_source"
STREAM_FIELD: Final = {vol.Optional(CONF_STREAM_SOURCE): URL_SELECTOR}

_TRIED: Final = frozenset({"rtsp", "rtsps"})
_SCHEMES: Final = _TRIED | {"http", "https", "rtmp"}


async def async_find_stream(address: CameraAddress, candidates: Sequence[tuple[int, str]]) -> str | None:
    """Return the first stream that a camera has of those at these ports and paths, without its login."""
    for port, path in candidates:
        try:
            shown = str(URL.build(scheme="rtsp", host=address.host, port=port, path=path))
            await async_try_stream(_with_login(shown, address))
        except NoAnswerError:
            # Nor will the others at this port answer.
            return None
        except RequestError, ValueError:
            continue
        return shown
    return None


async def async_stream_error(
    typed: str | None, known: Container[str | None], address: CameraAddress | None
) -> str | None:
    """Return a form's error for a stream's URL that was typed, None if it plays or is one of those known."""
    if not typed or typed in known:
        return None
    try:
        url = URL(typed)
    except ValueError:
        return "stream_invalid"
    if url.scheme not in _SCHEMES or not url.host:
        return "stream_invalid"
    if url.scheme not in _TRIED:
        return None
    try:
        await async_try_stream(_with_login(typed, address))
    except AccessDeniedError:
        return "stream_denied"
    except RequestError:
        return "stream_failed"
    return None


def stream_shown(data: Mapping[str, Any]) -> str | None:
    """Return the stream's URL in a subentry's data without any login, as a form shows it."""
    stream: str | None = data.get(CONF_STREAM_SOURCE)
    return str(URL(stream).with_user(None)) if stream else None


def stream_data(typed: str | None, data: Mapping[str, Any]) -> dict[str, str]:
    """Return a typed URL as a subentry's data; that in `data`, with its login, if it is as it was shown."""
    if not typed:
        return {}
    kept = data.get(CONF_STREAM_SOURCE)
    return {CONF_STREAM_SOURCE: kept if kept and typed == stream_shown(data) else typed}


def stream_source(data: Mapping[str, Any]) -> str | None:
    """Return the URL by which a camera's stream is played, with its login; None without a stream."""
    stream = data.get(CONF_STREAM_SOURCE)
    address = CameraAddress.from_data(data) if CONF_HOST in data else None
    return _with_login(stream, address) if stream else None


def moved(data: Mapping[str, Any], host: str) -> dict[str, Any] | None:
    """Return a subentry's data after its camera moved to another address, None if that changes nothing.

    One that the user gave a name for is found by that name.
    """
    if data[CONF_HOST] == host or not is_ip_address(data[CONF_HOST]):
        return None
    changed: dict[str, Any] = {**data, CONF_HOST: host}
    stream = data.get(CONF_STREAM_SOURCE)
    if stream and URL(stream).host == data[CONF_HOST]:
        changed[CONF_STREAM_SOURCE] = str(URL(stream).with_host(host))
    return changed


def _with_login(url: str, address: CameraAddress | None) -> str:
    """Return a URL with the camera's login, unless it has its own or leads to somebody else."""
    target = URL(url)
    if (
        address is None
        or target.user is not None
        or target.host != URL.build(scheme="http", host=address.host).host
    ):
        return url
    return str(target.with_user(address.username).with_password(address.password))
