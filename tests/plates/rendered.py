"""Plates drawn as pictures, spoilt, and read by a real OCR: Tesseract, or one from PyPI.

Debian's package of the first is `tesseract-ocr`; for the others see `ocr_reader.py`.
The pictures are of no country: a typeface of even width on white.
"""

from collections import Counter
from pathlib import Path
from random import Random
import shutil
import subprocess
import sys
import tempfile
from typing import Final

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from .noise import CHARACTERS

_FONTS: Final = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSansCondensed-Bold.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf",
)
_BATCH: Final = 400
TESSERACT: Final = "tesseract"
# How bad a picture has to be for an OCR to err now and then.
HARM: Final = {TESSERACT: 0.9, "rapidocr": 2.0, "ddddocr": 2.0}
# How much worse than for Tesseract pictures have to be for it to be right about as often.
WORSE: Final = {TESSERACT: 1.0, "rapidocr": 1.9, "ddddocr": 1.5}


def is_available() -> bool:
    """Tell whether the OCR and a typeface are there."""
    return shutil.which("tesseract") is not None and any(Path(font).exists() for font in _FONTS)


def draw(rng: Random, plate: str, harm: float) -> Image.Image:
    """Return a picture of a plate; `harm` is 0 for a clean one and about 1 for one that is hard to read."""
    font = ImageFont.truetype(rng.choice([font for font in _FONTS if Path(font).exists()]), 44)
    width = int(font.getlength(plate)) + 60
    image = Image.new("L", (width, 76), 235)
    pen = ImageDraw.Draw(image)
    pen.text((30, 12), plate, fill=35, font=font)
    for _ in range(rng.randrange(int(8 * harm) + 1)):
        # Dirt.
        x, y, size = rng.randrange(width), rng.randrange(76), rng.randrange(2, 7)
        pen.ellipse((x, y, x + size, y + size), fill=rng.choice((30, 120, 240)))
    image = image.rotate(rng.uniform(-3, 3) * harm, expand=True, fillcolor=235)
    scale = max(0.22, 1 - 0.75 * harm * rng.random())
    small = image.resize((max(8, int(image.width * scale)), max(8, int(image.height * scale))))
    image = small.resize(image.size).filter(ImageFilter.GaussianBlur(1.2 * harm * rng.random()))
    noise = Image.effect_noise(image.size, 60 * harm)
    return Image.blend(image, noise, 0.35 * harm * rng.random())


def read(pictures: list[Image.Image], engine: str = TESSERACT, python: str | None = None) -> list[str]:
    """Return what the OCR reads, letters and digits only; engines from PyPI are run by that Python."""
    texts: list[str] = []
    for start in range(0, len(pictures), _BATCH):
        texts += _read(pictures[start : start + _BATCH], engine, python)
    return ["".join(it for it in text.upper() if it in CHARACTERS) for text in texts]


def _read(pictures: list[Image.Image], engine: str, python: str | None) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for number, picture in enumerate(pictures):
            name = Path(folder) / f"{number}.png"
            picture.save(name)
            names.append(str(name))
        if engine != TESSERACT:
            command = (python or sys.executable, str(Path(__file__).with_name("ocr_reader.py")), engine)
            written = subprocess.run(
                command, input="\n".join(names), capture_output=True, text=True, check=True
            ).stdout
            return written.splitlines()[: len(pictures)]
        (Path(folder) / "list").write_text("\n".join(names))
        written = subprocess.run(
            (
                *("tesseract", f"{folder}/list", "stdout", "--psm", "7", "-l", "eng"),
                *("-c", f"tessedit_char_whitelist={CHARACTERS}", "-c", "page_separator=\f"),
            ),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    return written.split("\f")[: len(pictures)]


def confusions(
    rng: Random, pictures: int, engine: str = TESSERACT, python: str | None = None
) -> dict[str, dict[str, int]]:
    """Return how often the OCR writes which character for which, in texts that it reads at their length."""
    plates = ["".join(rng.choice(CHARACTERS) for _ in range(7)) for _ in range(pictures)]
    texts = read([draw(rng, plate, HARM[engine]) for plate in plates], engine, python)
    counts: dict[str, Counter[str]] = {}
    for plate, text in zip(plates, texts, strict=True):
        if len(text) != len(plate) or sum(a != b for a, b in zip(plate, text, strict=True)) > 3:
            continue
        for shown, got in zip(plate, text, strict=True):
            if shown != got:
                counts.setdefault(shown, Counter())[got] += 1
    return {shown: dict(counts[shown].most_common()) for shown in sorted(counts)}
