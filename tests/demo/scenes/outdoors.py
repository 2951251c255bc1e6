"""A street with a gate, a front door, a yard and a car park."""

import random

from . import cars, people
from .canvas import WIDTH, Canvas, Color, curve, darker, lighter, mixed
from .cars import Car
from .light import Light, sky
from .people import Person


def _trees(
    canvas: Canvas, light: Light, chance: random.Random, y: float, height: float, color: Color
) -> None:
    points = [(0.0, y + 40), (0.0, y)]
    for x in range(0, WIDTH + 8, 8):
        points += curve((x, y), (x + 4, y - height * chance.uniform(0.4, 1.2)), (x + 8, y), 4)
    canvas.polygon([*points, (WIDTH, y + 40)], color)


def _house(canvas: Canvas, light: Light, chance: random.Random, x: float, y: float, width: float) -> None:
    height = width * 0.52
    wall = mixed(light.wall, light.roof, chance.uniform(0, 0.2))
    canvas.shaded(
        [(x, y - height), (x + width, y - height), (x + width, y), (x, y)], wall, darker(wall, 0.12)
    )
    canvas.polygon(
        [(x - 5, y - height), (x + width / 2, y - height - width * 0.36), (x + width + 5, y - height)],
        light.roof,
    )
    canvas.box(x + width * 0.72, y - height - width * 0.3, width * 0.1, width * 0.2, darker(light.roof, 0.2))
    for number in range(3):
        left = x + width * (0.12 + number * 0.29)
        lit = light.lamps and chance.random() < 0.7
        glass = light.window if lit else mixed(light.window, "#41566b", 0.5)
        canvas.box(left, y - height * 0.76, width * 0.17, height * 0.36, glass, radius=0.6)
        canvas.box(left + width * 0.08, y - height * 0.76, 0.7, height * 0.36, lighter(wall, 0.3))
        if lit:
            canvas.glow(left + width * 0.08, y - height * 0.58, width * 0.22, light.window, 0.35)


def _tree(canvas: Canvas, light: Light, x: float, y: float, size: float) -> None:
    canvas.polygon(
        [(x - 3 * size, y), (x - 2 * size, y - 30 * size), (x + 2 * size, y - 30 * size), (x + 3 * size, y)],
        light.on("#74543b"),
    )
    for dx, dy, rx, ry, shade in (
        (0, -48, 21, 22, 0.14),
        (-9, -42, 14, 14, 0.06),
        (10, -44, 14, 15, 0.1),
        (-2, -56, 13, 12, 0),
    ):
        canvas.ellipse(x + dx * size, y + dy * size, rx * size, ry * size, darker(light.trees, shade))


def _bush(canvas: Canvas, light: Light, x: float, y: float, size: float) -> None:
    for dx, dy, rx, ry, shade in (
        (0, 0, 20, 12, 0.16),
        (-8, -4, 12, 10, 0.06),
        (9, -3, 12, 9, 0.1),
        (1, -8, 10, 8, 0),
    ):
        canvas.ellipse(x + dx * size, y + dy * size, rx * size, ry * size, darker(light.trees, shade))


def _lamp(canvas: Canvas, light: Light, x: float, y: float) -> None:
    if light.lamps:
        canvas.glow(x, y + 4, 38, "#ffe3a0", 0.75)
    canvas.polygon([(x - 6, y), (x, y - 6), (x + 6, y)], "#22262e")
    canvas.box(x - 3.5, y, 7, 9, "#fff0c2" if light.lamps else "#dfe7ec", radius=1)
    canvas.box(x - 1, y + 9, 2, 6, "#22262e")


def street(
    light: Light, chance: random.Random, car: Car | None = None, *, rear: bool = False, far: bool = False
) -> Canvas:
    """Return a drive with its gate, and a car in it."""
    canvas = Canvas()
    sky(canvas, light, chance, 108)
    _trees(canvas, light, chance, 98, 9, light.far)
    for x, width in ((8, 58), (258, 52), (196, 40)):
        _house(canvas, light, chance, x, 104, width)
    _trees(canvas, light, chance, 108, 14, light.trees)
    canvas.gradient(106, 180, *light.lawn)
    canvas.shaded([(132, 106), (188, 106), (292, 180), (28, 180)], *light.road)
    for side in (-1, 1):
        canvas.line(
            [(160 + side * 27, 107), (160 + side * 128, 180)], mixed(light.road[0], "#ffffff", 0.35), 1.4
        )
        pillar = 160 + side * 72
        canvas.box(pillar - 8, 82, 16, 46, light.on("#b4776a"), radius=1)
        for row in range(5):
            canvas.box(pillar - 8, 88 + row * 8, 16, 0.7, light.on("#8d574d"))
        canvas.box(pillar - 10, 78, 20, 5, light.on("#d8cfc4"), radius=1)
        _lamp(canvas, light, pillar, 64)
        _bush(canvas, light, 160 + side * 128, 136, 1.1)
        _bush(canvas, light, 160 + side * 148, 156, 1.3)
    for bar in range(7):
        canvas.box(38 + bar * 7, 92, 1.8, 36, light.on("#252a33"))
    for y in (96, 120):
        canvas.box(36, y, 48, 2.2, light.on("#252a33"))
    if car is not None:
        cars.draw(canvas, car, light, ground=132 if far else 160, size=0.55 if far else 1, rear=rear)
    return canvas


