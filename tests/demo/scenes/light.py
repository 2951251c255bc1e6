"""Times of day, as they colour a scene."""

from dataclasses import dataclass
from datetime import datetime
import random
from typing import Final

from .canvas import WIDTH, Canvas, Color, mixed


@dataclass(frozen=True, slots=True)
class Light:
    """The colours of a time of day; `dim` is how dark things are, 0..1."""

    sky: tuple[Color, Color]
    far: Color
    trees: Color
    lawn: tuple[Color, Color]
    road: tuple[Color, Color]
    wall: Color
    roof: Color
    window: Color
    dim: float
    lamps: bool = False

    def on(self, color: Color) -> Color:
        """Return a thing's colour in this light."""
        return mixed(color, "#0c1226", self.dim)


DAY: Final = Light(
    ("#63aee9", "#dff0fb"), "#a9c4d3", "#68966a", ("#9ecb78", "#6a9c50"), ("#a5a8ac", "#83878d"),
    "#eadfce", "#b5634e", "#bcd9ea", 0.0,
)  # fmt: skip
CLOUDY: Final = Light(
    ("#aab8c4", "#e6ecf0"), "#a6b3bb", "#6f887a", ("#92ad82", "#698862"), ("#868a90", "#6a6e75"),
    "#dfdad1", "#926056", "#c9d7e0", 0.05,
)  # fmt: skip
DAWN: Final = Light(
    ("#7ea7dc", "#fcd5ac"), "#95a3bd", "#627d6b", ("#8faa79", "#60835a"), ("#909298", "#6f7279"),
    "#ead9c2", "#9d5d51", "#ffe3a8", 0.08,
)  # fmt: skip
DUSK: Final = Light(
    ("#384180", "#f2a07a"), "#5c5785", "#3b4b5b", ("#4f6859", "#344b43"), ("#5d5e6e", "#434550"),
    "#8e7e87", "#5c3f50", "#ffd27c", 0.3, lamps=True,
)  # fmt: skip
NIGHT: Final = Light(
    ("#0a1130", "#2b3c64"), "#1d2846", "#162439", ("#22363f", "#142229"), ("#343b4c", "#232834"),
    "#3c4359", "#272d41", "#ffcf72", 0.52, lamps=True,
)  # fmt: skip


def light_at(when: datetime, chance: random.Random) -> Light:
    """Return the light of an hour; some days are cloudy."""
    hour = when.hour + when.minute / 60
    if hour < 6.5 or hour >= 20.5:
        return NIGHT
    if hour < 8.5:
        return DAWN
    if hour >= 17:
        return DUSK
    return CLOUDY if chance.random() < 0.35 else DAY


def cloud(canvas: Canvas, x: float, y: float, size: float, alpha: float) -> None:
    for dx, dy, rx, ry in ((0, 0, 20, 6), (-10, 2, 14, 5), (12, 2, 15, 5), (4, -4, 11, 6)):
        canvas.ellipse(x + dx * size, y + dy * size, rx * size, ry * size, "#ffffff", alpha=alpha)


def sky(canvas: Canvas, light: Light, chance: random.Random, horizon: float = 100) -> None:
    """Draw the sky, with what is in it at that hour."""
    canvas.gradient(0, horizon, *light.sky)
    if light.dim > 0.5:
        for _ in range(34):
            radius = chance.uniform(0.3, 0.8)
            canvas.ellipse(
                chance.uniform(0, WIDTH), chance.uniform(0, 60), radius, radius, "#ffffff", alpha=0.8
            )
        canvas.glow(258, 28, 30, "#cdd9ff", 0.12)
        canvas.ellipse(258, 28, 9, 9, "#f4efdc")
        canvas.ellipse(262, 26, 8, 8, mixed(*light.sky, 0.28))
        return
    if light is DAY or light is DAWN:
        x, y = chance.uniform(50, 270), 24 if light is DAY else 76
        canvas.glow(x, y, 44, "#fff7dc", 0.7)
        canvas.ellipse(x, y, 12, 12, "#fff6d8")
    alpha = 0.2 if light is DUSK else 0.75 if light is CLOUDY else 0.6
    for _ in range(6 if light is CLOUDY else 3):
        cloud(canvas, chance.uniform(10, 310), chance.uniform(12, 52), chance.uniform(0.6, 1.3), alpha)
