"""VXG's access tokens: base64 JSON, with a channel and its server if they are for one."""

import base64
from dataclasses import dataclass
import re
from typing import Final

from yarl import URL

from ...domain.errors import ProtocolError
from ...domain.fields import Fields
from ...domain.json_body import parse_json

_MAX_PORT: Final = 65535
# It becomes part of paths and of the entry's title.
_CAMERA_ID: Final = re.compile(r"[\w:-]{1,64}")


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token: the id of its channel, None if it is for several; its server, None for the vendor's."""

    camera_id: str | None
    url: URL | None


def parse_token(text: str) -> AccessToken:
    """Return what an access token is for (fields seen: camid, api, api_p, api_sp, path, token).

    Raises ValueError for any other text.
    """
    try:
        data = base64.b64decode(_filled_up(text), validate=True)
        value = parse_json(data)
    except (ValueError, ProtocolError) as err:
        raise ValueError("not base64 JSON") from err
    fields = Fields(value if isinstance(value, dict) else {})
    if fields.text("token") is None:
        raise ValueError("the token itself is missing")
    camera_id = fields.text("camid")
    if camera_id is not None and not _CAMERA_ID.fullmatch(camera_id):
        raise ValueError("the camera's id is none")
    return AccessToken(camera_id, _url(fields))


def _filled_up(text: str) -> str:
    """Return base64 with the signs at its end, which a double click does not select."""
    text = text.strip()
    return f"{text}{'=' * (-len(text) % 4)}"


def _url(fields: Fields) -> URL | None:
    if (host := fields.text("api")) is None:
        return None
    secure, plain = _port(fields, "api_sp"), _port(fields, "api_p")
    # A token with a port for plain HTTP only is for a server without TLS.
    scheme = "http" if plain and not secure else "https"
    return URL.build(
        scheme=scheme,
        host=host,
        port=secure or plain,
        path=f"/{fields.text('path') or ''}".replace("//", "/").rstrip("/") or "/",
    )


def _port(fields: Fields, key: str) -> int | None:
    number = fields.number(key)
    return int(number) if number is not None and 0 < number <= _MAX_PORT else None


def authorization(secret: str) -> str:
    """Return the header for a token or a licence key (seen: `Acc` with a channel, `SI` without, `LKey`)."""
    secret = secret.strip()
    try:
        token = parse_token(secret)
    except ValueError:
        return f"LKey {secret}"
    return f"{'SI' if token.camera_id is None else 'Acc'} {_filled_up(secret)}"


def parse_url(text: str) -> URL:
    """Return a server's address; raises ValueError for any other text."""
    url = URL(text.strip().rstrip("/"))
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError(text)
    return url
