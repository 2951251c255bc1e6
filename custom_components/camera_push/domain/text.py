"""Text from outside, made fit to be shown."""

from __future__ import annotations

from typing import Final

_MAX_CODE_LENGTH: Final = 200
# Of a text, so many times as much as is to be left is looked at: it can be megabytes long.
_LOOKED_AT: Final = 8


def printable(text: str, limit: int) -> str:
    """Return the first `limit` printable characters of a text, without blanks around them."""
    text = text[: _LOOKED_AT * limit]
    if not text.isprintable():
        text = "".join(filter(str.isprintable, text))
    return text.strip()[:limit].rstrip()


def markdown_code(text: str) -> str:
    """Return foreign text as a Markdown code span, in which nothing is interpreted; a dash if it is empty."""
    # Nothing but a backtick ends a code span.
    shown = printable(text.replace("`", ""), _MAX_CODE_LENGTH)
    return f"`{shown}`" if shown else "-"
