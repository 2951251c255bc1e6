"""Damaged and hostile senders: real pushes, mutated. All of it follows from the seed of a `Random`."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
import gzip
import json
from random import Random
import re
from typing import Any

from .ff import FFCamera, embedded, image
from .ff_ftp import FtpClient
from .http import BOUNDARY, Field, form
from .omni import OmniPlatform
from .pictures import clip, jpeg
from .vstarcam import ALARMS, VStarcamCamera

_TIMEOUT_SECONDS = 60
_PATIENCE_SECONDS = 0.1
_NOBODY: Any = None

TEXTS = (
    "",
    " ",
    "\0",
    "../../../etc/passwd",
    "..\\..\\secrets.yaml",
    "{{ states.lock.front_door }}",
    "{% for i in range(10**9) %}{% endfor %}",
    "!secret http_password",
    "<script>alert(1)</script>",
    "<svg onload=alert(1)>",
    "VC1\r\nX-Injected: yes",
    "\u202e\u2066DCBA",  # Written from right to left.
    "ＶＣ００１",  # Letters and digits that only look like these.
    "e\u0301\u0301\u0301",
    "👮‍♀️🇺🇸",
    "\ufeff\u200b",
    "1e999",
    "NaN",
    "0x7fffffffffffffff",
    "-1",
    "٣٤",
    "a" * 5_000,
    "${jndi:ldap://127.0.0.1/a}",
    "' OR 1=1; DROP TABLE media; --",
)
VALUES: tuple[Any, ...] = (
    *TEXTS,
    None,
    True,
    0,
    -1,
    2**31,
    2**63,
    2**64,
    -(2**63) - 1,
    10**300,
    1.5e308,
    float("inf"),
    -0.0,
    [],
    {},
    [[[[]]]],
    "half a character \ud800",
    {"\udfff": "also as a key"},
    {"a": {"b": [1, {"c": None}]}},
    ["x"] * 1000,
)
TOKENS = (
    b"\r\n",
    b"\n",
    b"\0",
    b"--" + BOUNDARY.encode(),
    b"\r\n--" + BOUNDARY.encode() + b"--\r\n",
    b"\xff\xd8\xff",
    b"\xff\xd9",
    b'{"',
    b"}",
    b"[" * 5000,
    b"\\ud800",
    b"\xed\xa0\x80",
    b"\xff\xfe",
    b": ",
    b"Content-Disposition: form-data; name=",
    b"9" * 5000,
)
HEADERS = (
    "Transfer-Encoding: identity",
    "Expect: 100-continue",
    "Content-Encoding: gzip",
    "Content-Encoding: deflate",
    "X-Forwarded-For: 203.0.113.7",
    "Cookie: " + "a=b; " * 200,
    "Connection: upgrade",
    "Authorization: Basic !!!",
    "Range: bytes=0-",
)
TYPES = (
    "",
    "text/plain",
    "application/json; charset=utf-16",
    "application/json; charset=nonsense",
    "application/xml",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    'multipart/form-data; boundary="' + "b" * 300 + '"',
    "multipart/mixed; boundary=" + BOUNDARY,
    "application/x-www-form-urlencoded",
    "image/jpeg",
    "a" * 2000,
    "application/json; a*=utf-8''%ff",
)


@dataclass(frozen=True)
class Wire:
    """One request: what it says about itself, and its body."""

    body: bytes
    content_type: str | None
    fields: tuple[Field, ...] = ()
    method: str = "POST"
    headers: tuple[str, ...] = ()
    length: int | None = None
    chunks: int | None = None

    @property
    def is_complete(self) -> bool:
        """Tell whether it brings all that it announces."""
        return bool(self.chunks) or self.length is None or self.length <= len(self.body)

    def encode(self, webhook_id: str) -> bytes:
        """Return its bytes."""
        first = f"{self.method} /api/webhook/{webhook_id} HTTP/1.1"
        lines = [first, "Host: hostile", "Connection: close", *self.headers]
        if self.content_type is not None:
            lines.append(f"Content-Type: {self.content_type}")
        body = self.body
        if self.chunks:
            lines.append("Transfer-Encoding: chunked")
            pieces = [body[at : at + self.chunks] for at in range(0, len(body), self.chunks)]
            body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
        else:
            lines.append(f"Content-Length: {len(body) if self.length is None else self.length}")
        return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + body


def _form(fields: Sequence[Field], newline: bytes = b"\r\n") -> Wire:
    body = form(fields, newline=newline)
    return Wire(body, f"multipart/form-data; boundary={BOUNDARY}", fields=tuple(fields))


def _json(value: Any) -> Wire:
    return Wire(json.dumps(value).encode(), "application/json")


# Real pushes


def vstarcam(chance: Random) -> Wire:
    """Return a heartbeat or an alarm."""
    camera = VStarcamCamera(f"VC{chance.randrange(5):011d}", _NOBODY, "")
    if chance.random() < 0.2:
        return _json({"vuid": camera.vuid})
    video = clip() if chance.random() < 0.2 else None
    kind: int | str = chance.choice(list(ALARMS.values()))
    if chance.random() < 0.3:
        kind = hex(int(kind))
    return _form(camera.fields(kind, jpeg(), video), chance.choice([b"\r\n", b"\n"]))


def ff(chance: Random) -> Wire:
    """Return a plate read as a form or as JSON, or a keepalive."""
    camera = FFCamera(f"gate{chance.randrange(5)}", _NOBODY, "", f"ACCC8E{chance.randrange(5):06d}")
    which = chance.random()
    if which < 0.15:
        return _json(camera.keepalive())
    event = camera.event(chance.choice(["new", "update", "lost"]), carID=str(chance.randrange(100)))
    if which < 0.5:
        if chance.random() < 0.5:
            event["ImageArray"] = [embedded("vehicle", jpeg()), embedded("plate", jpeg("plate"))]
        return _json(event)
    fields = [Field("event", json.dumps(event).encode(), "event.json", "application/json")]
    if chance.random() < 0.7:
        fields += [image("image", jpeg()), image("plate", jpeg("plate"))]
    return _form(fields)


def omni(chance: Random) -> Wire:
    """Return an event of a platform's webhook."""
    platform = OmniPlatform()
    kind = chance.choice(["identification", "detection", "deepfake", "handraise"])
    profile = chance.choice([None, "profile-1", "profile-2"])
    event = platform.event(kind, profile=profile, camera=f"cam-{chance.randrange(5)}", pictures=False)
    event["event"]["id"] = f"event-{chance.randrange(10**9)}"
    return _json(event)


