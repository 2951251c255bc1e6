"""Drawing with soft edges, light and shadow, in units of 1/320 of a picture's width."""

from collections.abc import Sequence
import io
from typing import Final

from PIL import Image, ImageColor, ImageDraw, ImageFont

type Point = tuple[float, float]
type Color = str

WIDTH: Final = 320
HEIGHT: Final = 180
# Drawn larger than it is shown: that is what makes edges smooth.
_SCALE: Final = 4
_DARK: Final = "#0b0f1c"


def mixed(one: Color, other: Color, share: float) -> Color:
    """Return a colour between two."""
    pairs = zip(ImageColor.getrgb(one), ImageColor.getrgb(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def lighter(color: Color, share: float) -> Color:
    return mixed(color, "#ffffff", share)


def darker(color: Color, share: float) -> Color:
    return mixed(color, _DARK, share)


def curve(start: Point, through: Point, end: Point, steps: int = 16) -> list[Point]:
    """Return the points of a quadratic curve."""
    points = []
    for step in range(steps + 1):
        t = step / steps
        points.append(
            (
                (1 - t) ** 2 * start[0] + 2 * (1 - t) * t * through[0] + t * t * end[0],
                (1 - t) ** 2 * start[1] + 2 * (1 - t) * t * through[1] + t * t * end[1],
            )
        )
    return points


class Canvas:
    """A picture that is being drawn."""

    def __init__(self) -> None:
        self._image = Image.new("RGB", (WIDTH * _SCALE, HEIGHT * _SCALE))
        self._draw = ImageDraw.Draw(self._image)

    def _shape(
        self, points: Sequence[Point], color: Color, alpha: float, kind: str, radius: float = 0
    ) -> None:
        scaled = [(x * _SCALE, y * _SCALE) for x, y in points]
        if alpha >= 1:
            self._put(self._draw, kind, scaled, color, radius)
            return
        left, top = (int(min(values)) for values in zip(*scaled, strict=True))
        right, bottom = (int(max(values)) + 1 for values in zip(*scaled, strict=True))
        left, top = max(0, left), max(0, top)
        right, bottom = min(self._image.width, right), min(self._image.height, bottom)
        if right <= left or bottom <= top:
            return
        mask = Image.new("L", (right - left, bottom - top))
        moved = [(x - left, y - top) for x, y in scaled]
        self._put(ImageDraw.Draw(mask), kind, moved, round(255 * alpha), radius)
        self._image.paste(color, (left, top), mask)

    @staticmethod
    def _put(
        draw: ImageDraw.ImageDraw, kind: str, points: list[Point], fill: Color | int, radius: float
    ) -> None:
        if kind == "ellipse":
            draw.ellipse(points, fill=fill)
        elif kind == "box":
            draw.rounded_rectangle(points, radius * _SCALE, fill=fill)
        else:
            draw.polygon(points, fill=fill)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        color: Color,
        *,
        radius: float = 0,
        alpha: float = 1,
    ) -> None:
        self._shape([(x, y), (x + width, y + height)], color, alpha, "box", radius)

    def ellipse(self, x: float, y: float, rx: float, ry: float, color: Color, *, alpha: float = 1) -> None:
        self._shape([(x - rx, y - ry), (x + rx, y + ry)], color, alpha, "ellipse")

    def polygon(self, points: Sequence[Point], color: Color, *, alpha: float = 1) -> None:
        self._shape(points, color, alpha, "polygon")

    def line(self, points: Sequence[Point], color: Color, width: float) -> None:
        scaled = [(x * _SCALE, y * _SCALE) for x, y in points]
        self._draw.line(scaled, fill=color, width=round(width * _SCALE), joint="curve")
        for x, y in (points[0], points[-1]):
            self.ellipse(x, y, width / 2, width / 2, color)

    def gradient(
        self, top: float, bottom: float, above: Color, below: Color, *, left: float = 0, right: float = WIDTH
    ) -> None:
        """Fill a part of the picture with a colour that turns into another downward."""
        first, last = round(top * _SCALE), round(bottom * _SCALE)
        for y in range(first, last):
            color = mixed(above, below, (y - first) / max(1, last - first - 1))
            self._draw.line([(left * _SCALE, y), (right * _SCALE, y)], fill=color)

    def shaded(self, points: Sequence[Point], above: Color, below: Color) -> None:
        """Fill a polygon with a colour that turns into another downward."""
        scaled = [(x * _SCALE, y * _SCALE) for x, y in points]
        left, top = (int(min(values)) for values in zip(*scaled, strict=True))
        right, bottom = (int(max(values)) + 1 for values in zip(*scaled, strict=True))
        mask = Image.new("L", (right - left, bottom - top))
        ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in scaled], fill=255)
        fill = Image.new("RGB", (1, bottom - top))
        for y in range(bottom - top):
            fill.putpixel((0, y), ImageColor.getrgb(mixed(above, below, y / max(1, bottom - top - 1))))
        self._image.paste(fill.resize((right - left, bottom - top)), (left, top), mask)

    def glow(self, x: float, y: float, radius: float, color: Color, strength: float = 0.8) -> None:
        """Shine: strongest in the middle."""
        size = round(2 * radius * _SCALE)
        light = Image.radial_gradient("L").resize((size, size))
        mask = light.point([round(strength * 255 * (1 - min(1, value / 180)) ** 2) for value in range(256)])
        self._image.paste(color, (round((x - radius) * _SCALE), round((y - radius) * _SCALE)), mask)

    def text(self, x: float, y: float, text: str, size: float, color: Color, *, anchor: str = "mm") -> None:
        font = ImageFont.load_default(size * _SCALE)
        self._draw.text((x * _SCALE, y * _SCALE), text, fill=color, font=font, anchor=anchor)

    def text_width(self, text: str, size: float) -> float:
        return ImageFont.load_default(size * _SCALE).getlength(text) / _SCALE

    def infrared(self) -> None:
        """See as a camera does at night: without colours, brightest in the middle."""
        grey = self._image.convert("L").convert("RGB")
        tint = Image.new("RGB", grey.size, "#c9d6cf")
        self._image.paste(Image.blend(grey, tint, 0.12))
        self._draw = ImageDraw.Draw(self._image)
        self.glow(WIDTH / 2, 110, 150, "#ffffff", 0.22)

    def stamp(self, camera: str, when: str) -> None:
        """Write the camera's name and the time into the corners, as cameras do."""
        for x, anchor, words in ((8, "la", camera.upper()), (WIDTH - 8, "ra", when)):
            self.text(x + 0.5, 7.5, words, 7, "#000000", anchor=anchor)
            self.text(x, 7, words, 7, "#ffffff", anchor=anchor)

    def jpeg(
        self, size: tuple[int, int] = (960, 540), part: tuple[float, float, float, float] | None = None
    ) -> bytes:
        """Return the picture, or a part of it (left, top, width, height), as a JPEG."""
        image = self._image
        if part is not None:
            left, top, width, height = (value * _SCALE for value in part)
            image = image.crop((round(left), round(top), round(left + width), round(top + height)))
        data = io.BytesIO()
        image.resize(size, Image.Resampling.LANCZOS).save(data, "JPEG", quality=86)
        return data.getvalue()
