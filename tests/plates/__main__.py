"""Runs the evaluation, prints its tables, and with `--write` puts them into docs/vehicles-and-people.md."""

import argparse
import json
from pathlib import Path
from random import Random

from . import rendered
from .report import DOCUMENT, RESULTS, documented, measure_ocr, measured, table

_SEED = 5
_PICTURES = 6000


def main() -> None:
    """Measure, and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--visits", type=int, default=6500, help="of known vehicles, for each model")
    parser.add_argument("--strangers", type=int, default=65_000, help="for each model")
    parser.add_argument("--ocr", type=int, default=700, help="visits with drawn plates, 0 for none")
    parser.add_argument("--ocr-python", help="a Python that has RapidOCR and ddddocr: see ocr_reader.py")
    parser.add_argument("--count", action="store_true", help="count anew what those take for what")
    parser.add_argument("--write", action="store_true", help="write the tables into the documentation")
    options = parser.parse_args()
    engines = [rendered.TESSERACT] if rendered.is_available() else []
    if options.ocr_python:
        engines += [engine for engine in rendered.HARM if engine != rendered.TESSERACT]
    drawn = json.loads(RESULTS.read_text()).get("drawn", {}) if RESULTS.exists() else {}
    for engine in engines if options.ocr else ():
        drawn[engine] = measure_ocr(options.seed, options.ocr, engine, options.ocr_python)
        if options.count and engine != rendered.TESSERACT:
            counts = rendered.confusions(Random(_SEED), _PICTURES, engine, options.ocr_python)
            Path(__file__).with_name(f"{engine}.json").write_text(json.dumps(counts) + "\n")
    for engine in rendered.HARM.keys() - set(engines):
        print(f"{engine} is not there; its figures stay as they were.")
    results = {**measured(options.seed, options.visits, options.strangers), "drawn": drawn}
    print(table(results))
    if options.write:
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")
        DOCUMENT.write_text(documented(DOCUMENT.read_text(), results))


main()
