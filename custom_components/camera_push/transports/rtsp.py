"""Asks an RTSP server whether it has a stream, as whoever plays it does first (RFC 2326, DESCRIBE)."""

import asyncio
from base64 import b64encode
import hashlib
import re
import secrets
import ssl
from typing import Final

from homeassistant.util.ssl import get_default_no_verify_context
from yarl import URL

from .http_client import AccessDeniedError, AnswerError, answered_within

_PORTS: Final = {"rtsp": 554, "rtsps": 322}
_TIMEOUT_SECONDS: Final = 3
_MAX_HEAD_BYTES: Final = 16 * 1024
_STATUS: Final = re.compile(r"RTSP/\d\.\d (\d{3})\b", re.ASCII)
_CHALLENGE: Final = re.compile(r"(\w+)=(?:\"([^\"]*)\"|([^\s,]+))", re.ASCII)
_UNAUTHORIZED: Final = 401
_HASHES: Final = {"": hashlib.md5, "MD5": hashlib.md5, "SHA-256": hashlib.sha256}


async def async_try_stream(url: str) -> None:
    """Ask for the description of a stream, with the login in its URL; raises RequestError without one.

    Not for OPTIONS: some cameras answer nothing but the stream that they have (seen).
    """
    target = URL(url)
    async with answered_within(_TIMEOUT_SECONDS):
        port = target.port or _PORTS[target.scheme]
        tls: ssl.SSLContext | None = None
        if target.scheme == "rtsps":
            # Home Assistant plays it whatever its certificate.
            tls = get_default_no_verify_context()
        reader, writer = await asyncio.open_connection(target.host, port, ssl=tls, limit=_MAX_HEAD_BYTES)
        try:
            status, challenges = await _describe(reader, writer, target, 1, None)
            if status == _UNAUTHORIZED and target.user is not None:
                login = _login(target, challenges)
                status, _ = await _describe(reader, writer, target, 2, login)
        except (EOFError, asyncio.LimitOverrunError) as err:
            # So some cameras say that they do not have this stream (seen).
            raise AnswerError("No RTSP") from err
        finally:
            writer.close()
    if status in (_UNAUTHORIZED, 403):
        raise AccessDeniedError(f"RTSP {status}")
    if status != 200:
        raise AnswerError(f"RTSP {status}")


async def _describe(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: URL, number: int, login: str | None
) -> tuple[int, list[str]]:
    """Return the status of the answer, and the ways to log in that it offers."""
    lines = [f"DESCRIBE {_plain(target)} RTSP/1.0", f"CSeq: {number}", "Accept: application/sdp"]
    if login is not None:
        lines.append(f"Authorization: {login}")
    writer.write("\r\n".join([*lines, "", ""]).encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    if (match := _STATUS.match(head)) is None:
        raise AnswerError("No RTSP")
    headers = [line.partition(":") for line in head.splitlines()[1:]]
    length = next((value.strip() for name, _, value in headers if name.lower() == "content-length"), "0")
    if match[1] != "200" and length.isdigit() and 0 < int(length) <= _MAX_HEAD_BYTES:
        # The next answer comes after what this one says.
        await reader.readexactly(int(length))
    return int(match[1]), [value.strip() for name, _, value in headers if name.lower() == "www-authenticate"]


def _plain(target: URL) -> str:
    """Return a stream's URL without its login."""
    return str(target.with_user(None))


def _login(target: URL, challenges: list[str]) -> str | None:
    """Return the header of a login by digest, or by the password itself where nothing else is offered."""
    user, password = target.user or "", target.password or ""
    for challenge in challenges:
        kind, _, rest = challenge.partition(" ")
        if kind.lower() == "digest":
            given = {name.lower(): quoted or bare for name, quoted, bare in _CHALLENGE.findall(rest)}
            if (found := _digest(target, user, password, given)) is not None:
                return found
    if any(challenge.lower().startswith("basic") for challenge in challenges):
        return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"
    return None


def _digest(target: URL, user: str, password: str, given: dict[str, str]) -> str | None:
    """Return the answer to a challenge (RFC 2069 and 7616), None if its algorithm is not known."""
    algorithm = given.get("algorithm", "")
    if (new_hash := _HASHES.get(algorithm.upper())) is None:
        return None

    def digest(*parts: str) -> str:
        return new_hash(":".join(parts).encode()).hexdigest()

    realm, nonce, uri = given.get("realm", ""), given.get("nonce", ""), _plain(target)
    keys, request = digest(user, realm, password), digest("DESCRIBE", uri)
    fields = {"username": user, "realm": realm, "nonce": nonce, "uri": uri}
    end = ""
    if "auth" in re.split(r"[\s,]+", given.get("qop", "")):
        cnonce, count = secrets.token_hex(8), "00000001"
        fields |= {"response": digest(keys, nonce, count, cnonce, "auth", request), "cnonce": cnonce}
        end = f", qop=auth, nc={count}"
    else:
        fields["response"] = digest(keys, nonce, request)
    if "opaque" in given:
        fields["opaque"] = given["opaque"]
    if algorithm:
        end += f", algorithm={algorithm}"
    return "Digest " + ", ".join(f'{name}="{value}"' for name, value in fields.items()) + end
