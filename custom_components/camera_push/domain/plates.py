"""Licence plates: one spelling for what cameras write in many."""

from __future__ import annotations

import re
import unicodedata

from .text import printable

MAX_PLATE_LENGTH = 32
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def raw_plate(text: str) -> str | None:
    """Return a plate text as a camera wrote it, fit to be shown, or None if it is empty.

    Literal escapes (a backslash, u and four digits) are resolved: older FF firmware sends them
    (seen). What cannot be printed is dropped and the rest cut to 32 characters.
    """
    text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return printable(text, MAX_PLATE_LENGTH) or None


def normalised_plate(text: str | None) -> str | None:
    """Return a plate in upper case with nothing but letters and digits, or None if none are left."""
    if text is None:
        return None
    composed = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in composed if character.isalnum())[:MAX_PLATE_LENGTH] or None
