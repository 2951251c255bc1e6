"""Cars with their plates, from the front and from behind."""

from dataclasses import dataclass
from typing import Final

from .canvas import Canvas, Color, Point, curve, darker, lighter, mixed
from .light import Light

PLATE_FONT_SHARE: Final = 0.82


@dataclass(frozen=True, slots=True)
class Shape:
    """Half widths and heights of a body, in units of the picture."""

    half: float = 60
    shoulder: float = 48
    bonnet: float = 60
    roof: float = 88
    cabin: float = 37


SHAPES: Final = {
    "hatch": Shape(),
    "estate": Shape(roof=90, cabin=40),
    "suv": Shape(half=63, shoulder=58, bonnet=70, roof=104, cabin=42),
    "van": Shape(half=60, shoulder=56, bonnet=66, roof=128, cabin=51),
    "sport": Shape(half=64, shoulder=42, bonnet=51, roof=74, cabin=34),
}


@dataclass(frozen=True, slots=True)
class Car:
    """A car that a camera may see."""

    plate: str
    sign: str
    color: Color
    shape: str = "hatch"


def plate(canvas: Canvas, middle: Point, width: float, text: str, sign: str, *, dim: float = 0) -> None:
    """Draw a plate around a point."""
    height = width * 0.24
    x, y = middle
    left, top = x - width / 2, y - height / 2
    canvas.box(left - 0.8, top - 0.8, width + 1.6, height + 1.6, "#14161b", radius=height * 0.2)
    canvas.box(left, top, width, height, mixed("#fbfbf7", "#0c1226", dim * 0.6), radius=height * 0.16)
    band = width * 0.115
    canvas.box(left, top, band, height, mixed("#1b49ad", "#0c1226", dim * 0.6), radius=height * 0.16)
    canvas.text(left + band / 2, top + height * 0.72, sign, height * 0.36, "#ffffff")
    size = height * PLATE_FONT_SHARE
    room = width - band - height * 0.4
    if (needed := canvas.text_width(text, size)) > room:
        size *= room / needed
    center = left + band + (width - band) / 2
    for offset in (-0.12, 0.12):
        canvas.text(center + offset, y + 0.2, text, size, "#14161b")


def draw(
    canvas: Canvas,
    car: Car,
    light: Light,
    *,
    x: float = 160,
    ground: float = 158,
    size: float = 1,
    rear: bool = False,
) -> None:
    """Draw a car whose wheels stand at a point."""
    shape = SHAPES[car.shape]
    color = mixed(car.color, "#0a0f1e", light.dim * 0.75)

    def at(dx: float, dy: float) -> Point:
        return x + dx * size, ground - dy * size

    def both(*points: Point) -> list[Point]:
        """Return an outline from its left half, bottom to top."""
        return [at(-dx, dy) for dx, dy in points] + [at(dx, dy) for dx, dy in reversed(points)]

    half, shoulder, bonnet, roof, cabin = shape.half, shape.shoulder, shape.bonnet, shape.roof, shape.cabin
    canvas.ellipse(x, ground, (half + 10) * size, 6 * size, "#000000", alpha=0.32)
    for side in (-1, 1):
        wx, wy = at(side * (half - 12) - 9, 23)
        canvas.box(wx, wy, 18 * size, 24 * size, "#191b20", radius=5 * size)
    # Roof and windows
    top = curve(at(-cabin, roof - 5), at(0, roof + 5), at(cabin, roof - 5))
    canvas.polygon([at(-half + 11, bonnet - 2), *top, at(half - 11, bonnet - 2)], darker(color, 0.14))
    glass = ("#d3e5f0", "#6a8296") if light.dim < 0.4 else ("#42526a", "#1a2331")
    inner = curve(at(-cabin + 4, roof - 9), at(0, roof - 1), at(cabin - 4, roof - 9))
    window = [at(-half + 17, bonnet), *inner, at(half - 17, bonnet)]
    canvas.shaded(window, *glass)
    canvas.polygon(
        [
            at(-cabin + 9, roof - 9),
            at(-cabin + 22, roof - 7),
            at(-half + 36, bonnet + 1),
            at(-half + 21, bonnet + 1),
        ],
        "#ffffff",
        alpha=0.16 if light.dim < 0.4 else 0.06,
    )
    if not rear:
        canvas.ellipse(*at(-17, bonnet + 13), 6 * size, 7 * size, "#1c222c", alpha=0.55)
        canvas.polygon(
            [at(-28, bonnet), at(-24, bonnet + 9), at(-10, bonnet + 9), at(-6, bonnet)], "#1c222c", alpha=0.5
        )
    for side in (-1, 1):
        canvas.ellipse(*at(side * (half - 3), bonnet + 7), 7 * size, 5 * size, darker(color, 0.08))
    # Body
    outline = both(
        (half - 6, 7), (half, 14), (half + 0.5, shoulder - 9), (half - 6, shoulder), (half - 13, bonnet - 1)
    )
    canvas.shaded(outline, lighter(color, 0.2), darker(color, 0.24))
    shine = curve(at(-half + 14, bonnet - 1), at(0, bonnet + 5), at(half - 14, bonnet - 1))
    canvas.polygon([*shine, at(half - 19, bonnet - 6), at(-half + 19, bonnet - 6)], "#ffffff", alpha=0.2)
    (_rear if rear else _front)(canvas, car, light, shape, at, size, color)
    canvas.box(*at(-half + 6, 9), (2 * half - 12) * size, 3.2 * size, darker(color, 0.45), radius=1.5 * size)


