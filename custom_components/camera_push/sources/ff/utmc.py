"""UTMC and UTMC-2, whose format is not published: refused, with a masked sample for diagnostics."""

from __future__ import annotations

import re
from typing import Final

from ...domain.errors import ProtocolError, Refusal
from ...transports.push import Push

MAX_UTMC_BYTES: Final = 1024 * 1024
_KEPT_CHARACTERS: Final = 4096
# Names of elements and attributes show the format; the values between them are private.
_WORDS: Final = re.compile(r"(?P<element><[/?!]?[\w:.-]+)|(?P<word>[\w:.-]++)(?P<assignment>\s*+=\s*+[\"'])?")


def is_utmc(push: Push) -> bool:
    """Tell whether a push may be UTMC: that is a family of XML formats over HTTP."""
    return push.media_type.endswith(("/xml", "+xml"))


async def refuse(push: Push) -> ProtocolError:
    """Return the error for a push that may be UTMC; a masked sample of it is noted for diagnostics."""
    body = await push.whole(MAX_UTMC_BYTES, "The XML text")
    push.seen.text = masked(body[: 2 * _KEPT_CHARACTERS].decode("utf-8", "replace"))[:_KEPT_CHARACTERS]
    return ProtocolError(
        "XML (UTMC) cannot be read: set the camera's protocol to HTTP POST with JSON.", Refusal.FORMAT
    )


def masked(text: str) -> str:
    """Return XML with every letter and digit of its values replaced by one of its kind."""
    return _WORDS.sub(
        lambda match: match[0] if match["element"] or match["assignment"] else _mask(match["word"]), text
    )


def _mask(word: str) -> str:
    return "".join(
        "9"
        if character.isdigit()
        else ("A" if character.isupper() else "a")
        if character.isalpha()
        else character
        for character in word
    )
