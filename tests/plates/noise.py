"""How cameras misread plates: models apart from the matcher's tables, with the sources of their figures."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
import json
from pathlib import Path
from random import Random
from typing import Final

CHARACTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
# What cameras without the letters of a country write.
_WITHOUT_UMLAUTS: Final = str.maketrans("ÄÖÜ", "AOU")

type Confusions = Mapping[str, Mapping[str, float]]


def _symmetric(weights: Mapping[str, float]) -> Confusions:
    table: dict[str, dict[str, float]] = defaultdict(dict)
    for pair, weight in weights.items():
        one, other = pair[0], pair[1]
        table[one][other] = table[one].get(other, 0) + weight
        table[other][one] = table[other].get(one, 0) + weight
    return table


# Genetec Security Center, Administrator Guide: *OCR equivalence* of the ALPR matcher.
_EQUIVALENT: Final = {
    one + other: 1.0
    for group in ("0ODQ", "1I", "2Z", "5S", "8B", "6G")
    for one, other in combinations(group, 2)
}
# *Smart Car Plate Recognition System* (2013), as cited in surveys: pairs that obscured characters are taken
# for.
_OBSCURED_PAIRS: Final = "O0 PB Z2 S5 38 B8 PR DO 1I QO CG A4 KX FE B6 Q9 VW XY VU 68 53 58 08 39 49"
_OBSCURED: Final = dict.fromkeys(_OBSCURED_PAIRS.split(), 1.0)
# Tesseract 5 on plates that `rendered.py` draws, blurred and in noise: how often it wrote the second for the
# first.
_TESSERACT: Final[Confusions] = json.loads((Path(__file__).parent / "tesseract.json").read_text())
# The same of two other kinds of OCR, on pictures that are worse: see `ocr_reader.py`. No rule of the matcher
# was chosen with these.
_RAPIDOCR: Final[Confusions] = json.loads((Path(__file__).parent / "rapidocr.json").read_text())
_DDDDOCR: Final[Confusions] = json.loads((Path(__file__).parent / "ddddocr.json").read_text())


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """How often a camera errs, by character and in a good picture.

    `confusions` tells what a character is taken for; `any_other` is the share of errors that are any other
    one. `shared` is the share of visits in which dirt, a screw or the light does the same harm to each read.
    """

    confusions: Confusions
    misread: float
    missed: float
    added: float
    band: float
    shared: float
    any_other: float = 0.1

    def reads(self, rng: Random, plate: str) -> list[str]:
        """Return what a camera writes for a car that passes."""
        number = rng.choices((1, 2, 3, 4), (2, 3, 3, 2))[0]
        quality = rng.choices((0.3, 1.0, 4.0, 9.0), (5, 3, 1.5, 0.8))[0]
        harmed = self.read(rng, plate, quality) if rng.random() < self.shared else plate
        rest = quality * (1 - self.shared / 2)
        return [self.read(rng, harmed, rest) for _ in range(number)]

    def read(self, rng: Random, plate: str, quality: float) -> str:
        """Return what is read of a plate once; a higher `quality` is a worse picture."""
        written: list[str] = []
        for character in plate.translate(_WITHOUT_UMLAUTS):
            chance = rng.random()
            likely = self.confusions.get(character)
            misread = self.misread * quality * (1.6 if likely else 0.4)
            if chance < misread:
                written.append(self._misread(rng, likely))
            elif chance > self.missed * quality + misread:
                written.append(character)
            if rng.random() < self.added * quality:
                written.append(rng.choice("1I" + CHARACTERS))
        if rng.random() < self.band:
            written.insert(0, rng.choice("I1LJ"))
        return "".join(written)

    def _misread(self, rng: Random, likely: Mapping[str, float] | None) -> str:
        if not likely or rng.random() < self.any_other:
            return rng.choice(CHARACTERS)
        return rng.choices(tuple(likely), tuple(likely.values()))[0]


def _model(confusions: Confusions, misread: float, shared: float, **changes: float) -> Model:
    values = {"missed": 0.005, "added": 0.002, "band": 0.01} | changes
    return Model(confusions=confusions, misread=misread, shared=shared, **values)


MODELS: Final[Mapping[str, Model]] = {
    "look-alikes": _model(_symmetric(_EQUIVALENT), 0.03, 0.3),
    "obscured": _model(_symmetric(_OBSCURED), 0.013, 0.3),
    "tesseract": _model(_TESSERACT, 0.013, 0.3),
    "gaps": _model(_symmetric(_EQUIVALENT | _OBSCURED), 0.01, 0.3, missed=0.015, added=0.006, band=0.03),
    "RapidOCR": _model(_RAPIDOCR, 0.013, 0.3),
    "ddddocr": _model(_DDDDOCR, 0.013, 0.3),
}
