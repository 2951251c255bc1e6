"""The places for connections to a port, shared fairly among addresses."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

MAX_CONNECTIONS: Final = 128
# Of one address. Cameras behind one router share it.
MAX_CONNECTIONS_OF_ONE: Final = 64


def _now() -> float:
    return asyncio.get_running_loop().time()


@dataclass(eq=False, slots=True)
class Place:
    """A connection's place among those of a port; `close` ends the connection.

    `is_trusted` is set once it has shown that there is a camera behind it.
    """

    address: str
    close: Callable[[], object]
    is_trusted: bool = False
    last_at: float = field(default_factory=_now)

    def note_activity(self) -> None:
        """Note that something came."""
        self.last_at = _now()


class ConnectionShares:
    """The places for connections to a port.

    When all are taken, or an address has its share, a newcomer gets the place of another connection: of the
    address that has most of them, of those that have shown nothing yet, the one that is silent longest.
    """

    def __init__(self, of_all: int, of_one: int) -> None:
        self._of_all = of_all
        self._of_one = of_one
        self._places: set[Place] = set()
        self.gave_way = 0

    def __len__(self) -> int:
        """Return how many places are taken."""
        return len(self._places)

    def enter(self, address: str, close: Callable[[], object]) -> Place:
        """Return a place for a connection."""
        counts = Counter(place.address for place in self._places)
        if counts[address] >= self._of_one:
            self._give_way({address})
        elif len(self._places) >= self._of_all:
            most = max(counts.values())
            self._give_way({it for it, count in counts.items() if count == most})
        place = Place(address, close)
        self._places.add(place)
        return place

    def leave(self, place: Place) -> None:
        """Give a place back."""
        self._places.discard(place)

    def _give_way(self, addresses: set[str]) -> None:
        place = min(
            (place for place in self._places if place.address in addresses),
            key=lambda place: (place.is_trusted, place.last_at),
        )
        self._places.discard(place)
        self.gave_way += 1
        place.close()
