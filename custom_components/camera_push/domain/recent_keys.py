"""The latest keys of something, as many as are worth remembering."""

from collections import OrderedDict
from collections.abc import Hashable


class RecentKeys:
    """Remembers keys, and forgets the oldest ones."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._counts: OrderedDict[Hashable, int] = OrderedDict()

    def count(self, key: Hashable) -> int:
        """Return how often a key was noted."""
        return self._counts.get(key, 0)

    def note(self, key: Hashable) -> None:
        """Count a key."""
        self._counts[key] = self._counts.pop(key, 0) + 1
        if len(self._counts) > self._limit:
            self._counts.popitem(last=False)

    def is_news(self, key: Hashable) -> bool:
        """Tell whether a key was never noted, and note it."""
        is_news = key not in self._counts
        self.note(key)
        return is_news