def ramp(
    light: Light, chance: random.Random, car: Car | None = None, *, rear: bool = False, far: bool = False
) -> Canvas:
    """Return the ramp of an underground car park with its barrier; it is always lit."""
    canvas = Canvas()
    inside = light.__class__(
        light.sky, "", "", light.lawn, light.road, "#8f949b", "#6d7178", "#fff6da", 0.12, lamps=True
    )
    canvas.gradient(0, 180, "#7b8088", "#50545c")
    canvas.polygon([(0, 0), (100, 50), (100, 118), (0, 180)], "#868b93")
    canvas.polygon([(320, 0), (220, 50), (220, 118), (320, 180)], "#7c8189")
    canvas.shaded([(100, 118), (220, 118), (320, 180), (0, 180)], "#6f737b", "#878b92")
    canvas.shaded([(0, 0), (320, 0), (220, 50), (100, 50)], "#565b63", "#3f434b")
    canvas.box(100, 50, 120, 68, "#171d33")
    canvas.gradient(50, 118, *light.sky, left=108, right=212)
    for y, width in ((18, 54), (34, 76)):
        canvas.glow(160, y, 46, "#fff4d0", 0.6)
        canvas.box(160 - width / 2, y - 1.6, width, 3.2, "#fffbe8", radius=1.6)
    canvas.text(52, 96, "P1", 24, "#b5bac1")
    for side in (-1, 1):
        for step in range(6):
            t, u = step / 6, (step + 0.55) / 6
            stripe = [
                (160 + side * (62 + 98 * t), 112 + 56 * t),
                (160 + side * (62 + 98 * u), 112 + 56 * u),
                (160 + side * (62 + 98 * u), 122 + 56 * u),
                (160 + side * (62 + 98 * t), 122 + 56 * t),
            ]
            canvas.polygon(stripe, "#f3c22e" if step % 2 == 0 else "#23262b")
    if car is not None:
        cars.draw(canvas, car, inside, ground=140 if far else 162, size=0.62 if far else 1, rear=rear)
    canvas.box(240, 84, 13, 44, "#e4e7ea", radius=2)
    canvas.box(242.5, 88, 8, 9, "#23262b", radius=1)
    canvas.ellipse(246.5, 104, 2.2, 2.2, "#45c46b")
    for part in range(6):
        base = (246 - part * 7.4, 82 - part * 12.4)
        canvas.line([base, (base[0] - 7, base[1] - 11.6)], "#d5362f" if part % 2 else "#ffffff", 4.6)
    return canvas


