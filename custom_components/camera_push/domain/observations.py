"""Words for what a platform observes of persons: found in events whose fields are not published."""

from collections.abc import Iterator, Mapping
import re
from typing import Any, Final

HUMAN_ACTIVITY: Final = "har"

# Inferred from the vendor's description of the types of events.
_WORDS: Final[Mapping[str, frozenset[str]]] = {
    "fall": frozenset({"fall", "falls", "fallen", "falling", "fell"}),
    "fight": frozenset({"fight", "fights", "fighting", "fought"}),
    "lies": frozenset({"lie", "lies", "lying", "lay"}),
    "sits": frozenset({"sit", "sits", "sitting", "sat"}),
    "entered": frozenset({"enter", "enters", "entered", "entering"}),
    "left": frozenset({"leave", "leaves", "leaving", "left", "exit", "exits", "exited"}),
    "forwards": frozenset({"forward", "forwards"}),
    "backwards": frozenset({"backward", "backwards"}),
}
_SIDES: Final = frozenset({"left", "right", "top", "bottom"})
_LEAST: Final = 0.5
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def observed(details: Mapping[str, Any], *names: str) -> bool:
    """Tell whether an event's details say one of the things that have these names here."""
    wanted = frozenset().union(*(_WORDS[name] for name in names))
    return any(word in wanted for word in _words(details))


def _words(value: Any) -> Iterator[str]:
    """Yield the words in texts, and in keys whose values say yes."""
    if isinstance(value, str):
        for word in _WORD.findall(value):
            yield word.lower()
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _words(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if _says_yes(key, item):
                yield from _words(key)
            yield from _words(item)


def _says_yes(key: str, value: Any) -> bool:
    """Tell whether something is there: as an object, or with a confidence that is more than none."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        # The side of a box is no confidence.
        return key.lower() not in _SIDES and value >= _LEAST
    return isinstance(value, dict | list) and bool(value)
