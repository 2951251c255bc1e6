"""The documentation says what the evaluation finds."""

import json

from tests.repository.files import ENGLISH

from .report import DOCUMENT, RESULTS, documented, sample


def test_the_table_is_the_one_that_was_measured() -> None:
    results = json.loads(RESULTS.read_text())
    assert documented(DOCUMENT.read_text(), results) == DOCUMENT.read_text()


def test_the_matcher_is_the_one_that_was_measured() -> None:
    """Where this fails, the figures are out of date: run `scripts/plates --write`."""
    assert json.loads(json.dumps(sample())) == json.loads(RESULTS.read_text())["sample"]


def test_the_goals_are_met() -> None:
    found = json.loads(RESULTS.read_text())
    models = found["models"].values()

    def share(what: str, way: str, of: str) -> float:
        return sum(it[what].get(way, 0) for it in models) / sum(it[of] for it in models)

    for way, neighbours in (("exact", 0.005), ("cautious", 0.01), ("tolerant", 0.03)):
        assert share("opened_for_neighbours", way, "neighbours") <= neighbours
        assert share("opened_for_strangers", way, "strangers") <= 0.1 / 10_000
        assert share("wrong", way, "visits") == 0
    # Over all models; the last two are apart from those that the rules were chosen with.
    assert share("right", "cautious", "visits") >= 0.925
    assert share("right", "tolerant", "visits") >= 0.935
    for engine, figures in found["drawn"].items():
        assert figures["right"]["cautious"] >= 0.9 * figures["visits"], engine
        assert sum(figures["wrong"].values()) == 0


def test_the_forms_say_what_was_measured() -> None:
    models = json.loads(RESULTS.read_text())["models"].values()
    help_text = ENGLISH["config_subentries"]["vehicle_list"]["step"]["user"]["sections"]["certainty"][
        "data_description"
    ]["misreads"]

    def percents(what: str, of: str, digits: int) -> list[str]:
        visits = sum(it[of] for it in models)
        ways = ("exact", "cautious", "tolerant")
        return [f"{sum(it[what].get(way, 0) for it in models) / visits * 100:.{digits}f}" for way in ways]

    exact, cautious, tolerant = percents("right", "visits", 0)
    assert f"exact recognizes {exact}% of visits, cautious {cautious}%, tolerant {tolerant}%" in help_text
    near = percents("opened_for_neighbours", "neighbours", 1)
    assert f"{near[0]}, {near[1]} and {near[2]}% of cars" in help_text
