"""Workflows and the development container: what they run is there, and comes to an end."""

import json
import re
from typing import Any

import pytest
import yaml

from tests.repository.files import ROOT

WORKFLOWS: dict[str, dict[Any, Any]] = {
    path.stem: yaml.safe_load(path.read_text()) for path in (ROOT / ".github" / "workflows").glob("*.yml")
}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_job_is_limited(name: str) -> None:
    workflow = WORKFLOWS[name]
    assert workflow["concurrency"]["group"]
    assert all(0 < job["timeout-minutes"] <= 60 for job in workflow["jobs"].values())


def test_scripts_that_are_run_are_there() -> None:
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    texts = [path.read_text() for path in (ROOT / ".github").rglob("*.yml")]
    named = set(re.findall(r"\bscripts/\w+", " ".join([*texts, container["postCreateCommand"]])))
    assert {"scripts/lint", "scripts/setup", "scripts/test"} <= named
    assert not [name for name in named if not (ROOT / name).is_file()]


def test_requirements_are_audited_every_week() -> None:
    """On a schedule, as advisories come without a change of ours, and all that the manifest requires."""
    workflow = WORKFLOWS["validate"]
    # YAML takes "on" for a truth value.
    assert workflow[True]["schedule"]
    commands = [step.get("run", "") for step in workflow["jobs"]["advisories"]["steps"]]
    assert any("manifest.json > requirements.txt" in command for command in commands)
    assert any("pip-audit" in command and "requirements.txt" in command for command in commands)
