"""Visits: the messages about one passing car or activity, and the triggers that it set off already."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

from .clock import is_within
from .messages import PlateRead, VisitState
from .recognition import Evidence

# An id that was not heard of for this long may be given to somebody else.
LASTS: Final = timedelta(minutes=10)
_LASTS_WITHOUT_ID: Final = timedelta(minutes=1)
# Cars and activities that are followed at once; a camera sees far fewer.
_MAX_OPEN: Final = 64
# Of these, the latest are kept over a restart.
_MAX_KEPT: Final = 8


# In a visit's `acted`: it was counted, and told if it was a stranger's.
_SETTLED: Final = "settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """Whose visit it is as far as is known, by its best reading.

    `shown` is how that was written, `data` what triggers are told. `is_known` tells that it is somebody whom
    the user knows. Where nobody can tell whether it was the same one before, `key` is None.
    """

    key: str | None
    shown: str
    kind: str
    data: Mapping[str, Any]
    is_known: bool


@dataclass(slots=True, kw_only=True)
class Visit:
    """One passing car, or one activity of a person.

    `lasts` is the silence after which it is over. `acted` names everything that it set off: a gate opens
    once for a car, whatever else is read of it. `triggered` is the same for triggers, which are other ones
    after a restart. `told` is what the last event said of it. `rows` are the numbers of its rows in the
    history, by their type; `evidence` is what was read of the car. `unsettled` waits to be judged.
    """

    identity: str
    last_message_at: datetime
    lasts: timedelta = LASTS
    messages: int = 0
    is_over: bool = False
    best_confidence: float | None = None
    has_view: bool = False
    acted: set[str] = field(default_factory=set)
    triggered: set[str] = field(default_factory=set)
    told: Mapping[str, Any] | None = None
    evidence: Evidence = field(default_factory=Evidence)
    rows: dict[str, int] = field(default_factory=dict)
    unsettled: Unsettled | None = None

    @property
    def is_settled(self) -> bool:
        """Tell whether it was judged whose visit it is."""
        return _SETTLED in self.acted

    def note(self, what: Unsettled, *, is_better: bool) -> None:
        """Take over whose visit it is by its latest message, unless it is judged already.

        Whoever was recognised once in a visit is no stranger, whatever is read of them later.
        """
        before = self.unsettled
        if not self.is_settled and (before is None or (not before.is_known and (what.is_known or is_better))):
            self.unsettled = what

    def settle(self) -> Unsettled | None:
        """Return whose visit it is; it is judged from now on."""
        what, self.unsettled = self.unsettled, None
        self.acted.add(_SETTLED)
        return what

    def row(self, kind: str, new: Callable[[], int]) -> int:
        """Return the number of the visit's row of a type, a new one if it has none."""
        if kind not in self.rows:
            self.rows[kind] = new()
        return self.rows[kind]

    def begins(self, actor: str) -> bool:
        """Tell whether the visit sets something off for the first time, and remember that it did."""
        if actor in self.acted:
            return False
        self.acted.add(actor)
        return True

    def keeps_on(self, actor: str, *, is_on: bool, is_over: bool) -> bool:
        """Tell whether a message turns something on or keeps it on.

        It is turned on once in a visit. Later messages keep it on while it is, but for the last one.
        """
        return self.begins(actor) or (is_on and not is_over)

    def add(self, received_at: datetime, told: Mapping[str, Any], *, is_over: bool = False) -> None:
        """Note the visit's latest message, and whether it was the last one."""
        self.messages += 1
        self.is_over = is_over
        self.last_message_at = received_at
        self.told = told

    def improves(self, read: PlateRead) -> bool:
        """Tell whether a read is the best one of the visit so far, and remember its confidence."""
        confidence = read.certainty
        if read.plate is None or (self.best_confidence is not None and confidence < self.best_confidence):
            return False
        self.best_confidence = confidence
        return True

    def dump(self) -> dict[str, Any]:
        """Return the visit as JSON values."""
        return {
            "identity": self.identity,
            "last_message_at": self.last_message_at.isoformat(),
            "lasts": self.lasts.total_seconds(),
            "messages": self.messages,
            "is_over": self.is_over,
            "best_confidence": self.best_confidence,
            "has_view": self.has_view,
            "acted": sorted(self.acted),
            "told": self.told,
            "rows": self.rows,
            "evidence": self.evidence.dump(),
            "unsettled": asdict(self.unsettled) if self.unsettled is not None else None,
        }

    @classmethod
    def load(cls, data: dict[str, Any]) -> Self:
        """Return the visit that `dump` returned; raises KeyError, TypeError or ValueError otherwise."""
        return cls(
            identity=data["identity"],
            last_message_at=datetime.fromisoformat(data["last_message_at"]).astimezone(UTC),
            lasts=timedelta(seconds=data["lasts"]),
            messages=data["messages"],
            is_over=data["is_over"],
            best_confidence=data["best_confidence"],
            has_view=data["has_view"],
            acted=set(data["acted"]),
            told=data["told"],
            rows=data.get("rows", {}),
            evidence=Evidence.load(data.get("evidence", ())),
            unsettled=Unsettled(**unsettled) if (unsettled := data.get("unsettled")) is not None else None,
        )