SYSTEMS: dict[str, Callable[[Random], Wire]] = {"vstarcam": vstarcam, "ff": ff, "omni": omni}


# Mutations of bytes


def damaged(chance: Random, data: bytes) -> bytes:
    """Return bytes that were cut, doubled, swapped, overwritten or added to."""
    begin = chance.randrange(len(data) + 1)
    end = min(len(data), begin + chance.choice([1, 4, 40, 400]))
    middle = data[begin:end]
    return chance.choice(
        [
            lambda: data[:begin],
            lambda: data[:begin] + data[end:],
            lambda: data[:begin] + middle * 2 + data[end:],
            lambda: data[end:] + middle + data[:begin],
            lambda: data[:begin] + chance.randbytes(len(middle)) + data[end:],
            lambda: data[:begin] + chance.choice(TOKENS) + data[begin:],
            lambda: data[:begin] + chance.choice(TEXTS).encode() + data[begin:],
            lambda: data[:begin] + middle[::-1] + data[end:],
        ]
    )()


def damaged_value(chance: Random, value: Any) -> Any:
    """Return a JSON value of which something is replaced, missing, renamed, wrapped or too much."""
    if not isinstance(value, (dict, list)) or not value or chance.random() < 0.1:
        return chance.choice(VALUES)
    if isinstance(value, list):
        at = chance.randrange(len(value))
        return [*value[:at], damaged_value(chance, value[at]), *value[at + 1 :]]
    key = chance.choice(list(value))
    which = chance.random()
    if which < 0.6:
        return value | {key: damaged_value(chance, value[key])}
    rest = {name: item for name, item in value.items() if name != key}
    if which < 0.75:
        return rest
    if which < 0.83:
        return rest | {chance.choice([*TEXTS, key.upper(), f" {key}"]): value[key]}
    if which < 0.92:
        return value | {chance.choice([*TEXTS, "more"]): chance.choice(VALUES)}
    return rest | {key: [value[key]]}


