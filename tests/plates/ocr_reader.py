"""Reads pictures with an OCR from PyPI; run by a Python of its own, which has no other code of this project.

    python3 -m venv FOLDER
    FOLDER/bin/pip install rapidocr-onnxruntime==1.4.4 ddddocr==1.6.1
    scripts/plates --ocr-python FOLDER/bin/python

RapidOCR is PaddleOCR's recognition, ddddocr an OCR for short texts; neither knows plates. Takes paths from
the standard input, one a line, and writes a text for each.
"""

from pathlib import Path
import sys


def main() -> None:
    """Read all pictures with the OCR that is named."""
    names = [line.strip() for line in sys.stdin]
    if sys.argv[1] == "rapidocr":
        from rapidocr_onnxruntime import (  # type: ignore[import-not-found]  # noqa: PLC0415  # Not here.
            RapidOCR,
        )

        engine = RapidOCR()
        for name in names:
            found, _ = engine(name, use_det=False, use_cls=False, use_rec=True)
            print(str(found[0][0]).replace("\n", " ") if found else "")
    else:
        import ddddocr  # type: ignore[import-not-found]  # noqa: PLC0415  # See above.

        reader = ddddocr.DdddOcr(show_ad=False)
        for name in names:
            print(reader.classification(Path(name).read_bytes()).replace("\n", " "))


main()
