"""Rates: each push costs its sender time, which is paid off as time passes."""

from collections.abc import Hashable
from dataclasses import dataclass
from math import inf
from typing import Final

# Unused time that is saved: a camera that was cut off may deliver its stored pushes at once.
BURST_SECONDS: Final = 20
# A sender that owes less counts as quiet, and comes through when others use up the rate of all.
_QUIET_SECONDS: Final = 2
# The number of senders that are remembered: they can make up names.
_MAX_REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RateSettings:
    """Pushes per second, over a longer time: of one camera and kind, and of all together."""

    of_one: float = 50
    of_all: float = 200


class Debts:
    """The debts of senders, in seconds: one that spends more time than passes is in debt.

    A sender's past is one number, the time at which it will have paid for all that it did (the generic
    cell rate algorithm of ITU-T I.371). `now` is in seconds, of a clock that never goes back; should it
    do so, everybody begins anew.
    """

    def __init__(self) -> None:
        self._paid_at: dict[Hashable, float] = {}
        self._now = 0.0

    def owed(self, sender: Hashable, now: float) -> float:
        """Return how many seconds a sender owes."""
        if now < self._now:
            self._paid_at.clear()
        self._now = now
        return max(self._paid_at.get(sender, 0.0) - now, 0.0)

    def add(self, sender: Hashable, now: float, seconds: float, most: float = inf) -> None:
        """Add to a sender's debt, up to `most` in all; a debt that is larger already stays."""
        owed = self.owed(sender, now)
        if len(self._paid_at) >= _MAX_REMEMBERED:
            self._forget(now)
        self._paid_at[sender] = now + max(owed, min(owed + seconds, most))

    def _forget(self, now: float) -> None:
        """Forget senders without debt; if nearly all have one, also those of the longest standing."""
        owing = [(sender, at) for sender, at in self._paid_at.items() if at > now]
        self._paid_at = dict(owing[-_MAX_REMEMBERED // 2 :])


class Rates:
    """Says how long a push has to wait for its turn."""

    def __init__(self, settings: RateSettings) -> None:
        self._settings = settings
        self._debts = Debts()
        self._of_all = Debts()

    def take(self, sender: Hashable, now: float, patience: float) -> float | None:
        """Return how many seconds a push has to wait for its turn, usually 0.

        None, and nothing is taken, when that would be longer than `patience`.
        """
        cost, cost_of_all = 1 / self._settings.of_one, 1 / self._settings.of_all
        owed = self._debts.owed(sender, now)
        wait = owed + cost - BURST_SECONDS
        if owed > _QUIET_SECONDS:
            wait = max(wait, self._of_all.owed(None, now) + cost_of_all - BURST_SECONDS)
        if wait > patience:
            return None
        self._debts.add(sender, now, cost)
        self._of_all.add(None, now, cost_of_all)
        return max(wait, 0.0)
