"""What an evaluation found, as JSON and as the table in the documentation."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from random import Random
import re
from typing import Any, Final

from PIL.Image import Image

from . import rendered
from .evaluation import Reads, evaluate
from .noise import MODELS, Model

_ROOT: Final = Path(__file__).parents[2]
DOCUMENT: Final = _ROOT / "docs" / "vehicles-and-people.md"
RESULTS: Final = Path(__file__).parent / "results.json"
# What the tests measure again, to the last visit.
SAMPLE: Final = {"seed": 7, "visits": 130, "strangers": 260}

_TABLE: Final = re.compile(r"(?<=<!-- measured -->\n).*?(?=<!-- end -->)", re.DOTALL)


def _by_model(model: Model) -> Any:
    def reads(rng: Random) -> Reads:
        return lambda plate: model.reads(rng, plate)

    return reads


def measured(seed: int, visits: int, strangers: int) -> dict[str, Any]:
    """Return the figures of each model, and those of the sample."""
    return {
        "seed": seed,
        "models": {
            name: asdict(evaluate(_by_model(model), seed, visits, strangers))
            for name, model in MODELS.items()
        },
        "sample": sample(),
    }


def sample() -> dict[str, Any]:
    """Return the figures of a small evaluation, the same on every machine."""
    return {name: asdict(evaluate(_by_model(model), **SAMPLE)) for name, model in MODELS.items()}


def measure_ocr(
    seed: int, visits: int, engine: str = rendered.TESSERACT, python: str | None = None
) -> dict[str, Any]:
    """Return the figures with drawn plates and a real OCR."""

    pictures: list[list[Image]] = []

    def draw(plate: str) -> list[str]:
        own = Random(f"{seed} {len(pictures)}")
        harm = own.choice((0.4, 0.7, 1.0, 1.2)) * rendered.WORSE[engine]
        pictures.append([rendered.draw(own, plate, harm) for _ in range(own.choice((1, 2, 3)))])
        return [plate]

    # One process of the OCR reads many pictures: the same cars pass twice.
    evaluate(lambda _: draw, seed, visits, 0)
    texts = iter(rendered.read([it for visit in pictures for it in visit], engine, python))
    read = iter([[next(texts) for _ in visit] for visit in pictures])
    return asdict(evaluate(lambda _: lambda plate: next(read), seed, visits, 0))


def table(results: Mapping[str, Any]) -> str:
    """Return the figures as Markdown."""
    models: Mapping[str, Mapping[str, Any]] = results["models"]
    ways = list(next(iter(models.values()))["right"])
    names = list(models)
    drawn: Mapping[str, Mapping[str, Any]] = results["drawn"]
    head = ["", *(f"visits recognized: {name}" for name in names)]
    head += [f"drawn plates: {engine}" for engine in drawn]
    head += ["opens for near neighbors", "for 10,000 strangers", "wrong known vehicle"]
    rows = [head, ["---"] * len(head)]
    for way in ways:
        recognised = [_percent(models[name]["right"].get(way, 0), models[name]["visits"]) for name in names]
        recognised += [_percent(it["right"].get(way, 0), it["visits"]) for it in drawn.values()]
        near = _percent(_sum(models, "opened_for_neighbours", way), _sum(models, "neighbours"))
        strange = 10_000 * _sum(models, "opened_for_strangers", way) / _sum(models, "strangers")
        wrong = _sum(models, "wrong", way)
        rows.append([way, *recognised, near, f"{strange:.2f}", f"{wrong}"])
    sizes = (
        f"{_sum(models, 'visits'):,} visits of known vehicles, {_sum(models, 'neighbours'):,} of near"
        f" neighbors and {_sum(models, 'strangers'):,} of strangers, seed {results['seed']};"
        f" {_sum(drawn, 'visits'):,} with drawn plates, and {_sum(drawn, 'neighbours'):,} of their near"
        f" neighbors: *cautious* opens for"
        f" {_percent(_sum(drawn, 'opened_for_neighbours', 'cautious'), _sum(drawn, 'neighbours'))} of them,"
        f" *tolerant* for"
        f" {_percent(_sum(drawn, 'opened_for_neighbours', 'tolerant'), _sum(drawn, 'neighbours'))}."
    )
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + f"\n\n{sizes}\n"


def _sum(models: Mapping[str, Mapping[str, Any]], what: str, way: str | None = None) -> int:
    return sum(it[what] if way is None else it[what].get(way, 0) for it in models.values())


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"


def documented(text: str, results: Mapping[str, Any]) -> str:
    """Return the documentation with the table of these results."""
    return _TABLE.sub(lambda _: table(results), text)
