"""Checks what hassfest and the HACS action check of a custom integration, without network or containers.

Written against Home Assistant's documented schemas, with its own validators where a release has them. Run
by `scripts/lint`; prints what is wrong, one line each, and ends with 1 if anything is.
"""

from collections.abc import Callable, Iterator
from functools import partial
import json
from pathlib import Path
import re
import string
import struct
import sys
from typing import Any

from homeassistant.components.blueprint.schemas import BLUEPRINT_SCHEMA
from homeassistant.util.yaml import load_yaml_dict
from validate_schemas import COMPONENTS, DESCRIPTIONS, ICONS, MANIFEST, TRANSLATIONS
import voluptuous as vol

ROOT = Path(__file__).parents[1]
LANGUAGES = {"en", "de", "es", "fr", "pt-BR", "zh-Hans"}
HACS_KEYS = {
    "name",
    "content_in_root",
    "zip_release",
    "filename",
    "hide_default_branch",
    "country",
    "homeassistant",
    "hacs",
    "persistent_directory",
    "render_readme",
}
# Width and height of icons; the shorter side of logos.
ICON_SIDES = {"icon": 256, "icon@2x": 512}
LOGO_SIDES = {"logo": (128, 256), "logo@2x": (256, 512)}


class UnacceptableError(Exception):
    """Something that hassfest or HACS would not accept."""


