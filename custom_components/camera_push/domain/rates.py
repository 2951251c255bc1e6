"""How fast pushes may come: so many a second of one kind from one camera, and so many from all."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

# What was not used is saved for so long: a camera that was cut off may deliver what it kept at once.
_BURST_SECONDS: Final = 20
# Who has used less than that counts as quiet, and comes through when others use up what there is for all.
_QUIET_SECONDS: Final = 2
# So many senders are remembered at most, whatever they call themselves.
_MAX_REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RateSettings:
    """Pushes per second, over a longer time: of one camera and kind, and of all together."""

    of_one: float = 50
    of_all: float = 200


class Rates:
    """Says how long a push has to wait for its turn.

    A sender's past is one number: the time at which it will have paid for all that it sent, at one push
    per 1/rate seconds (the generic cell rate algorithm of ITU-T I.371).
    """

    def __init__(self, settings: RateSettings) -> None:
        """Begin with everything saved."""
        self._settings = settings
        self._paid_at: dict[Hashable, float] = {}
        self._all_paid_at = 0.0
        self._now = 0.0

    def take(self, sender: Hashable, now: float, patience: float) -> float | None:
        """Return how many seconds a push has to wait for its turn, usually 0.

        None, and nothing is taken, when that would be longer than `patience`. `now` is in seconds, of a
        clock that never goes back; should it do so, everybody begins anew.
        """
        if now < self._now:
            self._paid_at.clear()
            self._all_paid_at = now
        self._now = now
        owed = max(self._paid_at.get(sender, 0.0) - now, 0.0)
        owed_by_all = max(self._all_paid_at - now, 0.0)
        wait = owed + 1 / self._settings.of_one - _BURST_SECONDS
        if owed > _QUIET_SECONDS:
            wait = max(wait, owed_by_all + 1 / self._settings.of_all - _BURST_SECONDS)
        if wait > patience:
            return None
        if len(self._paid_at) >= _MAX_REMEMBERED:
            self._forget(now)
        self._paid_at[sender] = now + owed + 1 / self._settings.of_one
        self._all_paid_at = now + owed_by_all + 1 / self._settings.of_all
        return max(wait, 0.0)

    def _forget(self, now: float) -> None:
        """Forget who owes nothing; if nearly all do, forget those of the longest standing as well."""
        owing = [(sender, at) for sender, at in self._paid_at.items() if at > now]
        self._paid_at = dict(owing[-_MAX_REMEMBERED // 2 :])
