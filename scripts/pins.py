"""Writes the pins that hang on Home Assistant's test package into pyproject.toml: see scripts/update."""

import json
from pathlib import Path
import re
import sys

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
# What the demo and the tests load.
LOADED = ("frontend", "recorder", "camera", "http", "history", "logbook", "media_source", "image")
# Home Assistant imports these whenever it lists its actions, and the frontend waits for that list.
IMPORTED = ("conversation", "tts", "ffmpeg", "infrared", "radio_frequency")


def component_pins(components: Path) -> list[str]:
    """Return what the manifests in a folder of components ask for, of those components that are needed."""
    pins = set()
    for name in LOADED + IMPORTED:
        manifest = json.loads((components / name / "manifest.json").read_text())
        for requirement in manifest.get("requirements", []):
            package, _, version = requirement.partition("==")
            pins.add(f"{package.lower()}=={version}")
    return sorted(pins)


def rewritten(project: str, test_package: str, pins: list[str]) -> str:
    """Return pyproject.toml's text with the test package's pin and the group of components replaced."""
    group = "components = [\n" + "".join(f'  "{pin}",\n' for pin in pins) + "]\n"
    project, groups = re.subn(
        r"^components = \[\n.*?^\]\n", lambda _: group, project, flags=re.MULTILINE | re.DOTALL
    )
    name = test_package.partition("==")[0]
    project, packages = re.subn(rf'"{re.escape(name)}==[^"]+"', f'"{test_package}"', project)
    if (groups, packages) != (1, 1):
        raise ValueError("pyproject.toml does not have the group and the pin that are to be replaced.")
    return project


if __name__ == "__main__":
    PROJECT.write_text(rewritten(PROJECT.read_text(), sys.argv[1], component_pins(Path(sys.argv[2]))))
