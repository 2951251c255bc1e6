"""Who and what the demo's cameras see, and the pictures of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
import random
from typing import Final

from .scenes import cars, indoors, outdoors, people
from .scenes.canvas import Canvas
from .scenes.cars import Car
from .scenes.light import DAY, light_at
from .scenes.people import Person


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle of the demo, as cameras describe it."""

    car: Car
    country: str
    make: str
    model: str
    kind: str
    color: str

    @property
    def info(self) -> dict[str, str]:
        """Return what a camera sends of it."""
        return {
            "view": "frontal",
            "type": self.kind,
            "color": self.color,
            "brand": self.make,
            "model": self.model,
            "confidenceMMR": "0.88",
            "confidenceColor": "0.91",
        }


VEHICLES: Final = {
    vehicle.car.plate.replace(" ", "").replace("-", ""): vehicle
    for vehicle in (
        Vehicle(Car("M AB 1234", "D", "#2f6fb2"), "DEU", "VW", "Golf", "CAR", "BLUE"),
        Vehicle(Car("47 ATD PN", "F", "#2f7d54", "estate"), "FRA", "Renault", "Mégane", "CAR", "GREEN"),
        Vehicle(Car("WOB ZK 295", "D", "#e9e9e6", "van"), "DEU", "Mercedes", "Sprinter", "VAN", "WHITE"),
        Vehicle(Car("B MK 4711", "D", "#b9362f", "suv"), "DEU", "BMW", "X3", "SUV", "RED"),
        Vehicle(Car("AB 12 CDE", "GB", "#e0b02c", "sport"), "GBR", "Porsche", "911", "CAR", "YELLOW"),
        Vehicle(Car("HH PK 880", "D", "#8a8f96", "hatch"), "DEU", "Audi", "A4", "CAR", "SILVER"),
    )
}

PERSONS: Final = {
    "profile-1": Person(style="long", hair="#7a4020", coat="#8b3f6b"),
    "profile-2": Person(style="curly", hair="#1b1714", skin="#8a5a3c", coat="#3d6f8e", glasses=True),
    "profile-3": Person(style="cap", hair="#333a45", coat="#2d3440", trousers="#20242c"),
}
COURIER: Final = Person(style="cap", hair="#6b3f22", coat="#7a4a22", carries="parcel")
VISITOR: Final = Person(style="short", hair="#d8b06a", coat="#4f7a52")
NEIGHBOUR: Final = Person(style="short", hair="#5b5b60", coat="#a5503f")

type _Scene = Callable[[datetime, random.Random, str], Canvas]


def vehicle(plate: str) -> Vehicle:
    """Return the vehicle of a plate; of one that is misread, the most similar."""
    wanted = plate.replace(" ", "").replace("-", "").upper()

    def likeness(known: str) -> int:
        return sum(one == other for one, other in zip(known, wanted, strict=False)) - abs(
            len(known) - len(wanted)
        )

    return VEHICLES[max(VEHICLES, key=likeness)]


def _car(draw: Callable[..., Canvas], *, rear: bool) -> _Scene:
    def scene(when: datetime, chance: random.Random, what: str) -> Canvas:
        plate, _, how = what.partition(" ")
        seen = vehicle(plate).car if plate else None
        return draw(light_at(when, chance), chance, seen, rear=rear, far=how == "far")

    return scene


def _door(when: datetime, chance: random.Random, what: str) -> Canvas:
    person = {"doorbell": COURIER, "humanoid": VISITOR}.get(what)
    canvas = outdoors.door(light_at(when, chance), chance, person)
    if when.hour >= 22 or when.hour < 5:
        canvas.infrared()
    return canvas


def _lobby(when: datetime, chance: random.Random, what: str) -> Canvas:
    return indoors.lobby(light_at(when, chance), chance, PERSONS.get(what))


_SCENES: Final[dict[str, _Scene]] = {
    "Entrance": _car(outdoors.street, rear=False),
    "Exit": _car(outdoors.street, rear=True),
    "Ramp": _car(outdoors.ramp, rear=True),
    "Yard": lambda when, chance, what: (
        _car(outdoors.street, rear=False)(when, chance, what)
        if what and what != "motion"
        else outdoors.yard(light_at(when, chance), chance, fox=what == "motion")
    ),
    "Front door": _door,
    "Nursery": lambda when, chance, what: indoors.nursery(
        light_at(when, chance), chance, cries=what == "baby_crying"
    ),
    "Garage": lambda when, chance, what: indoors.garage(
        light_at(when, chance), chance, fire=what in ("fire", "smoke")
    ),
    "Lobby": _lobby,
    "Parking": lambda when, chance, what: outdoors.parking(
        light_at(when, chance), chance, NEIGHBOUR if what else None
    ),
}


@lru_cache(maxsize=128)
def _drawn(camera: str, what: str, quarter: datetime, stamp: str) -> bytes:
    chance = random.Random(f"{camera}{quarter:%d%H}")
    canvas = _SCENES[camera](quarter, chance, what)
    if stamp:
        canvas.stamp(camera, stamp)
    return canvas.jpeg()


def picture(camera: str, what: str, when: datetime, *, stamped: bool = True) -> bytes:
    """Return what a camera sees of an alarm, a plate or a profile at a time."""
    quarter = when.replace(minute=when.minute // 15 * 15, second=0, microsecond=0)
    return _drawn(camera, what, quarter, f"{when:%Y-%m-%d %H:%M:%S}" if stamped else "")


def plate_crop(plate: str, when: datetime) -> bytes:
    """Return the picture of a plate that a camera cuts out."""
    return cars.plate_crop(vehicle(plate).car, light_at(when, random.Random(0)))


@lru_cache(maxsize=16)
def face(profile: str) -> bytes:
    """Return the picture of a face that a platform cuts out."""
    return people.face(PERSONS.get(profile, PERSONS["profile-3"]), DAY)