class Visits:
    """The visits that a camera sees."""

    def __init__(self, visits: Iterable[Visit] = ()) -> None:
        self._open = OrderedDict((visit.identity, visit) for visit in visits)

    def find(
        self, identity: str | None, at: datetime, *, lasts: timedelta = LASTS, is_new: bool = False
    ) -> Visit:
        """Return the visit that a message belongs to, a new one where it begins one.

        Without an `identity`, a message is on its own. With `is_new`, the sender says that the car was not
        there before: ids start anew when a camera's software does.
        """
        if identity is None:
            return Visit(identity="", last_message_at=at)
        visit = self._open.pop(identity, None)
        if visit is None or is_new or not is_within(visit.last_message_at, at, visit.lasts):
            visit = Visit(identity=identity, last_message_at=at, lasts=lasts)
        elif visit.is_over:
            # Another car, or a message that came after its visit's last one: that sets nothing off again.
            visit = Visit(identity=identity, last_message_at=at, lasts=lasts, acted=visit.acted)
        self._open[identity] = visit
        if len(self._open) > _MAX_OPEN:
            self._open.popitem(last=False)
        return visit

    def unsettled(self) -> list[Visit]:
        """Return the visits that wait to be judged."""
        return [visit for visit in self._open.values() if visit.unsettled is not None]

    def dump(self) -> list[dict[str, Any]]:
        """Return the latest visits as JSON values, to be kept over a restart."""
        return [visit.dump() for visit in list(self._open.values())[-_MAX_KEPT:]]

    def of_car(self, read: PlateRead, *, late: bool) -> Visit:
        """Return the visit of a passing car.

        Its messages belong together by car id, else by plate for a minute. A late read
        is no part of the visit of the car that is there now.
        """
        if read.car_id is not None:
            name, lasts = f"car {read.car_id}", LASTS
        elif read.plate is not None:
            name, lasts = f"plate {read.plate}", _LASTS_WITHOUT_ID
        else:
            return self.find(None, read.received_at)
        identity, is_new = f"late {name}" if late else name, read.state is VisitState.NEW
        before = [self._open.get(identity), self._open.get(name)]
        visit = self.find(identity, read.received_at, lasts=lasts, is_new=is_new)
        if not visit.rows and not is_new:
            visit.rows |= self._rows_of_car(before, read)
        return visit

    @staticmethod
    def _rows_of_car(before: Iterable[Visit | None], read: PlateRead) -> Mapping[str, int]:
        """Return the rows of the visit that a message is about which came late, or after the last one."""
        happened_at = read.captured_at or read.received_at
        for visit in before:
            if visit is None or not is_within(visit.last_message_at, happened_at, visit.lasts):
                continue
            plate = visit.told.get("plate") if visit.told is not None else None
            if None in (plate, read.plate) or plate == read.plate:
                return visit.rows
        return {}

    def of_activity(self, activity_id: str | None, at: datetime) -> Visit:
        """Return the visit that an activity of a person is."""
        return self.find(f"activity {activity_id}" if activity_id is not None else None, at)
