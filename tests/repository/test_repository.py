"""The repository's own promises: pins that agree, texts that are there, files that tools expect."""

from importlib.metadata import version
import json
from pathlib import Path
import re
import tomllib

from homeassistant.components.event import EventEntityDescription
import pytest
import yaml

from custom_components.camera_push.sources import SOURCES
from tests.repository.files import ENGLISH, INTEGRATION, ROOT

MANIFEST = json.loads((INTEGRATION / "manifest.json").read_text())
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
ICONS = json.loads((INTEGRATION / "icons.json").read_text())


def test_manifest_requirements_are_what_is_tested() -> None:
    assert MANIFEST["requirements"] == PROJECT["dependency-groups"]["runtime"]
    for requirement in MANIFEST["requirements"]:
        name, _, pinned = requirement.partition("==")
        assert version(name) == pinned


def test_manifest_keys_are_in_hassfests_order() -> None:
    keys = list(MANIFEST)
    assert keys == ["domain", "name", *sorted(keys[2:])]


def test_hacs_json() -> None:
    hacs = json.loads((ROOT / "hacs.json").read_text())
    workflow = (ROOT / ".github" / "workflows" / "tests.yml").read_text()
    assert f"homeassistant=={hacs['homeassistant']} " in workflow
    assert hacs["homeassistant"] in (ROOT / "README.md").read_text()
    assert hacs["filename"] in (ROOT / ".github" / "workflows" / "release.yml").read_text()


@pytest.mark.parametrize("path", sorted((ROOT / ".github").rglob("*.yml")), ids=lambda path: path.name)
def test_github_files_are_yaml(path: Path) -> None:
    assert isinstance(yaml.safe_load(path.read_text()), dict)


@pytest.mark.parametrize("source", SOURCES.values(), ids=lambda source: source.key)
def test_every_source_and_entity_has_its_texts_and_icon(source) -> None:
    assert source.key in ENGLISH["config"]["step"]["user"]["menu_options"]
    # Where nothing is pushed, there is no URL to paste.
    assert source.polls or "{urls}" in ENGLISH["config"]["create_entry"][source.key]
    for platform, descriptions in (
        ("binary_sensor", source.binary_sensors),
        ("event", source.events),
        ("image", source.images),
        ("sensor", source.sensors),
    ):
        for description in descriptions:
            key = description.translation_key
            if key is None:
                assert description.device_class is not None
                continue
            texts = ENGLISH["entity"][platform][key]
            assert texts["name"]
            if description.device_class is None:
                assert ICONS["entity"][platform][key]["default"]
            if isinstance(description, EventEntityDescription):
                states = texts["state_attributes"]["event_type"]["state"]
                assert set(states) == set(description.event_types or ["other"])


def test_hold_times_have_their_names() -> None:
    sensors = {description.key for source in SOURCES.values() for description in source.binary_sensors}
    names = ENGLISH["options"]["step"]["init"]["sections"]["hold_times"]["data"]
    assert set(names) == sensors


def test_every_option_is_explained() -> None:
    step = ENGLISH["options"]["step"]["init"]
    assert set(step["data"]) == set(step["data_description"])
    for name, section in step["sections"].items():
        if name != "hold_times":
            assert set(section["data"]) == set(section["data_description"])


def test_readme_names_what_there_is() -> None:
    readme = (ROOT / "README.md").read_text()
    for name in (
        "scripts/demo",
        "scripts/test",
        "camera_push_alarm",
        "camera_push_plate",
        "camera_push_identification",
    ):
        assert name in readme
    for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", readme):
        assert picture.startswith("https://my.home-assistant.io/") or (ROOT / picture).is_file(), picture
