"""Plates to evaluate with: generators of their own, not the matcher's table."""

from collections.abc import Callable
from random import Random
import re
from typing import Final

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS: Final = "0123456789"

# A letter in a template stands for one of these; what is none of them stands for itself.
type _Letters = dict[str, str]

_FRENCH: Final = "ABCDEFGHJKLMNPQRSTVWXYZ"
_SPANISH: Final = "BCDFGHJKLMNPRSTVWXYZ"
_DUTCH: Final = "BDFGHJKLNPRSTVXZ"
_ITALIAN: Final = "ABCDEFGHJKLMNPRSTVWXYZ"
_BRITISH: Final = "ABCDEFGHJKLMNOPRSTUVWXY"
_SWEDISH: Final = "ABCDEFGHJKLMNOPRSTUWXYZ"
_POLISH: Final = "ACEFGHJKLMNPRSTUVWXY"
_UKRAINIAN: Final = "ABCEHIKMOPTX"
_GERMAN_DISTRICTS: Final = (
    *("B", "M", "HH", "K", "S", "F", "KA", "MZ", "LB", "HD", "DD", "L", "BMK", "ERH", "FFB", "WUN"),
    *("TÜ", "FÜ", "LÖ", "MÜ", "STA", "TUT"),
)

_TEMPLATES: Final[dict[str, tuple[_Letters, tuple[str, ...]]]] = {
    "FR": ({"l": _FRENCH}, ("lldddll",)),
    "GB": ({"l": _BRITISH, "s": _BRITISH + "Z"}, ("llddsss",)),
    "IT": ({"l": _ITALIAN}, ("lldddll",)),
    "ES": ({"l": _SPANISH}, ("ddddlll",)),
    "NL": ({"l": _DUTCH}, ("ddllld", "dllldd", "ldddll", "lldddl")),
    "PL": ({"p": "BCDEFGKLNOPRSTWZ", "s": _POLISH}, ("ppddddd", "pppsddd", "ppdddss", "ppdddds")),
    "CZ": ({"l": "ABCEHJKLMPSTUZ"}, ("dlddddd",)),
    "SE": ({"l": _SWEDISH, "s": "ABCDEFGHJKLMNPRSTUWXYZ"}, ("lllddd", "llldds")),
    "US": ({"l": _ALPHABET}, ("dlllddd", "llldddd")),
    "IN": ({"l": _FRENCH}, ("KAddlldddd", "MHddlldddd", "DLddlldddd", "TNddlldddd")),
    "BR": ({"l": _ALPHABET}, ("llldddd", "llldldd")),
    "UA": ({"l": _UKRAINIAN}, ("llddddll",)),
    "NO": ({"l": "ABCDEFHJKLNPRSTUVXYZ"}, ("llddddd",)),
}


def _german(rng: Random) -> str:
    while True:
        letters = "".join(rng.choice(_ALPHABET) for _ in range(rng.choice((1, 2, 2))))
        digits = "".join(rng.choice(_DIGITS) for _ in range(rng.choice((1, 2, 3, 3))))
        plate = rng.choice(_GERMAN_DISTRICTS) + letters + rng.choice("123456789") + digits
        if len(plate) <= 8:
            return plate


def _from(letters: _Letters, templates: tuple[str, ...]) -> Callable[[Random], str]:
    def generate(rng: Random) -> str:
        template = rng.choice(templates)
        return "".join(
            rng.choice(_DIGITS) if it == "d" else rng.choice(letters[it]) if it in letters else it
            for it in template
        )

    return generate


FORMATS: Final[dict[str, Callable[[Random], str]]] = {
    "DE": _german,
    **{country: _from(letters, templates) for country, (letters, templates) in _TEMPLATES.items()},
}


def _expression(letters: _Letters, template: str) -> str:
    return "".join("[0-9]" if it == "d" else f"[{letters[it]}]" if it in letters else it for it in template)


_EXPRESSIONS: Final = {
    "DE": "(?=.{3,8}$)[A-ZÄÖÜ]{2,5}[1-9][0-9]{0,3}",
    **{
        country: "|".join(_expression(letters, template) for template in templates)
        for country, (letters, templates) in _TEMPLATES.items()
    },
}


def is_plate(country: str, text: str) -> bool:
    """Tell whether a car in the country may have this plate."""
    return re.fullmatch(_EXPRESSIONS[country], text) is not None


def neighbour(rng: Random, country: str, plate: str) -> str | None:
    """Return another plate of the country at a distance of one or two characters, None if none was found."""
    for _ in range(400):
        characters = list(plate)
        for _ in range(rng.choice((1, 1, 2))):
            place = rng.randrange(len(characters))
            other = rng.choice(_DIGITS if characters[place].isdigit() else _ALPHABET)
            change = rng.random()
            if change < 0.7:
                characters[place] = other
            elif change < 0.85:
                del characters[place]
            else:
                characters.insert(place, other)
        text = "".join(characters)
        if text != plate and is_plate(country, text):
            return text
    return None
