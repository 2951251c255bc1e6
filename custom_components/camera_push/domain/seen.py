"""Who was seen before: plates and profiles, how often and when, bounded whatever is pushed."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final, Self

_MAX_SEEN: Final = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A plate or profile that was seen.

    `shown` is how it was written, `visits` how often it was there, and `visits_of_day` how often on the `day`
    of the last visit; `picture` is a media source id.
    """

    shown: str
    camera: str
    first_at: datetime
    last_at: datetime
    day: date
    visits: int = 1
    visits_of_day: int = 1
    picture: str | None = None

    def dump(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self) | {
            "first_at": self.first_at.isoformat(),
            "last_at": self.last_at.isoformat(),
            "day": self.day.isoformat(),
        }

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """Return what `dump` returned; raises TypeError, KeyError or ValueError otherwise."""
        times = {key: datetime.fromisoformat(data[key]).astimezone(UTC) for key in ("first_at", "last_at")}
        return cls(**{**data, **times, "day": date.fromisoformat(data["day"])})


class SeenLog:
    """Those that were seen, the latest last; of too many, those that were not for longest are forgotten."""

    def __init__(self, seen: Mapping[str, Seen] | None = None) -> None:
        self._seen: OrderedDict[str, Seen] = OrderedDict(seen or {})

    def find(self, key: str) -> Seen | None:
        """Return what is known of a plate or profile."""
        return self._seen.get(key)

    def latest(self, prefix: str) -> Iterator[tuple[str, Seen]]:
        """Yield those whose keys begin so, the latest first."""
        for key, seen in reversed(self._seen.items()):
            if key.startswith(prefix):
                yield key.removeprefix(prefix), seen

    def add(self, key: str, visit: Seen) -> Seen:
        """Note a visit, as if it were the first one; return what is known now."""
        before = self._seen.get(key)
        seen = visit
        if before is not None:
            seen = replace(
                visit,
                first_at=before.first_at,
                visits=before.visits + 1,
                visits_of_day=before.visits_of_day + 1 if visit.day == before.day else 1,
                picture=visit.picture or before.picture,
            )
        self._put(key, seen)
        return seen

    def _put(self, key: str, seen: Seen) -> None:
        self._seen[key] = seen
        self._seen.move_to_end(key)
        if len(self._seen) > _MAX_SEEN:
            self._seen.popitem(last=False)

    def merge(self, key: str, seen: Seen) -> None:
        """Take over what was noted elsewhere, unless something later is known."""
        before = self._seen.get(key)
        if before is None or before.last_at < seen.last_at:
            self._put(key, seen)

    def dump(self) -> dict[str, Any]:
        """Return the log as JSON values."""
        return {key: seen.dump() for key, seen in self._seen.items()}

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """Return the log that `dump` returned, without what cannot be read of it."""
        seen: dict[str, Seen] = {}
        for key, values in data.items():
            try:
                seen[key] = Seen.load(values)
            except KeyError, TypeError, ValueError:
                continue
        return cls(seen)
