"""Text from outside, made fit to be shown."""

from __future__ import annotations

from typing import Final

_MAX_CODE_LENGTH: Final = 200


def printable(text: str, limit: int) -> str:
    """Return at most `limit` characters of a text, without what cannot be printed and blanks around it."""
    if not text.isprintable():
        text = "".join(filter(str.isprintable, text))
    return text.strip()[:limit].rstrip()


def markdown_code(text: str) -> str:
    """Return foreign text as Markdown that shows it, and does nothing else; a dash where it is empty."""
    # Nothing but a backtick ends a code span.
    shown = printable(text.replace("`", ""), _MAX_CODE_LENGTH)
    return f"`{shown}`" if shown else "-"
