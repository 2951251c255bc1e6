"""Text from outside, made fit to be shown."""

from typing import Final

_MAX_CODE_LENGTH: Final = 200
# The part of a text that is looked at, as a multiple of the limit: a text can be megabytes long.
_LOOKED_AT: Final = 8


def printable(text: str, limit: int) -> str:
    """Return the first `limit` printable characters of a text, without blanks around them."""
    text = text[: _LOOKED_AT * limit]
    if not text.isprintable():
        text = "".join(filter(str.isprintable, text))
    return text.strip()[:limit].rstrip()


def within_code(text: str) -> str:
    """Return foreign text for a Markdown code span, in which nothing is interpreted.

    Texts that are translated have the span's backticks; nothing else ends it.
    """
    return printable(text.replace("`", ""), _MAX_CODE_LENGTH)


def markdown_code(text: str) -> str:
    """Return foreign text as a Markdown code span; a dash if it is empty."""
    shown = within_code(text)
    return f"`{shown}`" if shown else "-"
