"""People, and their faces."""

from dataclasses import dataclass

from .canvas import Canvas, Color, Point, curve, darker, lighter, mixed
from .light import Light


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a camera may see."""

    skin: Color = "#e3b08c"
    hair: Color = "#4a3022"
    coat: Color = "#8b3f6b"
    trousers: Color = "#33415c"
    style: str = "short"  # short, long, curly, cap
    carries: str = ""  # parcel
    glasses: bool = False


def draw(
    canvas: Canvas, person: Person, light: Light, *, x: float = 160, ground: float = 168, size: float = 1
) -> None:
    """Draw somebody who stands at a point."""

    def on(color: Color) -> Color:
        return mixed(color, "#0a1020", light.dim * 0.7)

    def at(dx: float, dy: float) -> Point:
        return x + dx * size, ground - dy * size

    skin, coat, hair = on(person.skin), on(person.coat), on(person.hair)
    canvas.ellipse(x, ground, 26 * size, 4.5 * size, "#000000", alpha=0.28)
    for side in (-1, 1):
        canvas.box(*at(side * 7.5 - 5.5, 48), 11 * size, 46 * size, on(person.trousers), radius=4 * size)
        canvas.ellipse(*at(side * 8, 1.5), 8 * size, 3.6 * size, on("#23232a"))
    if person.style == "long":
        canvas.box(*at(-13.5, 119), 27 * size, 38 * size, hair, radius=11 * size)
    elif person.style == "curly":
        canvas.ellipse(*at(0, 112), 16 * size, 15 * size, hair)
    body = [*curve(at(-20, 38), at(-24, 88), at(-9, 92)), *curve(at(9, 92), at(24, 88), at(20, 38))]
    canvas.shaded(body, lighter(coat, 0.1), darker(coat, 0.16))
    canvas.line([at(0, 90), at(0, 40)], darker(coat, 0.3), 1.1 * size)
    bent = person.carries == "parcel"
    for side in (-1, 1):
        arm = curve(at(side * 18, 84), at(side * 29, 66), at(side * (14 if bent else 22), 60 if bent else 46))
        canvas.line(arm, darker(coat, 0.12), 8.4 * size)
        if not bent:
            canvas.ellipse(*at(side * 22, 43), 4.4 * size, 4.6 * size, skin)
    if bent:
        canvas.box(*at(-20, 73), 40 * size, 29 * size, on("#b98a5a"), radius=1.5 * size)
        canvas.box(*at(-4, 73), 8 * size, 29 * size, on("#d9b483"))
        for side in (-1, 1):
            canvas.ellipse(*at(side * 20, 58), 4.4 * size, 4.8 * size, skin)
    canvas.box(*at(-4.6, 98), 9.2 * size, 9 * size, darker(skin, 0.14), radius=2 * size)
    _head(canvas, person, *at(0, 107), size, skin, hair)


def _head(canvas: Canvas, person: Person, x: float, y: float, size: float, skin: Color, hair: Color) -> None:
    canvas.ellipse(x, y, 11 * size, 13.5 * size, skin)
    for side in (-1, 1):
        canvas.ellipse(x + side * 4.2 * size, y - 0.5 * size, 1.3 * size, 1.5 * size, "#1d1613")
        brow = [(x + side * 2.4 * size, y - 4.4 * size), (x + side * 6 * size, y - 4 * size)]
        canvas.line(brow, darker(hair, 0.2), 0.9 * size)
        if person.glasses:
            ring = [
                *curve(
                    (x + side * 1 * size, y),
                    (x + side * 4.4 * size, y - 5.4 * size),
                    (x + side * 7.6 * size, y),
                ),
                *curve(
                    (x + side * 7.6 * size, y),
                    (x + side * 4.4 * size, y + 5 * size),
                    (x + side * 1 * size, y),
                ),
            ]
            canvas.line(ring, "#22262c", 0.7 * size)
    canvas.line(
        curve((x - 3.4 * size, y + 6 * size), (x, y + 8.6 * size), (x + 3.4 * size, y + 6 * size)),
        "#a8584e",
        1 * size,
    )
    fringe = [
        *curve((x - 11.6 * size, y + 1 * size), (x - 13 * size, y - 16 * size), (x, y - 15.4 * size)),
        *curve((x, y - 15.4 * size), (x + 13 * size, y - 16 * size), (x + 11.6 * size, y + 1 * size)),
        *curve((x + 10 * size, y - 4 * size), (x + 4 * size, y - 8.6 * size), (x - 2 * size, y - 7.6 * size)),
        *curve((x - 2 * size, y - 7.6 * size), (x - 9 * size, y - 7 * size), (x - 10 * size, y - 2 * size)),
    ]
    if person.style == "cap":
        dome = [
            *curve((x - 12 * size, y - 4 * size), (x - 12 * size, y - 17 * size), (x, y - 17 * size)),
            *curve((x, y - 17 * size), (x + 12 * size, y - 17 * size), (x + 12 * size, y - 4 * size)),
        ]
        canvas.polygon(dome, hair)
        canvas.box(x - 13 * size, y - 5.4 * size, 30 * size, 2.6 * size, darker(hair, 0.2), radius=1.2 * size)
    else:
        canvas.polygon(fringe, hair)
    if person.style == "curly":
        for dx, dy in ((-11, -6), (-8, -12), (0, -14.5), (8, -12), (11, -6)):
            canvas.ellipse(x + dx * size, y + dy * size, 5 * size, 4.6 * size, hair)


def face(person: Person, light: Light) -> bytes:
    """Return the picture of a face alone, as a platform cuts it out."""
    canvas = Canvas()
    canvas.gradient(0, 180, "#ccd9e4", "#9fb2c4")
    draw(canvas, person, light, x=160, ground=478, size=3.6)
    return canvas.jpeg((360, 360), (70, 0, 180, 180))