# Mutations of requests


def _mutate_body(chance: Random, wire: Wire) -> Wire:
    return replace(wire, body=damaged(chance, wire.body))


def _mutate_structure(chance: Random, wire: Wire) -> Wire:
    if not wire.fields:
        return replace(wire, body=_damaged_text(chance, wire.body))
    fields = list(wire.fields)
    at = chance.randrange(len(fields))
    field = fields[at]
    which = chance.randrange(8)
    if which == 0:
        fields.insert(chance.randrange(len(fields) + 1), fields.pop(at))
    elif which == 1:
        fields.insert(at, field)
    elif which == 2:
        fields.pop(at)
    elif which == 3:
        fields[at] = replace(field, name=chance.choice([*TEXTS, field.name.upper(), f"{field.name}[]"]))
    elif which == 4:
        fields[at] = replace(field, filename=chance.choice([*TEXTS, 'a".jpg', None]))
    elif which == 5:
        fields[at] = replace(field, content_type=chance.choice([*TYPES, None]))
    elif which == 6 and field.content_type == "application/json":
        fields[at] = replace(field, data=_damaged_text(chance, field.data))
    else:
        fields[at] = replace(field, data=chance.choice([damaged(chance, field.data), b"", _texts(chance)]))
    body = _form(fields)
    return replace(wire, body=body.body, fields=body.fields)


def _damaged_text(chance: Random, text: bytes) -> bytes:
    """Return a JSON text with something else in it; one that is none any more is damaged further."""
    try:
        value = json.loads(text)
    except ValueError, RecursionError:
        return damaged(chance, text)
    return json.dumps(damaged_value(chance, value), ensure_ascii=chance.random() < 0.5).encode(
        "utf-8", "surrogatepass"
    )


def _texts(chance: Random) -> bytes:
    return chance.choice(TEXTS).encode()


