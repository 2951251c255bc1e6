"""Bodies of any size that are dear to read for whoever looks at anything twice."""

from collections.abc import Callable
from dataclasses import dataclass
import json

BOUNDARY = "b" * 40
_HEAD = b'Content-Disposition: form-data; name="picture"; filename="a.jpg"'

type Make = Callable[[int], bytes]


@dataclass(frozen=True)
class Body:
    """A kind of body: what it says that it is, and what makes one of about so many bytes."""

    content_type: str
    make: Make


def _filled(begin: bytes, unit: bytes, end: bytes = b"") -> Make:
    return lambda size: begin + unit * ((size - len(begin) - len(end)) // len(unit)) + end


def _keys(size: int) -> bytes:
    return json.dumps({f"key{number}": number for number in range(size // 18)}).encode()


def _wide(size: int) -> bytes:
    """Return objects in objects, each with forty of them."""
    width, value = 40, "{}"
    while len(value) * width < size:
        value = (
            "{" + ",".join(f'"{chr(97 + at // 26)}{chr(97 + at % 26)}":{value}' for at in range(width)) + "}"
        )
    return value.encode()


_EVENT = b'{"carState":"new","sensorProviderID":"gate","plateText":"'
# Objects as they come over TCP, and in a body.
OBJECTS: dict[str, Make] = {
    "objects in objects": lambda size: b'{"a":' * (size // 6) + b"1" + b"}" * (size // 6),
    "lists in lists": lambda size: b'{"a":' + b"[" * (size // 2) + b"]" * (size // 2) + b"}",
    "brackets without an end": _filled(b'{"a":[', b"[", b"]}"),
    "empty objects": _filled(b'{"a":[', b"{},", b"{}]}"),
    "small objects": _filled(b'{"a":[', b'{"":0},', b"{}]}"),
    "empty lists": _filled(b'{"a":[', b"[],", b"[]]}"),
    "numbers": _filled(b'{"a":[', b"1,", b"1]}"),
    "one key": _filled(b'{"a":0', b',"a":0', b"}"),
    "many keys": _keys,
    "wide and deep": _wide,
    "huge integer": _filled(b'{"a":', b"9", b"}"),
    "huge fraction": _filled(b'{"a":0.', b"9", b"}"),
    "large integers": _filled(b'{"a":[', b"9" * 4000 + b",", b"1]}"),
    "quotes": _filled(b'{"a":[', b'"', b"]}"),
    "empty texts": _filled(b'{"a":[', b'"",', b'""]}'),
    "escaped quotes": _filled(_EVENT, b'\\"', b'"}'),
    "backslashes": _filled(_EVENT, b"\\\\", b'"}'),
    "backslashes and quotes": _filled(b'{"a":[', b'"\\\\\\\\","', b'"]}'),
    "escapes": _filled(_EVENT, b"\\u0041", b'"}'),
    "pairs of surrogates": _filled(_EVENT, b"\\ud83d\\ude00", b'"}'),
    "half a character": _filled(_EVENT, b"\\ud83d", b'"}'),
    "not printable": _filled(_EVENT, b"\\u200b", b'"}'),
    "UTF-8": _filled(_EVENT, "\u00e9".encode(), b'"}'),
    "white space": _filled(b'{"a":', b" ", b"1}"),
    "plain text": _filled(_EVENT, b"A", b'"}'),
    "texts of two KiB": _filled(b'{"a":[', b'"' + b"A" * 2046 + b'",', b'""]}'),
    "key of any length": _filled(b'{"', b"A", b'":1}'),
    "base64 of one line for each character": _filled(
        b'{"carState":"new","sensorProviderID":"gate","ImageArray":[{"BinaryImage":"', b"A\\n", b'"}]}'
    ),
    "base64 in pieces": _filled(
        b'{"carState":"new","sensorProviderID":"gate","ImageArray":[', b'{"BinaryImage":"AA=="},', b"{}]}"
    ),
    "keepalive": _filled(b'{"ALPV":{"', b"-a", b'":1}}'),
}


def _body(content_type: str, bodies: dict[str, Make]) -> dict[str, Body]:
    return {name: Body(content_type, make) for name, make in bodies.items()}


JSON = _body(
    "application/json",
    {
        **OBJECTS,
        "nothing but brackets": _filled(b"", b"["),
        "events without a camera": _filled(b"[", b'{"carState":"new"},', b"{}]"),
        "list of nothing": _filled(b"[", b"{},", b"{}]"),
    },
)


def _form(newline: bytes, unit: bytes, *, head: bytes = _HEAD, boundary: str = BOUNDARY) -> Body:
    line = b"--" + boundary.encode()
    begin = line + newline + head + newline * 2
    unit = unit.replace(b"NL", newline).replace(b"BOUNDARY", line)
    return Body(
        f"multipart/form-data; boundary={boundary}", _filled(begin, unit, newline + line + b"--" + newline)
    )


def _forms(newline: bytes) -> dict[str, Body]:
    near = b"--" + BOUNDARY[:-1].encode()
    units = {
        "line ends": b"NL",
        "almost boundaries": b"NL" + near + b"c",
        "beginnings of boundaries": b"NL" + near,
        "boundaries without an end": b"NLBOUNDARYx",
        "boundaries without headers": b"NLBOUNDARYNL",
        "boundaries with half a header": b"NLBOUNDARYNLx",
        "boundaries with text": b"NLBOUNDARYNLx: yNL",
        "empty parts": b"NLBOUNDARYNL" + _HEAD + b"NLNL",
        "letters of the boundary": b"b",
        "dashes": b"-",
        "carriage returns": b"\r",
        "plain": b"x",
    }
    heads = {
        "folded header": _HEAD + b"NLX: y" + b"NL x" * 800,
        "many folded headers": _HEAD + (b"NLX: y" + b"NL x" * 40) * 20,
        "many headers": _HEAD + b"NLX: y" * 31,
        "quotes in a header": b'Content-Disposition: form-data; name="picture"' + b';a="\\b' * 600,
        "semicolons in a header": b'Content-Disposition: form-data; name="picture"' + b";" * 3900,
        "parameters in a header": b'Content-Disposition: form-data; name="picture"' + b"; a=b" * 700,
        "blanks in a header": b'Content-Disposition: form-data; name="picture"; a' + b" " * 3900,
    }
    found = {name: _form(newline, unit) for name, unit in units.items()}
    for name, lines in heads.items():
        head = lines.replace(b"NL", newline)
        found[name] = _form(newline, b"NLBOUNDARYNL" + head + b"NLNL", head=head)
    found["header without an end"] = _form(newline, b"x", head=b"X: y")
    found["boundary of one letter"] = _form(newline, b"NLBOUNDARYxNL--", boundary="B")
    found["headers after a boundary of one letter"] = _form(newline, b"NL--BNLx", boundary="B")
    found["boundary of a KiB"] = _form(newline, b"NL--" + b"b" * 999 + b"cNL--bbb", boundary="b" * 1000)
    return found


FORMS = {
    f"{name}, {kind}": body
    for kind, newline in (("CRLF", b"\r\n"), ("LF", b"\n"))
    for name, body in _forms(newline).items()
}

XML = _body(
    "application/xml",
    {
        "name without an end": _filled(b"<", b"a"),
        "names without an end": _filled(b"<a>", b"<a"),
        "letters": _filled(b"<a>", b"a"),
        "letters and blanks": _filled(b"<a>", b"a "),
        "attributes": _filled(b"<a", b" a=", b">"),
        "quotes": _filled(b"<a ", b'"'),
        "attributes without an end": _filled(b"<a", b' a="'),
        "comments": _filled(b"<a>", b"<!--"),
        "ends": _filled(b"<a>", b"-->"),
        "sections": _filled(b"<a>", b"<![CDATA["),
        "brackets": _filled(b"", b"<"),
        "instructions": _filled(b"", b"<?a "),
        "entities": _filled(b'<!DOCTYPE a [<!ENTITY a "a">', b"<!ENTITY a '&a;'>"),
        "colons": _filled(b"<", b":"),
        "elements": _filled(b"", b"<a>"),
        "not UTF-8": _filled(b"<a>", b"\xff"),
    },
)

# Pictures whose headers have no end.
JPEGS: dict[str, Make] = {
    "fill bytes": _filled(b"\xff\xd8", b"\xff"),
    "markers without a length": _filled(b"\xff\xd8", b"\xff\xd0"),
    "segments of nothing": _filled(b"\xff\xd8", b"\xff\xe0\x00\x02"),
}
