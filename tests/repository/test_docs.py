"""README.md and docs/: links that lead somewhere, pictures that are there, figures that were measured."""

import re

import pytest

from tests.repository.files import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
# HACS shows README.md elsewhere: its links are whole.
REPOSITORY = "https://github.com/camera-push/camera_push/blob/main/"
RAW = "https://raw.githubusercontent.com/camera-push/camera_push/main/"
LINK = re.compile(r"!?\[[^\]\[]*\]\(([^)\s]+)\)")


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page) -> None:
    for written in LINK.findall(page.read_text()):
        link = written.removeprefix(REPOSITORY).removeprefix(RAW)
        if link.startswith(("https://", "http://")):
            continue
        base = page.parent if link == written else ROOT
        path, _, anchor = link.partition("#")
        target = (base / path).resolve() if path else page
        assert target.exists(), f"{page.name}: {link}"
        assert not anchor or anchor in anchors(target.read_text()), f"{page.name}: {link}"


def test_links_of_the_readme_are_whole() -> None:
    links = LINK.findall((ROOT / "README.md").read_text())
    assert [link for link in links if not link.startswith("https://")] == []


def test_every_page_is_linked_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [page.name for page in PAGES[1:] if f"docs/{page.name}" not in readme] == []


def test_readme_is_short_and_names_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text()
    assert 600 < len(readme.split()) < 1000
    assert "scripts/demo" in readme
    assert "scripts/test" in readme


def test_events_are_described() -> None:
    events = (ROOT / "docs" / "events.md").read_text()
    for kind in ("alarm", "plate", "identification", "cloud_event"):
        assert f"`camera_push_{kind}`" in events


def test_figures_of_the_readme_are_those_that_were_measured() -> None:
    readme = " ".join((ROOT / "README.md").read_text().split())
    table = (ROOT / "docs" / "vehicles-and-people.md").read_text()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    heads = next(row for row in rows if any(cell.startswith("visits recognized") for cell in row))
    of = {row[0]: dict(zip(heads, row, strict=True)) for row in rows if len(row) == len(heads)}
    cautious = [
        float(cell.removesuffix(" %"))
        for head, cell in of["cautious"].items()
        if head.startswith("visits recognized")
    ]
    opens = "opens for near neighbors"
    assert f"{min(cautious)} to {max(cautious)} % of the visits" in readme
    assert f"{of['cautious'][opens]} of plates" in readme
    assert f"for {of['Levenshtein 1'][opens]} of them" in readme
