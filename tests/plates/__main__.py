"""Runs the evaluation, prints its tables, and with `--write` puts them into docs/vehicles-and-people.md."""

import argparse
import json

from . import rendered
from .report import DOCUMENT, RESULTS, documented, measure_ocr, measured, table


def main() -> None:
    """Measure, and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--visits", type=int, default=6500, help="of known vehicles, for each model")
    parser.add_argument("--strangers", type=int, default=65_000, help="for each model")
    parser.add_argument("--ocr", type=int, default=700, help="visits with drawn plates, 0 for none")
    parser.add_argument("--write", action="store_true", help="write the tables into the documentation")
    options = parser.parse_args()
    results = measured(options.seed, options.visits, options.strangers)
    if options.ocr and rendered.is_available():
        results["ocr"] = measure_ocr(options.seed, options.ocr)
    elif RESULTS.exists():
        print("Tesseract is not installed (Debian: tesseract-ocr); its figures stay as they were.")
        results["ocr"] = json.loads(RESULTS.read_text())["ocr"]
    print(table(results))
    if options.write:
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")
        DOCUMENT.write_text(documented(DOCUMENT.read_text(), results))


main()
