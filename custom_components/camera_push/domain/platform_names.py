"""The names that a platform gives profiles and watchlists."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import json
from typing import Final, Self

# More than a house needs; whoever sends more does not fill the memory.
_MAX_NAMES: Final = 1000


@dataclass(frozen=True, slots=True)
class PlatformNames:
    """The names of profiles and watchlists, by their ids."""

    profiles: Mapping[str, str] = field(default_factory=dict)
    watchlists: Mapping[str, str] = field(default_factory=dict)

    def updated(self, asked: frozenset[str], news: PlatformNames) -> Self:
        """Return the names after some profiles were asked for: those without a name now have lost it."""
        kept = {key: name for key, name in self.profiles.items() if key not in asked}
        return type(self)(
            _bounded({**kept, **news.profiles}), _bounded({**self.watchlists, **news.watchlists})
        )

    def dump(self) -> str:
        """Return the names as JSON."""
        return json.dumps({"profiles": dict(self.profiles), "watchlists": dict(self.watchlists)})

    @classmethod
    def load(cls, text: str) -> Self:
        """Return the names that `dump` wrote; raises ValueError, KeyError or TypeError otherwise."""
        data = json.loads(text)
        return cls(_texts(data["profiles"]), _texts(data["watchlists"]))


def _texts(data: Mapping[str, str]) -> dict[str, str]:
    return {str(key): str(name) for key, name in data.items()}


def _bounded(names: dict[str, str]) -> dict[str, str]:
    return dict(list(names.items())[-_MAX_NAMES:])