def _mutate_head(chance: Random, wire: Wire) -> Wire:
    which = chance.randrange(7)
    if which == 0:
        return replace(wire, content_type=chance.choice([*TYPES, None]))
    if which == 1:
        return replace(wire, length=max(0, len(wire.body) + chance.choice([-1000, -1, 1, 1000, 10**12])))
    if which == 2:
        return replace(wire, chunks=chance.choice([1, 7, 1000, 100_000]))
    if which == 3:
        return replace(wire, headers=(*wire.headers, chance.choice(HEADERS)))
    if which == 4:
        return replace(wire, method=chance.choice(["GET", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", "X"]))
    if which == 5:
        packed = gzip.compress(wire.body + bytes(chance.choice([0, 30_000_000])), 1)
        return replace(wire, body=packed, headers=(*wire.headers, "Content-Encoding: gzip"))
    return replace(wire, length=len(wire.body), body=wire.body[: chance.randrange(len(wire.body) + 1)])


def mutated(chance: Random, wire: Wire) -> Wire:
    """Return a request that was mutated once or a few times."""
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        change = chance.choice([_mutate_body, _mutate_structure, _mutate_structure, _mutate_head])
        wire = change(chance, wire)
    return wire


async def send(
    host: str, port: int, data: bytes, chance: Random | None = None, *, is_complete: bool = True
) -> int:
    """Send bytes; return the status of the answer, 0 if there was none.

    With `chance`, they come in pieces. After what is not complete, the sender hangs up.
    """
    reader, writer = await asyncio.open_connection(host, port)
    try:
        answer = asyncio.create_task(reader.read())
        with suppress(OSError):
            for piece in _pieces(data, chance):
                writer.write(piece)
                await writer.drain()
                if chance is not None:
                    await asyncio.sleep(0)
            if not is_complete:
                await asyncio.wait([answer], timeout=_PATIENCE_SECONDS)
                writer.write_eof()
        try:
            return _final_status(await asyncio.wait_for(answer, _TIMEOUT_SECONDS))
        except TimeoutError:
            raise
        except OSError:
            return 0
    finally:
        writer.close()


def _pieces(data: bytes, chance: Random | None) -> list[bytes]:
    if chance is None:
        return [data]
    cuts = sorted(chance.randrange(len(data) + 1) for _ in range(8))
    return [data[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def _final_status(answer: bytes) -> int:
    statuses = [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3})", answer)]
    return next((status for status in statuses if status >= 200), 0)


# Other transports


def stream(chance: Random) -> bytes:
    """Return what a camera's TCP connection might bring: several events, one of them damaged."""
    events = [ff(chance).body for _ in range(chance.randrange(1, 4))]
    events = [event for event in events if event.startswith(b"{")]
    if not events or chance.random() < 0.1:
        return chance.randbytes(chance.randrange(1, 5000))
    at = chance.randrange(len(events))
    if chance.random() < 0.5:
        events[at] = damaged(chance, events[at])
    else:
        events[at] = json.dumps(damaged_value(chance, json.loads(events[at]))).encode()
    return chance.choice([b"", b"\r\n", b"\0"]).join(events)


async def send_stream(port: int, data: bytes, chance: Random) -> None:
    """Send bytes in pieces over a connection of its own, and wait until they were taken or refused."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        with suppress(OSError):
            for piece in _pieces(data, chance):
                writer.write(piece)
                await writer.drain()
            writer.write_eof()
            await asyncio.wait_for(reader.read(), _TIMEOUT_SECONDS)
    finally:
        writer.close()


async def ftp_session(port: int, chance: Random, user: str, password: str) -> None:
    """Say about what a camera says to an FTP server, in any order, with damaged names and pictures."""
    commands = ["PASV", "EPSV", "STOR", "MKD", "CWD", "CDUP", "PWD", "TYPE", "SYST", "NOOP", "ABOR", "USER"]
    commands += ["PASS", "PORT", "EPRT", "LIST", "RETR", "DELE", "SITE", "REST", "APPE", "RNFR", "FEAT", "X"]
    session = FtpClient(port, user, password)
    with suppress(OSError, asyncio.IncompleteReadError, ValueError):
        async with session:
            if chance.random() < 0.8:
                await session.login()
            for _ in range(chance.randrange(1, 6)):
                if chance.random() < 0.3:
                    picture = damaged(chance, jpeg())
                    with suppress(AssertionError):
                        await session.store(_path(chance), picture, abort=chance.random() < 0.3)
                    continue
                argument = chance.choice([_path(chance), "127,0,0,1,0,80", "|1|127.0.0.1|80|", "", "A", "I"])
                line = f"{chance.choice(commands)} {argument}".encode("utf-8", "surrogatepass")
                await session.command(line.replace(b"\r", b"").replace(b"\n", b""))


def _path(chance: Random) -> str:
    real = "gate/202611/21/20261121031245_123_roi_1_in_7543_47ATDPN_USA_Ford_Explorer_SUV_BLACK.jpg"
    if chance.random() < 0.3:
        return real
    return damaged(chance, real.encode()).decode("utf-8", "replace")
