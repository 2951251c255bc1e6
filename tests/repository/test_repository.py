"""The repository's own promises: pins that agree, texts that are there, files that tools expect."""

from importlib.metadata import version
import json
from pathlib import Path
import tomllib

from homeassistant.components import binary_sensor as core_binary_sensor
import pytest
import yaml

from custom_components.camera_push import binary_sensor, event, image, sensor
from custom_components.camera_push.domain.errors import Refusal
from custom_components.camera_push.sources import SOURCES
from tests.repository.files import ENGLISH, INTEGRATION, ROOT, TRANSLATIONS

MANIFEST = json.loads((INTEGRATION / "manifest.json").read_text())
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LANGUAGES = sorted(path.stem for path in TRANSLATIONS.glob("*.json"))
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


def entity_descriptions(info):
    """Return the platform and description of each entity that every camera of a system has."""
    for platform, keys, descriptions in (
        ("binary_sensor", info.binary_sensors, binary_sensor.DESCRIPTIONS),
        ("event", info.events, event.DESCRIPTIONS),
        ("image", info.images, image.DESCRIPTIONS),
        ("sensor", info.sensors, sensor.DESCRIPTIONS),
    ):
        by_key = {description.key: description for description in descriptions}
        for key in keys:
            yield platform, by_key[key]


@pytest.mark.parametrize("source", SOURCES.values(), ids=lambda source: source.info.key)
def test_every_source_and_entity_has_its_texts_and_icon(source) -> None:
    info = source.info
    assert info.key in ENGLISH["config"]["step"]["user"]["menu_options"]
    # Where nothing is pushed, there is no URL to paste.
    assert source.push is None or "{urls}" in ENGLISH["config"]["create_entry"][info.key]
    for platform, description in entity_descriptions(info):
        key = description.translation_key
        if key is None:
            assert description.device_class is not None
            continue
        texts = ENGLISH["entity"][platform][key]
        assert texts["name"]
        if description.device_class is None:
            assert ICONS["entity"][platform][key]["default"]
        if platform == "event":
            states = texts["state_attributes"]["event_type"]["state"]
            assert set(states) >= set(info.events[description.key] or ["other"])


def test_no_event_type_has_a_text_without_a_source() -> None:
    for key, texts in ENGLISH["entity"]["event"].items():
        types = [
            source.info.events[key] or ["other"] for source in SOURCES.values() if key in source.info.events
        ]
        if types and (states := texts.get("state_attributes")) is not None:
            assert set(states["event_type"]["state"]) == set().union(*types), key


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("source", SOURCES.values(), ids=lambda source: source.info.key)
def test_no_two_entities_of_a_camera_have_the_same_name(source, language: str) -> None:
    ours = json.loads((TRANSLATIONS / f"{language}.json").read_text())["entity"]
    cores = Path(core_binary_sensor.__file__).parent / "translations" / f"{language}.json"
    classes = json.loads(cores.read_text())["entity_component"]
    names = [ours["sensor"]["last_seen"]["name"], ours["button"]["fetch_snapshot"]["name"]]
    for platform, description in entity_descriptions(source.info):
        if (key := description.translation_key) is None:
            names.append(classes[description.device_class]["name"])
        else:
            placeholders = description.translation_placeholders or {}
            names.append(ours[platform][key]["name"].format(**placeholders))
    assert len(names) == len({name.casefold() for name in names}), sorted(names)


def test_hold_times_have_their_names() -> None:
    sensors = {key for source in SOURCES.values() for key in source.info.held_sensors}
    names = ENGLISH["options"]["step"]["init"]["sections"]["hold_times"]["data"]
    assert set(names) == sensors


def test_every_option_is_explained() -> None:
    step = ENGLISH["options"]["step"]["init"]
    assert set(step["data"]) == set(step["data_description"])
    for name, section in step["sections"].items():
        if name != "hold_times":
            assert set(section["data"]) == set(section["data_description"])


def test_every_refusal_has_its_reason() -> None:
    assert set(ENGLISH["selector"]["refusal"]["options"]) == set(Refusal)
