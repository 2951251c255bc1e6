"""docs/CONTRIBUTING.md fits the code: whatever it names is there, and it names every folder."""

import re

import pytest

from tests.repository.files import INTEGRATION, ROOT

GUIDE = (ROOT / "docs" / "CONTRIBUTING.md").read_text()
PLACES = (ROOT, INTEGRATION)
# Modules of a source, which its folder has.
ANY_SOURCE = {"protocol.py"}
PATHS = sorted({name for name in re.findall(r"`([\w./-]+)`", GUIDE) if "/" in name})
ROWS = re.findall(r"^\| (?:`(\w+)/`|[^|]+?) \| (.+) \|$", GUIDE, re.MULTILINE)


@pytest.mark.parametrize("name", PATHS)
def test_path_exists(name: str) -> None:
    assert any((place / name).exists() for place in PLACES), name


@pytest.mark.parametrize("folder", sorted({folder for folder, _ in ROWS if folder}))
def test_modules_of_a_layer_exist(folder: str) -> None:
    text = next(text for name, text in ROWS if name == folder)
    modules = re.findall(r"`(\w+\.py)`", text)
    assert modules
    assert [name for name in modules if not (INTEGRATION / folder / name).is_file()] == []


def test_modules_outside_of_the_table_exist() -> None:
    text = re.sub(r"^\| `\w+/` \|.*$", "", GUIDE, flags=re.MULTILINE)
    named = set(re.findall(r"`(\w+\.py)`", text)) - ANY_SOURCE
    assert {name for name in named if not (INTEGRATION / name).is_file()} == set()


def test_every_folder_is_named() -> None:
    # A checkout can hold folders of before, without a file in them.
    folders = {
        path.name
        for path in INTEGRATION.iterdir()
        if path.name != "__pycache__" and any(file.is_file() for file in path.glob("*"))
    }
    assert folders == {name for name in folders if f"`{name}/`" in GUIDE}


def test_layers_are_in_the_order_of_the_import_checks() -> None:
    layers = re.findall(r"^\| `(\w+)(?:/|\.py)` \|", GUIDE, re.MULTILINE)
    checks = (ROOT / "pyproject.toml").read_text().partition("layers = [")[2].partition("]")[0]
    wanted = [
        name
        for name in re.findall(r"\w+", checks)
        if (INTEGRATION / name).is_dir() or name in ("entity", "const")
    ]
    assert layers == wanted


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`(scripts/[\w.]+)", GUIDE))))
def test_command_exists(command: str) -> None:
    assert (ROOT / command).is_file()
