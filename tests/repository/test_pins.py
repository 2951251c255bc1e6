"""Pins that hang on the version of Home Assistant, and the script that raises them."""

import json
from pathlib import Path
import tomllib

import homeassistant
import pins
import pytest

TEXT = pins.PROJECT.read_text()
GROUPS = tomllib.loads(TEXT)["dependency-groups"]


def test_component_pins_are_home_assistants() -> None:
    """The demo starts without fetching anything, because all that its components ask for is here."""
    components = Path(homeassistant.__file__).parent / "components"
    assert GROUPS["components"] == pins.component_pins(components)


def test_pins_are_raised_together(tmp_path: Path) -> None:
    for name in pins.LOADED + pins.IMPORTED:
        (tmp_path / name).mkdir()
        wants = {"requirements": ["Name==1.2"]} if name in ("camera", "http") else {}
        (tmp_path / name / "manifest.json").write_text(json.dumps(wants))
    text = pins.rewritten(TEXT, "pytest-homeassistant-custom-component==9.9.9", pins.component_pins(tmp_path))
    groups = tomllib.loads(text)["dependency-groups"]
    assert groups["components"] == ["name==1.2"]
    assert "pytest-homeassistant-custom-component==9.9.9" in groups["test"]
    assert {**groups, "components": [], "test": []} == {**GROUPS, "components": [], "test": []}


def test_file_that_is_not_as_expected_is_left_alone() -> None:
    with pytest.raises(ValueError, match="does not have"):
        pins.rewritten("[project]\n", "pytest-homeassistant-custom-component==9.9.9", [])
