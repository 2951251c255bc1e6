"""A nursery, a lobby and a garage."""

import random

from . import people
from .canvas import Canvas, curve, darker, lighter
from .light import DAY, Light
from .people import Person


def nursery(light: Light, chance: random.Random, *, cries: bool = False) -> Canvas:
    """Return a cot, and who lies in it."""
    canvas = Canvas()
    dark = light.dim > 0.2
    wall, floor = ("#2f3766", "#262b49") if dark else ("#fbeede", "#e2bf95")
    canvas.gradient(0, 148, wall, darker(wall, 0.1))
    canvas.gradient(148, 180, floor, darker(floor, 0.16))
    for row in range(4):
        for column in range(9):
            canvas.ellipse(18 + column * 38 + (row % 2) * 19, 20 + row * 34, 1.6, 1.6, lighter(wall, 0.25))
    canvas.box(22, 26, 74, 72, "#4b4368" if dark else "#e6a0a4", radius=2)
    canvas.box(32, 26, 54, 66, "#0f1738" if dark else "#bfe0f2")
    canvas.box(58, 26, 2, 66, "#e9e2d8")
    canvas.box(32, 57, 54, 2, "#e9e2d8")
    if dark:
        canvas.ellipse(72, 44, 8, 8, "#f4efdc")
        canvas.ellipse(76, 42, 7, 7, "#0f1738")
    for side in (26, 92):
        canvas.polygon(
            [*curve((side - 12, 24), (side, 60), (side - 8, 100)), (side + 8, 100), (side + 10, 24)],
            "#6b5c95" if dark else "#e9b1a9",
        )
    canvas.line([(190, 0), (190, 26)], "#8d8fb0", 0.8)
    canvas.line(curve((156, 34), (190, 18), (224, 34)), "#8d8fb0", 1.2)
    for x, color in ((156, "#f2c94f"), (190, "#ee8b84"), (224, "#70c3d0")):
        drop = 44 if x == 190 else 40
        canvas.line([(x, 30), (x, drop)], "#8d8fb0", 0.6)
        _star(canvas, x, drop + 6, 6.5, color)
    canvas.box(246, 60, 58, 4, "#7d5b3f")
    for number, color in enumerate(("#d75f55", "#4fa58f", "#e6b34b", "#5c7fc4")):
        canvas.box(280 + number * 5.6, 44 + number % 2 * 3, 4.4, 16 - number % 2 * 3, color)
    canvas.ellipse(261, 50, 8, 9, "#b07a4c")
    canvas.ellipse(261, 39, 6.4, 6, "#b98455")
    for dx in (-5, 5):
        canvas.ellipse(261 + dx, 34.5, 2.4, 2.4, "#a06c42")
    if dark:
        canvas.glow(288, 118, 62, "#ffdf9a", 0.75)
    canvas.polygon([(280, 104), (296, 104), (302, 122), (274, 122)], "#ffe9ba")
    canvas.box(286, 122, 4, 26, "#8b7355")
    _cot(canvas, dark=dark, cries=cries)
    return canvas


def _star(canvas: Canvas, x: float, y: float, size: float, color: str) -> None:
    points = []
    for number, (dx, dy) in enumerate(
        (
            (0, -1),
            (0.23, -0.32),
            (0.95, -0.31),
            (0.38, 0.12),
            (0.59, 0.81),
            (0, 0.4),
            (-0.59, 0.81),
            (-0.38, 0.12),
            (-0.95, -0.31),
            (-0.23, -0.32),
        )
    ):
        del number
        points.append((x + dx * size, y + dy * size))
    canvas.polygon(points, color)


def _cot(canvas: Canvas, *, dark: bool, cries: bool) -> None:
    wood = "#9a8e9e" if dark else "#fffaf2"
    canvas.ellipse(160, 168, 92, 5, "#000000", alpha=0.2)
    canvas.box(84, 118, 152, 34, darker(wood, 0.25), radius=4)
    canvas.box(90, 112, 46, 18, "#e9edf6", radius=8)
    skin = "#f0c4a4"
    canvas.ellipse(118, 114, 13, 12, skin)
    canvas.polygon(curve((107, 108), (116, 98), (127, 106)), "#7a5337")
    if cries:
        canvas.ellipse(119, 119, 3.2, 3.6, "#8d3f3b")
        for dx in (-4, 6):
            canvas.line(curve((116 + dx - 2, 112), (116 + dx, 110), (116 + dx + 2, 112)), "#5a3a2c", 0.9)
            canvas.ellipse(116 + dx + 2, 116, 1.1, 1.9, "#7fc4ee")
    else:
        for dx in (-4, 6):
            canvas.line(curve((116 + dx - 2, 113), (116 + dx, 115), (116 + dx + 2, 113)), "#5a3a2c", 0.9)
        canvas.line(curve((116, 119), (119, 121), (122, 119)), "#a8584e", 0.9)
    canvas.polygon(
        [*curve((134, 104), (180, 92), (228, 110)), (230, 148), (132, 148)], "#5577b8" if dark else "#7db5dc"
    )
    for x in (152, 176, 202):
        _star(canvas, x, 122 + x % 3 * 4, 5, "#dbe7fb")
    for post in range(13):
        canvas.box(84 + post * 12.2, 94, 4, 60, wood, radius=1.6)
    for y in (90, 150):
        canvas.box(78, y, 164, 6, wood, radius=2.6)
    for x in (76, 238):
        canvas.box(x, 82, 7, 86, wood, radius=3)


