"""Reading JSON objects from the network: keys in any spelling, numbers that travel as texts."""

from collections.abc import Container, Mapping
import math
from typing import Final

from .json_body import Json
from .text import printable

MAX_TEXT_LENGTH: Final = 128


class Fields:
    """A JSON object whose keys are looked up whatever their case: spelling varies (seen).

    Every getter returns None for what is absent, empty or of no use: an optional field that
    is odd does not spoil an event.
    """

    def __init__(self, data: Mapping[str, Json]) -> None:
        """Index the object by lower-case key; an exact spelling wins over another one."""
        self.source = data
        self._data = {key.lower(): value for key, value in data.items()}

    def __contains__(self, key: str) -> bool:
        """Tell whether the key is there, even with an empty value."""
        return key.lower() in self._data

    def get(self, key: str) -> Json:
        """Return the value as it is."""
        return self._data.get(key.lower())

    def text(self, *keys: str) -> str | None:
        """Return the first non-empty text (or number, as text) among `keys`, printable and bounded."""
        for key in keys:
            value = self.get(key)
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                continue
            if text := printable(str(value), MAX_TEXT_LENGTH):
                return text
        return None

    def number(self, *keys: str) -> float | None:
        """Return the first finite number, or text that is one, among `keys`."""
        for key in keys:
            value = self.get(key)
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                continue
            try:
                number = float(value[:MAX_TEXT_LENGTH] if isinstance(value, str) else value)
            except ValueError, OverflowError:
                continue
            if math.isfinite(number):
                return number
        return None

    def confidence(self, key: str) -> float | None:
        """Return a confidence as 0..1; some senders write percent (seen)."""
        number = self.number(key)
        if number is None or not 0 <= number <= 100:
            return None
        return number / 100 if number > 1 else number

    def rest(self, known: Container[str]) -> dict[str, Json]:
        """Return the values under other keys than those, in lower case; empty ones are left out."""
        return {
            key: value
            for key, value in self._data.items()
            if key not in known and value not in (None, "", [], {})
        }

    def fields(self, key: str) -> Fields:
        """Return the object under `key`, or an empty one."""
        value = self.get(key)
        return Fields(value if isinstance(value, dict) else {})
