"""Licence plates: one spelling for what cameras write in many."""

from functools import lru_cache
import re
from typing import Final
import unicodedata

from .text import printable

MAX_PLATE_LENGTH: Final = 32
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


# Letters of other alphabets that look like a Latin one: Cyrillic plates use only such letters, and Greek ones
# do too, so a camera may write either. The letters behind them have no accent that could be taken off.
_LATIN: Final = str.maketrans(
    "АВЕЗІЈКМНОРСТУХѴҮЅԚԜ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ" + "ØŁĐÐĦŦ",  # noqa: RUF001  # That they look alike is the point.
    "ABE3IJKMHOPCTYXVYSQW" + "ABEZHIKMNOPTYX" + "OLDDHT",
)
_LIGATURES: Final = {"Æ": "AE", "Œ": "OE", "ẞ": "SS", "Þ": "TH"}


def canonical_plate(text: str | None) -> str:
    """Return a plate as it is compared: Latin capital letters and digits only, without umlauts and accents.

    Digits of other scripts are the Latin ones, and letters that look like a Latin letter are that one.
    Others, as of Chinese plates, stay as they are.
    """
    normalised = normalised_plate((text or "").upper())
    return "".join(map(_canonical, normalised)) if normalised else ""


def canonical_pattern(text: str) -> str:
    """Return a pattern as it is compared: a plate in which `?` is any character, `*` any number of them."""
    return "".join(
        character if character in "?*" else canonical_plate(character) for character in text.upper()
    )


@lru_cache(maxsize=1024)
def _canonical(character: str) -> str:
    if (digit := unicodedata.digit(character, None)) is not None:
        return str(digit)
    character = _LIGATURES.get(character, character).translate(_LATIN)
    decomposed = unicodedata.normalize("NFD", character)
    return "".join(part for part in decomposed if not unicodedata.combining(part)).translate(_LATIN)