class Checks:
    """The checks of one repository."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (self.integration,) = [path.parent for path in root.glob("custom_components/*/manifest.json")]
        self.manifest = self._json(self.integration / "manifest.json")
        self.english = self._json(self.integration / "translations" / "en.json")
        self.icons = self._json(self.integration / "icons.json")

    @staticmethod
    def _json(path: Path) -> dict[str, Any]:
        try:
            content: dict[str, Any] = json.loads(path.read_text())
        except (OSError, ValueError) as err:
            raise UnacceptableError(f"{path.name} cannot be read: {err}") from err
        return content

    def all(self) -> Iterator[Callable[[], None]]:
        yield self.check_manifest
        yield self.check_hacs
        yield self.check_translations
        yield self.check_icons
        for name in ("services", "triggers", "conditions"):
            yield partial(self.check_descriptions, name)
        yield self.check_brand
        yield self.check_files
        yield self.check_blueprints
        yield self.check_changelog

    def check_manifest(self) -> None:
        MANIFEST(self.manifest)
        keys = list(self.manifest)
        if keys != ["domain", "name", *sorted(keys[2:])]:
            raise UnacceptableError("manifest.json: keys are not domain, name, then in alphabetical order")
        if self.manifest["domain"] != self.integration.name:
            raise UnacceptableError("manifest.json: the domain is not the folder's name")
        if (COMPONENTS / self.manifest["domain"]).exists():
            raise UnacceptableError("manifest.json: Home Assistant has a component of that name")
        for name in ("requirements", "dependencies", "after_dependencies"):
            if self.manifest.get(name, []) != sorted(self.manifest.get(name, [])):
                raise UnacceptableError(f"manifest.json: {name} are not sorted")
        if self.manifest["config_flow"] and not (self.integration / "config_flow.py").is_file():
            raise UnacceptableError("manifest.json says that there is a config flow, and there is none")

    def check_hacs(self) -> None:
        hacs = self._json(self.root / "hacs.json")
        if unknown := set(hacs) - HACS_KEYS:
            raise UnacceptableError(f"hacs.json: unknown keys {', '.join(sorted(unknown))}")
        if not hacs.get("name"):
            raise UnacceptableError("hacs.json: no name")
        if hacs.get("zip_release") and not hacs.get("filename", "").endswith(".zip"):
            raise UnacceptableError("hacs.json: zip_release needs a filename")
        if not re.fullmatch(r"\d{4}\.\d{1,2}\.\d+", hacs.get("homeassistant", "")):
            raise UnacceptableError("hacs.json: homeassistant is no version of it")
        if len(list(self.root.glob("custom_components/*/"))) != 1:
            raise UnacceptableError("HACS takes one integration for a repository")

    def check_translations(self) -> None:
        files = {path.stem: self._json(path) for path in (self.integration / "translations").glob("*.json")}
        if set(files) != LANGUAGES:
            raise UnacceptableError(
                f"translations: {', '.join(sorted(set(files) ^ LANGUAGES))} missing or too many"
            )
        wanted = dict(_leaves(self.english))
        for language, content in sorted(files.items(), key=lambda item: item[0] != "en"):
            try:
                TRANSLATIONS(content)
            except vol.Invalid as err:
                raise UnacceptableError(f"translations/{language}.json: {err}") from err
            found = dict(_leaves(content))
            if missing := wanted.keys() ^ found.keys():
                raise UnacceptableError(f"translations/{language}.json: {min(missing)} missing or too many")
            for path, value in found.items():
                if _placeholders(value) != _placeholders(wanted[path]):
                    raise UnacceptableError(f"translations/{language}.json: {path} has other placeholders")
        self._check_data_descriptions(self.english)

    def _check_data_descriptions(self, node: dict[str, Any]) -> None:
        for value in node.values():
            if isinstance(value, dict):
                if unknown := set(value.get("data_description", {})) - set(value.get("data", {})):
                    raise UnacceptableError(
                        f"translations: data_description without data: {', '.join(unknown)}"
                    )
                self._check_data_descriptions(value)

    def check_icons(self) -> None:
        try:
            ICONS(self.icons)
        except vol.Invalid as err:
            raise UnacceptableError(f"icons.json: {err}") from err
        for platform, entities in self.icons["entity"].items():
            if unknown := set(entities) - set(self.english["entity"].get(platform, {})):
                raise UnacceptableError(f"icons.json: {', '.join(unknown)} without translation")

    def check_descriptions(self, kind: str) -> None:
        path = self.integration / f"{kind}.yaml"
        if not path.is_file():
            raise UnacceptableError(f"{kind}.yaml is missing")
        content = {name: value for name, value in load_yaml_dict(str(path)).items() if name[0] != "."}
        try:
            DESCRIPTIONS(content)
        except vol.Invalid as err:
            raise UnacceptableError(f"{kind}.yaml: {err}") from err
        texts = self.english.get(kind, {})
        if different := set(content) ^ set(texts):
            raise UnacceptableError(
                f"{kind}.yaml: {', '.join(sorted(different))} without description, or without texts"
            )
        if different := set(content) ^ set(self.icons.get(kind, {})):
            raise UnacceptableError(
                f"{kind}.yaml: {', '.join(sorted(different))} without icon, or the other way round"
            )
        for name, description in content.items():
            fields = dict(_fields((description or {}).get("fields", {})))
            if different := set(fields) ^ set(texts[name].get("fields", {})):
                raise UnacceptableError(f"{kind}.yaml: {name}: {', '.join(sorted(different))} without texts")
            for field in fields.values():
                chosen = (field["selector"].get("select") or {}) if "select" in field["selector"] else {}
                self._check_select(f"{kind}.yaml: {name}", chosen)

    def _check_select(self, where: str, chosen: dict[str, Any]) -> None:
        if (translation_key := chosen.get("translation_key")) is None:
            return
        options = self.english["selector"].get(translation_key, {}).get("options", {})
        if missing := {str(option) for option in chosen["options"]} - set(options):
            raise UnacceptableError(
                f"{where}: no texts for {', '.join(sorted(missing))} of {translation_key}"
            )

    def check_brand(self) -> None:
        folder = self.integration / "brand"
        names = {f"{dark}{name}.png" for dark in ("", "dark_") for name in (*ICON_SIDES, *LOGO_SIDES)}
        if different := names ^ {path.name for path in folder.glob("*")}:
            raise UnacceptableError(f"brand/: {', '.join(sorted(different))} missing or too many")
        for name in names:
            width, height, has_alpha = _png(folder / name)
            bare = name.removeprefix("dark_").removesuffix(".png")
            if bare in ICON_SIDES and (width, height) != (ICON_SIDES[bare], ICON_SIDES[bare]):
                raise UnacceptableError(f"brand/{name} is {width} by {height}, not {ICON_SIDES[bare]} square")
            if bare in LOGO_SIDES:
                shortest, longest = LOGO_SIDES[bare]
                if not shortest <= min(width, height) <= longest:
                    raise UnacceptableError(f"brand/{name}: its shorter side is not {shortest} to {longest}")
            if not has_alpha:
                raise UnacceptableError(f"brand/{name} is not transparent")

    def check_files(self) -> None:
        for name in ("README.md", "LICENSE", "CHANGELOG.md"):
            if not (self.root / name).is_file():
                raise UnacceptableError(f"{name} is missing")
        if "strings.json" in {path.name for path in self.integration.iterdir()}:
            raise UnacceptableError("strings.json is for core integrations")
        for path in self.integration.rglob("*.py"):
            if "from tests" in (source := path.read_text()) or "import tests" in source:
                raise UnacceptableError(f"{path.name} imports tests")

    def check_blueprints(self) -> None:
        paths = list((self.integration / "blueprints").glob("*.yaml"))
        if not paths:
            raise UnacceptableError("blueprints/ is empty")
        for path in paths:
            try:
                BLUEPRINT_SCHEMA(load_yaml_dict(str(path)))
            except vol.Invalid as err:
                raise UnacceptableError(f"{path.name}: {err}") from err

    def check_changelog(self) -> None:
        newest = re.search(r"^## (\S+)", (self.root / "CHANGELOG.md").read_text(), re.MULTILINE)
        if newest is None or newest[1] != self.manifest["version"]:
            raise UnacceptableError("CHANGELOG.md does not begin with the version in manifest.json")


def _leaves(node: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for name, value in node.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value


def _placeholders(value: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(value) if name is not None)


def _fields(fields: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, field in fields.items():
        if "fields" in field:
            yield from _fields(field["fields"])
        else:
            yield name, field


def _png(path: Path) -> tuple[int, int, bool]:
    """Return a PNG's width, height, and whether it can be transparent."""
    head = path.read_bytes()[:26]
    if head[:8] != b"\x89PNG\r\n\x1a\n" or head[12:16] != b"IHDR":
        raise UnacceptableError(f"brand/{path.name} is no PNG")
    width, height = struct.unpack(">II", head[16:24])
    return width, height, head[25] in (4, 6)


def problems(root: Path) -> list[str]:
    """Return what is wrong with a repository."""
    try:
        checks = Checks(root)
    except UnacceptableError as err:
        return [str(err)]
    found = []
    for check in checks.all():
        try:
            check()
        except (UnacceptableError, vol.Invalid) as err:
            found.append(str(err))
    return found


if __name__ == "__main__":
    errors = problems(ROOT)
    for error in errors:
        print(f"validate: {error}")
    sys.exit(bool(errors))
