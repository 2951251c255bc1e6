"""Who lives in the street, who comes, and who may: said without any code of the integration."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from custom_components.camera_push.domain.plates import canonical_plate
from tests.plates.formats import FORMATS, neighbour
from tests.plates.noise import MODELS

ZONE: Final = ZoneInfo("Europe/Berlin")
# A Friday; clocks go back two nights later.
BEGIN: Final = datetime(2026, 10, 23, 6, tzinfo=ZONE)
ROWS: Final = 10_000

type MayCome = Callable[[datetime], bool]


class Kind(StrEnum):
    """Who passes."""

    FAMILY = "family"
    EMPLOYEE = "employee"
    GUEST = "guest"
    TRADESMAN = "tradesman"
    ONCE = "once"
    NEIGHBOUR = "near neighbour"
    STRANGER = "stranger"


_SHARES: Final = {
    Kind.FAMILY: 30,
    Kind.EMPLOYEE: 12,
    Kind.GUEST: 10,
    Kind.TRADESMAN: 10,
    Kind.ONCE: 3,
    Kind.NEIGHBOUR: 20,
    Kind.STRANGER: 15,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Car:
    """A car with a plate; `may_come` tells when its gate is to open, `row` is that of the list."""

    plate: str
    name: str
    kind: Kind
    may_come: MayCome
    row: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """A car that passes at a time, and what the camera reads of it."""

    car: Car
    at: datetime
    reads: list[str]


class Street:
    """The cars of a street, by a seed."""

    def __init__(self, seed: int) -> None:
        self._rng = rng = Random(seed)
        self._plates = self._new_plates()
        self.families = [
            [
                Car(plate=next(self._plates), name=f"{family} {number}", kind=Kind.FAMILY, may_come=_always)
                for number in (1, 2)
            ]
            for family in ("Ada", "Bob", "Cleo")
        ]
        self.vehicles = [car for family in self.families for car in family]
        self.listed = [self._row(number) for number in range(ROWS)]
        self._known = {canonical_plate(car.plate) for car in [*self.vehicles, *self.listed]}
        self._by_kind = {
            kind: [car for car in [*self.vehicles, *self.listed] if car.kind is kind] for kind in Kind
        }
        self._model = MODELS["look-alikes"]
        rng.shuffle(self._by_kind[Kind.ONCE])

    def _new_plates(self) -> Iterator[str]:
        seen: set[str] = set()
        while True:
            plate = FORMATS["DE"](self._rng)
            if (canonical := canonical_plate(plate)) not in seen:
                seen.add(canonical)
                yield plate

    def _row(self, number: int) -> Car:
        """Return a row of the list: one in ten is a guest, a tradesman or may come once."""
        plate, name = next(self._plates), f"N{number}"
        which = number % 30
        if which == 0:
            start = BEGIN + timedelta(hours=self._rng.randrange(60))
            end = self._rng.choice((datetime(2026, 10, 25, 3, tzinfo=ZONE), start + timedelta(hours=12)))
            return Car(
                plate=plate,
                name=name,
                kind=Kind.GUEST,
                may_come=lambda at: start.timestamp() <= at.timestamp() < end.timestamp(),
                row=f"{plate},{name},,{_local(start)},{_local(end)},,",
            )
        if which == 1:
            return Car(
                plate=plate,
                name=name,
                kind=Kind.TRADESMAN,
                may_come=lambda at: at.weekday() < 5 and 8 <= at.hour < 17,
                row=f"{plate},{name},,,,mon-fri 08:00-17:00,",
            )
        kind = Kind.ONCE if which == 2 else Kind.EMPLOYEE
        return Car(
            plate=plate,
            name=name,
            kind=kind,
            may_come=_always,
            row=f"{plate},{name},,,,,{'yes' if kind is Kind.ONCE else ''}",
        )

    def csv(self) -> str:
        """Return the list as a file to import."""
        return "\n".join(
            ["plate,name,note,valid_from,valid_until,hours,once", *(it.row for it in self.listed)]
        )

    def passings(self, days: float, number: int) -> Iterator[Passing]:
        """Yield who passes, in the order of time; who may come once comes twice."""
        rng = self._rng
        seconds = sorted(rng.uniform(0, days * 86400) for _ in range(number))
        for gap, before in zip(seconds, [0.0, *seconds], strict=False):
            # As long as no visit runs into the next one.
            at = datetime.fromtimestamp(BEGIN.timestamp() + max(gap, before + 1), ZONE)
            car = self._car(rng.choices(tuple(_SHARES), tuple(_SHARES.values()))[0])
            yield Passing(car=car, at=at, reads=self._model.reads(rng, car.plate))

    def _car(self, kind: Kind) -> Car:
        rng = self._rng
        while kind is Kind.NEIGHBOUR:
            of = rng.choice([*self.vehicles, *rng.sample(self.listed, 6)])
            other = neighbour(rng, "DE", of.plate)
            if other is not None and canonical_plate(other) not in self._known:
                return Car(plate=other, name="", kind=kind, may_come=_never)
        if kind is Kind.STRANGER:
            plate = next(self._plates)
            return Car(plate=plate, name="", kind=kind, may_come=_never)
        cars = self._by_kind[kind]
        return rng.choice(cars[:8] if kind is Kind.ONCE else cars)


def _always(_at: datetime) -> bool:
    return True


def _never(_at: datetime) -> bool:
    return False


def _local(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"