def lobby(light: Light, chance: random.Random, person: Person | None = None) -> Canvas:
    """Return an entrance hall, and who stands in it; its lamps are always on."""
    canvas = Canvas()
    canvas.gradient(0, 132, "#e6ebf0", "#d5dce3")
    canvas.gradient(132, 180, "#c3c9d1", "#a2a9b3")
    canvas.box(84, 22, 132, 110, "#5c6b7b")
    canvas.gradient(26, 128, *light.sky, left=88, right=212)
    for x in (104, 150, 196):
        canvas.ellipse(x, 128, 26, 18, light.trees)
    canvas.box(84, 128, 132, 6, "#5c6b7b")
    for x in (128, 171):
        canvas.box(x, 24, 3, 106, "#5c6b7b")
    canvas.box(84, 72, 132, 2.4, "#5c6b7b")
    canvas.box(22, 32, 42, 34, "#ffffff", radius=1)
    canvas.ellipse(36, 54, 12, 7, "#f0a45d")
    canvas.ellipse(52, 42, 4, 4, "#e8654f")
    canvas.box(36, 112, 17, 26, "#e9e4dc", radius=2)
    for dx, dy in ((-10, -26), (-4, -34), (4, -34), (11, -24), (0, -22)):
        canvas.polygon(curve((44, 114), (44 + dx * 1.6, 100), (44 + dx, 112 + dy)), "#4f9468")
    canvas.shaded([(242, 108), (306, 108), (306, 142), (242, 142)], "#9a6f4a", "#7a5537")
    canvas.box(238, 104, 72, 5, "#b08560", radius=1)
    canvas.glow(160, 0, 120, "#fff8e6", 0.35)
    if person is not None:
        people.draw(canvas, person, DAY, x=156, ground=174, size=1.24)
    return canvas


def garage(light: Light, chance: random.Random, *, fire: bool = False) -> Canvas:
    """Return a garage with its workbench, and perhaps a fire."""
    canvas = Canvas()
    canvas.gradient(0, 138, "#5b5c62", "#77777c")
    canvas.gradient(138, 180, "#6b6a6c", "#505053")
    canvas.box(22, 22, 78, 50, "#c19a63", radius=1)
    for x, length in ((36, 26), (56, 30), (76, 22)):
        canvas.line([(x, 32), (x, 32 + length)], "#2c3036", 3)
        canvas.box(x - 5, 29, 10, 7, "#2c3036", radius=2)
    canvas.box(18, 96, 96, 7, "#b07f4c", radius=1)
    for x in (24, 104):
        canvas.box(x, 103, 5, 38, "#8b6239")
    canvas.box(40, 82, 22, 14, "#2f74b5", radius=2)
    for y, width in ((36, 74), (72, 74)):
        canvas.box(222, y, width, 4, "#8d6a48")
    for number, color in enumerate(("#d8b13e", "#4f9fc4", "#c8574a", "#e9e4d8", "#79b665", "#b9583e")):
        x, y = 226 + number % 3 * 24, 22 + number // 3 * 36
        canvas.box(x, y, 15 + number % 2 * 4, 14, color, radius=1.6)
    for x in (246, 286):
        canvas.ellipse(x, 150, 13, 13, "#23262b")
        canvas.ellipse(x, 150, 10, 10, "#6a696b")
    canvas.line([(246, 150), (262, 128), (280, 130), (286, 150)], "#3f9d7a", 2.6)
    canvas.line([(262, 128), (266, 150), (280, 130)], "#3f9d7a", 2.6)
    if fire:
        _fire(canvas, chance)
    return canvas


def _fire(canvas: Canvas, chance: random.Random) -> None:
    for x, y, rx in ((130, 20, 66), (180, 12, 70), (160, 30, 50), (220, 24, 46)):
        canvas.ellipse(x, y, rx, 16, "#26262a", alpha=0.55)
    canvas.glow(162, 118, 110, "#ff9a3c", 0.75)
    for width, height, color in ((44, 92, "#ee4a1f"), (31, 68, "#ff9526"), (18, 42, "#ffe07a")):
        for lean in (-0.35, 0.3, 0):
            tip = (162 + lean * width, 152 - height * (1 - abs(lean) * 0.7))
            left = curve(
                (162 - width / 2 + lean * 20, 152),
                (162 - width * 0.66 + lean * 20, 152 - height * 0.5),
                tip,
            )
            right = curve(
                tip,
                (162 + width * 0.66 + lean * 20, 152 - height * 0.4),
                (162 + width / 2 + lean * 20, 152),
            )
            canvas.polygon([*left, *right], color)
    for _ in range(18):
        canvas.ellipse(chance.uniform(120, 205), chance.uniform(26, 110), 0.9, 1.2, "#ffd27a")