def _front(canvas, car: Car, light: Light, shape: Shape, at, size: float, color: Color) -> None:
    half, level = shape.half, shape.shoulder - 9
    canvas.box(*at(-half + 24, level + 3), (2 * half - 48) * size, 8 * size, "#15181d", radius=3 * size)
    canvas.ellipse(*at(0, level - 1), 4.6 * size, 4.6 * size, "#dfe4e8")
    canvas.ellipse(*at(0, level - 1), 3.4 * size, 3.4 * size, darker("#dfe4e8", 0.25))
    for side in (-1, 1):
        lamp = [(half - 2, level - 5), (half - 5, level + 4), (half - 22, level + 1), (half - 26, level - 5)]
        canvas.polygon([at(side * dx, dy) for dx, dy in lamp], "#fffbe8" if light.lamps else "#e8eef2")
        canvas.ellipse(*at(side * (half - 12), level - 1), 3.6 * size, 3.2 * size, "#ffffff")
        canvas.box(*at(side * (half - 13) - 8, 18), 16 * size, 5 * size, "#15181d", radius=2 * size)
    canvas.box(*at(-half + 22, 19), (2 * half - 44) * size, 9 * size, darker(color, 0.5), radius=3 * size)
    plate(canvas, at(0, 23), 56 * size, car.plate, car.sign, dim=light.dim)
    if light.lamps:
        for side in (-1, 1):
            canvas.glow(*at(side * (half - 12), level - 1), 27 * size, "#fff4c8", 0.75)


def _rear(canvas, car: Car, light: Light, shape: Shape, at, size: float, color: Color) -> None:
    half, level = shape.half, shape.shoulder - 8
    canvas.line([at(-half + 14, level + 7), at(half - 14, level + 7)], darker(color, 0.35), 1.1 * size)
    for side in (-1, 1):
        lamp = [(half, level + 3), (half - 17, level + 2), (half - 15, level - 9), (half - 0.5, level - 8)]
        canvas.polygon([at(side * dx, dy) for dx, dy in lamp], "#ff4a3c" if light.lamps else "#c22b25")
        canvas.box(*at(side * (half - 8) - 4, level - 6), 8 * size, 2.2 * size, "#ffd9b0", radius=1 * size)
    plate(canvas, at(0, level - 13), 56 * size, car.plate, car.sign, dim=light.dim)
    for side in (-1, 1):
        canvas.glow(*at(side * (half - 8), level - 2), 18 * size, "#ff5a48", 0.6 if light.lamps else 0.2)


def plate_crop(car: Car, light: Light) -> bytes:
    """Return the picture of a plate alone, as a camera cuts it out."""
    canvas = Canvas()
    color = mixed(car.color, "#0a0f1e", light.dim * 0.75)
    canvas.gradient(0, 180, lighter(color, 0.12), darker(color, 0.3))
    canvas.line([(0, 34), (160, 30), (320, 34)], darker(color, 0.4), 3)
    canvas.box(26, 50, 268, 82, darker(color, 0.55), radius=10)
    plate(canvas, (160, 91), 240, car.plate, car.sign, dim=light.dim)
    canvas.box(30, 150, 260, 10, darker(color, 0.5), radius=5)
    return canvas.jpeg((400, 200), (20, 22, 280, 140))