def door(light: Light, chance: random.Random, person: Person | None = None) -> Canvas:
    """Return what a doorbell sees: the path to the house, and who stands there."""
    canvas = Canvas()
    sky(canvas, light, chance, 112)
    _house(canvas, light, chance, 14, 106, 62)
    _trees(canvas, light, chance, 110, 13, light.trees)
    canvas.gradient(108, 180, *light.lawn)
    canvas.shaded([(124, 110), (178, 110), (262, 180), (54, 180)], *(lighter(it, 0.08) for it in light.road))
    for step in range(5):
        y = 114 + step * step * 2.6 + step * 4
        spread = (y - 110) / 70
        canvas.line([(124 - 70 * spread, y), (178 + 84 * spread, y)], darker(light.road[1], 0.14), 0.9)
    for x, y, size in ((34, 138, 1.2), (72, 128, 0.9), (18, 160, 1.4)):
        _bush(canvas, light, x, y, size)
    for number in range(7):
        fx, fy = 212 + (number % 4) * 8, 128 + (number // 4) * 7
        canvas.ellipse(fx, fy, 3.6, 3.4, light.on("#e8739a" if number % 2 else "#f2b04a"))
    canvas.polygon([(206, 138), (244, 138), (239, 162), (211, 162)], light.on("#b5593f"))
    canvas.shaded([(262, 0), (320, 0), (320, 180), (250, 180)], light.on("#7a5638"), light.on("#4f3623"))
    for x in (276, 294, 310):
        canvas.line([(x, 0), (x - 5, 180)], light.on("#432d1d"), 1)
    _lamp(canvas, light, 250, 46)
    if person is not None:
        people.draw(canvas, person, light, x=152, ground=172, size=1.18)
    return canvas


def yard(light: Light, chance: random.Random, *, fox: bool = False) -> Canvas:
    """Return a yard with a shed, and perhaps a fox."""
    canvas = Canvas()
    sky(canvas, light, chance, 106)
    _trees(canvas, light, chance, 96, 12, light.far)
    canvas.gradient(104, 180, *light.lawn)
    for post in range(17):
        canvas.polygon(
            [
                (post * 20, 116),
                (post * 20, 84),
                (post * 20 + 5, 79),
                (post * 20 + 10, 84),
                (post * 20 + 10, 116),
            ],
            light.on("#a88a6a"),
        )
    canvas.box(0, 92, 320, 4, light.on("#8c7054"))
    canvas.box(0, 106, 320, 4, light.on("#8c7054"))
    barn = light.on("#a9463f")
    canvas.shaded([(222, 62), (302, 62), (302, 128), (222, 128)], barn, darker(barn, 0.2))
    canvas.polygon([(212, 64), (262, 32), (312, 64)], light.on("#5a3b38"))
    canvas.box(248, 88, 28, 40, light.on("#8d3934"))
    for ends in (((248, 88), (276, 128)), ((276, 88), (248, 128))):
        canvas.line(ends, light.on("#efe3d6"), 2)
    _tree(canvas, light, 52, 132, 1.25)
    for _ in range(16):
        canvas.ellipse(
            chance.uniform(10, 310),
            chance.uniform(140, 176),
            1.5,
            1.4,
            light.on(chance.choice(("#ffffff", "#f6d65a", "#e58ab5"))),
        )
    if fox:
        _fox(canvas, light, 150, 156)
    return canvas


def _fox(canvas: Canvas, light: Light, x: float, y: float) -> None:
    fur, white, dark = light.on("#d9702e"), light.on("#fff4e6"), light.on("#3a2318")
    canvas.ellipse(x, y + 14, 40, 3.4, "#000000", alpha=0.28)
    for dx in (-18, -10, 14, 21):
        canvas.line([(x + dx, y), (x + dx + 1, y + 13)], dark, 3.4)
    canvas.polygon(
        [
            *curve((x - 24, y - 6), (x - 52, y - 12), (x - 66, y + 4)),
            *curve((x - 66, y + 4), (x - 44, y + 10), (x - 22, y + 3)),
        ],
        fur,
    )
    canvas.ellipse(x - 62, y + 2, 6, 4, white)
    canvas.ellipse(x, y - 3, 28, 9.5, fur)
    canvas.ellipse(x + 30, y - 12, 11, 8.5, fur)
    canvas.polygon([(x + 36, y - 16), (x + 54, y - 8), (x + 36, y - 5)], fur)
    canvas.polygon([(x + 40, y - 9), (x + 54, y - 8), (x + 38, y - 5)], white)
    canvas.ellipse(x + 53.5, y - 8.2, 1.7, 1.5, "#1a1210")
    for dx in (23, 31):
        canvas.polygon([(x + dx, y - 17), (x + dx + 3, y - 28), (x + dx + 8, y - 18)], fur)
    canvas.ellipse(x + 36, y - 13, 1.3, 1.5, "#1a1210")


def parking(light: Light, chance: random.Random, person: Person | None = None) -> Canvas:
    """Return a car park, and perhaps somebody in it."""
    canvas = Canvas()
    sky(canvas, light, chance, 96)
    _trees(canvas, light, chance, 92, 9, light.far)
    canvas.box(208, 46, 112, 50, light.on("#9aa4ae"))
    for number in range(6):
        glass = light.window if light.lamps and number % 3 != 1 else light.on("#5e7184")
        canvas.box(216 + number * 17, 56, 11, 18, glass, radius=0.6)
    canvas.gradient(94, 180, *light.road)
    colors = ("#b2433c", "#c9ced3", "#2f6fb2", "#33373d", "#d2a933", "#3d7d5a")
    for number in range(6):
        if chance.random() < 0.85:
            car = Car("", "", colors[number], chance.choice(("hatch", "estate", "suv")))
            cars.draw(canvas, car, light, x=26 + number * 54, ground=116, size=0.34, rear=number % 2 == 1)
    for number in range(8):
        x = -2 + number * 54
        canvas.line([(x, 104), (x - (160 - x) * 0.12, 126)], lighter(light.road[0], 0.45), 1.4)
    canvas.line([(0, 150), (320, 150)], lighter(light.road[0], 0.3), 1.2)
    if person is not None:
        people.draw(canvas, person, light, x=chance.uniform(110, 220), ground=168, size=0.72)
    return canvas
