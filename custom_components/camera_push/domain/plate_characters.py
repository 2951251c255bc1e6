"""Characters of licence plates that optical recognition takes for each other."""

from collections.abc import Mapping
from typing import Final

# A letter and a digit that optical recognition takes for each other. Sources: Genetec Security Center, *OCR
# equivalence* (0ODQ, 1I, 2Z, 5S, 6G, 8B); what open plate readers correct (0C, 0U, 1LTJY, 3BS, 4AH, 7TZY,
# 8S).
_SWAPS: Final = "0O 0D 0Q 0C 0U 1I 1L 1T 1J 1Y 2Z 3B 3S 4A 4H 5S 6G 7T 7Z 7Y 8B 8S"
# Pairs that are taken for each other less often, or two letters: the latter count only where a country's
# formats rule one of them out. Two digits never do. Sources: the survey of obscure characters in *Smart Car
# Plate Recognition System* (PB, PR, OD, QO, CG, KX, FE, B6, Q9, VW, XY, VU), and open plate readers.
_OTHERS: Final = (
    "0G 3E 3J 6B 6C 7I 7J 7L 8R 8G 9P 9Q 9G 9S OD OQ OC OU OG DQ CG QG IL IT IJ LT TY ZT BR BP BE BS PR PF EF"
    " KX XY VY VU VW VN MN MW MH NH HK UW AH NW"
)


def _table(pairs: str) -> Mapping[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for pair in pairs.split():
        one, other = pair[0], pair[1]
        table.setdefault(one, set()).add(other)
        table.setdefault(other, set()).add(one)
    return {character: frozenset(others) for character, others in table.items()}


_SWAPPED: Final = _table(_SWAPS)
_LOOKS_LIKE: Final = _table(f"{_SWAPS} {_OTHERS}")
_NONE: Final = frozenset[str]()


def look_alikes(character: str) -> frozenset[str]:
    """Return the characters that one looks like."""
    return _LOOKS_LIKE.get(character, _NONE)


def closest(character: str) -> frozenset[str]:
    """Return the characters of the other kind that one is often taken for."""
    return _SWAPPED.get(character, _NONE)


def is_swap(one: str, other: str) -> bool:
    """Tell whether one of two characters is a letter and the other one a digit."""
    return one.isdigit() != other.isdigit()


def is_look_alike(wanted: str, got: str) -> bool:
    """Tell whether a letter is taken for a digit, or a digit for a letter."""
    return is_swap(wanted, got) and got in look_alikes(wanted)


def _groups() -> dict[int, str]:
    """Return a table that maps characters that are swapped for each other, also by way of others, to one."""
    table: dict[int, str] = {}
    for first in sorted(_SWAPPED):
        waiting = [first]
        while waiting:
            character = waiting.pop()
            if ord(character) not in table:
                table[ord(character)] = first
                waiting.extend(_SWAPPED[character])
    return table


_GROUPS: Final = _groups()


def folded(plate: str) -> str:
    """Return a plate with one character for all those that are swapped for each other."""
    return plate.translate(_GROUPS)
