"""The check of what hassfest and HACS want: passes for this repository, and notices what is broken."""

from collections.abc import Callable
import json
from pathlib import Path
import shutil

from PIL import Image
import pytest
import validate

from tests.repository.files import ROOT

DOMAIN = "custom_components/camera_push"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of what is checked."""
    for name in ("hacs.json", "README.md", "LICENSE", "CHANGELOG.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / DOMAIN, tmp_path / DOMAIN, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_this_repository(copy: Path) -> None:
    assert validate.problems(ROOT) == validate.problems(copy) == []


def change(path: str, **changes) -> Callable[[Path], None]:
    """Return what changes keys of a JSON file; `a__b` is the key b in a, None takes one out."""

    def apply(root: Path) -> None:
        content = json.loads((root / path).read_text())
        for key, value in changes.items():
            *outer, last = key.split("__")
            node = content
            for name in outer:
                node = node[name]
            if value is None:
                del node[last]
            else:
                node[last] = value
        (root / path).write_text(json.dumps(content))

    return apply


def replace(path: str, old: str, new: str) -> Callable[[Path], None]:
    """Return what replaces a text in a file."""

    def apply(root: Path) -> None:
        text = (root / path).read_text()
        assert old in text
        (root / path).write_text(text.replace(old, new, 1))

    return apply


def remove(path: str) -> Callable[[Path], None]:
    """Return what removes a file."""
    return lambda root: (root / path).unlink()


def shrink(path: str) -> Callable[[Path], None]:
    """Return what makes an image smaller."""
    return lambda root: Image.open(root / path).resize((100, 100)).save(root / path)


MANIFEST = f"{DOMAIN}/manifest.json"
EN = f"{DOMAIN}/translations/en.json"
BLUEPRINTS = f"{DOMAIN}/blueprints"
DE = f"{DOMAIN}/translations/de.json"


@pytest.mark.parametrize(
    ("harm", "complaint"),
    [
        (change(MANIFEST, version="next"), "no version"),
        (change(MANIFEST, version="9.9.9"), "CHANGELOG"),
        (change(MANIFEST, requirements=["multipart>=2.0"]), "not pinned"),
        (change(MANIFEST, requirements=["multipart==2.0.1", "defusedxml==0.7.1"]), "not sorted"),
        (change(MANIFEST, dependencies=["webhooks"]), "no component 'webhooks'"),
        (change(MANIFEST, iot_class="push"), "iot_class"),
        (change(MANIFEST, integration_type="camera"), "integration_type"),
        (change(MANIFEST, codeowners=["somebody"]), "no GitHub user"),
        (change(MANIFEST, documentation="http://example.com"), "https"),
        (change(MANIFEST, domain="pushing"), "folder's name"),
        (change(MANIFEST, new_key="x"), "new_key"),
        (change(MANIFEST, issue_tracker=None), "issue_tracker"),
        (change(MANIFEST, after_dependencies=None, zeroconf=[]), "zeroconf"),
        (change("hacs.json", homeassistant="new"), "no version of it"),
        (change("hacs.json", domains=["x"]), "unknown keys"),
        (change("hacs.json", filename=""), "filename"),
        (change("hacs.json", name=""), "no name"),
        (remove(f"{DOMAIN}/translations/fr.json"), "fr missing"),
        (change(DE, options__step__init__title=None), "options.step.init.title missing"),
        (change(DE, options__step__init__description="Kameras"), "other placeholders"),
        (change(DE, options__step__init__title="<b>Optionen</b>"), "HTML"),
        (change(EN, options__step__init__title=" Options"), "spaces"),
        (change(EN, options__step__init__description="'{urls}'"), "single quotes"),
        (change(EN, options__step__init__description="https://example.com {urls}"), "URL"),
        (change(EN, exceptions__library__message="[%key:x%]"), "references"),
        (change(EN, selector__kind__options={"a.b": "x"}), "translation key"),
        (change(EN, strings={}), "strings"),
        (change(EN, issues__undecoded__fix_flow={"step": {}}), "fixable"),
        (change(f"{DOMAIN}/icons.json", entity__sensor__plate={"default": "camera"}), "no icon"),
        (change(f"{DOMAIN}/icons.json", triggers__plate_read=None), "without icon"),
        (change(f"{DOMAIN}/icons.json", entity__sensor__gone={"default": "mdi:car"}), "without translation"),
        (change(EN, triggers__plate_read=None), "plate_read"),
        (change(EN, services__list_media__fields__kind=None), "services.yaml: list_media: kind"),
        (replace(f"{DOMAIN}/triggers.yaml", "asked_list", "no_list"), "no texts"),
        (replace(f"{DOMAIN}/triggers.yaml", "selector:", "selectors:"), "triggers.yaml"),
        (remove(f"{DOMAIN}/conditions.yaml"), "conditions.yaml is missing"),
        (remove(f"{DOMAIN}/brand/dark_logo.png"), "dark_logo.png missing"),
        (shrink(f"{DOMAIN}/brand/icon.png"), "not 256 square"),
        (shrink(f"{DOMAIN}/brand/logo@2x.png"), "shorter side"),
        (remove("LICENSE"), "LICENSE is missing"),
        (remove(f"{DOMAIN}/config_flow.py"), "there is none"),
        (
            replace(f"{BLUEPRINTS}/gate.yaml", "domain: automation", "name2: x"),
            "gate.yaml",
        ),
        (replace(MANIFEST, "{", "["), "cannot be read"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_broken_is_noticed(copy: Path, harm: Callable[[Path], None], complaint: str) -> None:
    harm(copy)
    assert any(complaint in problem for problem in validate.problems(copy)), validate.problems(copy)


def test_images_that_are_not_transparent(copy: Path) -> None:
    path = copy / DOMAIN / "brand" / "icon.png"
    Image.open(path).convert("RGB").save(path)
    assert validate.problems(copy) == ["brand/icon.png is not transparent"]
    path.write_bytes(b"GIF89a" + bytes(40))
    assert validate.problems(copy) == ["brand/icon.png is no PNG"]
