"""The tests' own order: what they share lies in modules that are no tests."""

import ast
from pathlib import Path

from tests.repository.files import ROOT


def imported(path: Path) -> set[str]:
    """Return the modules that a module imports from."""
    tree = ast.parse(path.read_text())
    froms = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return froms | {
        name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
    }


def test_nothing_is_imported_from_a_test_or_its_fixtures() -> None:
    for path in (ROOT / "tests").rglob("*.py"):
        names = {module.rpartition(".")[2] for module in imported(path) if module.startswith("tests")}
        assert not [name for name in names if name == "conftest" or name.startswith("test_")], path
