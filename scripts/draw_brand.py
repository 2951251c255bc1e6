"""Draws the brand images: a camera that pushes. Run with `.venv/bin/python scripts/draw_brand.py`."""

from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

FOLDER = Path(__file__).parents[1] / "custom_components" / "camera_push" / "brand"
SCALE = 8  # Drawn so much larger, and then made smaller: smooth edges.
COLOURS = {
    "": {"body": (24, 82, 120), "lens": (255, 255, 255), "iris": (24, 82, 120), "waves": (240, 138, 36)},
    "dark_": {
        "body": (126, 196, 240),
        "lens": (20, 32, 44),
        "iris": (126, 196, 240),
        "waves": (255, 170, 76),
    },
}


def symbol(size: int, colours: dict[str, Any]) -> Image.Image:
    """Return the square symbol: a camera's head, and three waves that leave it."""
    side = size * SCALE
    unit = side / 64
    image = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(image)

    def box(x0: float, y0: float, x1: float, y1: float) -> list[float]:
        return [x0 * unit, y0 * unit, x1 * unit, y1 * unit]

    # The head, its hood and its foot.
    draw.rounded_rectangle(box(2, 20, 36, 44), 6 * unit, fill=colours["body"])
    draw.rounded_rectangle(box(14, 42, 20, 58), 2 * unit, fill=colours["body"])
    draw.rounded_rectangle(box(6, 54, 28, 60), 3 * unit, fill=colours["body"])
    draw.ellipse(box(15, 23, 33, 41), fill=colours["lens"])
    draw.ellipse(box(19, 27, 29, 37), fill=colours["iris"])
    draw.ellipse(box(21, 29, 24.5, 32.5), fill=colours["lens"])
    # What it pushes.
    for radius in (14, 22, 30):
        draw.arc(
            box(30 - radius, 32 - radius, 30 + radius, 32 + radius),
            -42,
            42,
            fill=colours["waves"],
            width=round(4.4 * unit),
        )
    return image.resize((size, size), Image.Resampling.LANCZOS)


def trimmed(image: Image.Image) -> Image.Image:
    """Return the image without its transparent margins."""
    return image.crop(image.getbbox())


def icon(size: int, colours: dict[str, Any]) -> Image.Image:
    """Return the icon: the symbol, as large as it fits."""
    drawn = trimmed(symbol(2 * size, colours))
    drawn.thumbnail((size, size), Image.Resampling.LANCZOS)
    image = Image.new("RGBA", (size, size))
    image.paste(drawn, ((size - drawn.width) // 2, (size - drawn.height) // 2))
    return image


def logo(height: int, colours: dict[str, Any]) -> Image.Image:
    """Return the logo: the symbol and the name beside it."""
    drawn = trimmed(symbol(4 * height, colours))
    drawn = drawn.resize((round(drawn.width * height / drawn.height), height), Image.Resampling.LANCZOS)
    font = ImageFont.load_default(height * 0.52 * 2)
    left, top, right, bottom = font.getbbox("Camera Push")
    text = Image.new("RGBA", (round(right - left), round(bottom - top)))
    ImageDraw.Draw(text).text(
        (-left, -top),
        "Camera Push",
        font=font,
        fill=colours["body"],
        stroke_width=height // 64,
        stroke_fill=colours["body"],
    )
    text = text.resize((text.width // 2, text.height // 2), Image.Resampling.LANCZOS)
    image = Image.new("RGBA", (drawn.width + height // 5 + text.width, height))
    image.paste(drawn, (0, 0))
    image.paste(text, (drawn.width + height // 5, (height - text.height) // 2), text)
    return trimmed(image)


def main() -> None:
    """Write all images, light and dark, at both sizes."""
    FOLDER.mkdir(exist_ok=True)
    for prefix, colours in COLOURS.items():
        for suffix, factor in (("", 1), ("@2x", 2)):
            icon(256 * factor, colours).save(FOLDER / f"{prefix}icon{suffix}.png", optimize=True)
            logo(128 * factor, colours).save(FOLDER / f"{prefix}logo{suffix}.png", optimize=True)


if __name__ == "__main__":
    main()
