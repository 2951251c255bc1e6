"""UTMC and UTMC-2: named by the vendor, their format is not published. Kept, but not decoded."""

from __future__ import annotations

import re
from typing import Final

from ...domain.errors import ProtocolError, Refusal
from ...domain.messages import Undecoded
from ...transports.push import Push

MAX_UNDECODED_BYTES: Final = 1024 * 1024
_KEPT_CHARACTERS: Final = 4096
# Names of elements and attributes tell the format; what is between them is the user's business.
_NAMES: Final = re.compile(r"<[/?!]?[\w:.-]+|[\w:.-]+(?=\s*=\s*[\"'])|/?>")


def is_utmc(push: Push) -> bool:
    """Tell whether a push may be UTMC: that is a family of XML formats over HTTP."""
    return push.media_type.endswith(("/xml", "+xml"))


async def take_undecoded(push: Push) -> Undecoded:
    """Return what came as far as it may be kept; raises ProtocolError when it is too large or no XML."""
    body = await push.whole(MAX_UNDECODED_BYTES, "The XML text")
    if not body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        raise ProtocolError("The push says that it is XML, and is not.", Refusal.FORMAT)
    return Undecoded(
        camera_id="",
        received_at=push.received_at,
        address=push.address,
        media_type=push.media_type,
        size=len(body),
        text=masked(body[: 2 * _KEPT_CHARACTERS].decode("utf-8", "replace"))[:_KEPT_CHARACTERS],
    )


def masked(text: str) -> str:
    """Return XML with every letter and digit of its values replaced by one of its kind."""
    result: list[str] = []
    end = 0
    for match in _NAMES.finditer(text):
        result += (_mask(text[end : match.start()]), match[0])
        end = match.end()
    result.append(_mask(text[end:]))
    return "".join(result)


def _mask(text: str) -> str:
    return "".join(
        "9"
        if character.isdigit()
        else ("A" if character.isupper() else "a")
        if character.isalpha()
        else character
        for character in text
    )
