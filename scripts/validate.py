"""Checks what hassfest and the HACS action check of a custom integration, without network or containers.

Written against Home Assistant's documented schemas, with its own validators where a release has them. Run
by `scripts/lint`; prints what is wrong, one line each, and ends with 1 if anything is.
"""

from collections.abc import Callable, Iterator
import json
from pathlib import Path
import re
import string
import struct
import sys
from typing import Any

import homeassistant
from homeassistant.components.blueprint.schemas import BLUEPRINT_SCHEMA
from homeassistant.const import Platform
from homeassistant.helpers import config_validation as cv, selector
from homeassistant.util.yaml import load_yaml_dict
import voluptuous as vol

ROOT = Path(__file__).parents[1]
COMPONENTS = Path(homeassistant.__file__).parent / "components"
LANGUAGES = {"en", "de", "es", "fr", "pt-BR", "zh-Hans"}
INTEGRATION_TYPES = {"device", "entity", "hardware", "helper", "hub", "service", "system", "virtual"}
IOT_CLASSES = {
    "assumed_state",
    "calculated",
    "cloud_polling",
    "cloud_push",
    "local_polling",
    "local_push",
}
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
_SECTION = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")
_URL = re.compile(
    r"(?:(?:ftp|ftps|scp|https?|mqtts?|socket|socks5)://|www\.)[a-z0-9]+(?:[-.][a-z0-9]+)*\.[a-z]{2,5}",
    re.IGNORECASE,
)


class UnacceptableError(Exception):
    """Something that hassfest or HACS would not accept."""


# Texts


def text(value: Any, *, placeholders: bool = True) -> str:
    """Return a translation; raises vol.Invalid for what the frontend could not show as it is meant."""
    value = cv.string_with_no_html(value)
    if value != value.strip() or not value:
        raise vol.Invalid("empty, or with spaces around it")
    if re.search(r"'{\w+}'", value):
        raise vol.Invalid("a placeholder in single quotes is shown as it is")
    if _URL.search(value):
        raise vol.Invalid("a URL belongs into a placeholder")
    if "[%key:" in value:
        raise vol.Invalid("references are resolved for core integrations only")
    for _, name, _, _ in string.Formatter().parse(value):
        if name is not None and (not placeholders or not name.isidentifier()):
            raise vol.Invalid(f"the placeholder {name!r} is not possible here")
    return value


def plain(value: Any) -> str:
    """Return a translation in which nothing is filled in."""
    return text(value, placeholders=False)


def key(value: Any) -> str:
    """Return a translation key."""
    if not isinstance(value, str) or not _SECTION.fullmatch(value.replace("__", "_")):
        raise vol.Invalid(f"{value!r} is no translation key")
    return value


def keyed(value: Any) -> dict:
    return {key: value}


def flow(*, subentry: bool = False) -> dict:
    step = {
        vol.Optional("title"): text,
        vol.Optional("description"): text,
        vol.Optional("data"): {str: text},
        vol.Optional("data_description"): {str: text},
        vol.Optional("menu_options"): {str: text},
        vol.Optional("menu_option_descriptions"): {str: text},
        vol.Optional("submit"): text,
        vol.Optional("sections"): {
            str: {
                vol.Optional("name"): text,
                vol.Optional("description"): text,
                vol.Optional("data"): {str: text},
                vol.Optional("data_description"): {str: text},
            }
        },
    }
    schema: dict = {
        vol.Optional("flow_title"): text,
        vol.Required("step"): {str: step},
        vol.Optional("error"): {str: text},
        vol.Optional("abort"): {str: text},
        vol.Optional("progress"): {str: text},
        vol.Optional("create_entry"): {str: text},
    }
    if subentry:
        schema[vol.Required("entry_type")] = text
        schema[vol.Required("initiate_flow")] = {vol.Required("user"): text, str: text}
    return schema


def described() -> dict:
    field = {vol.Required("name"): text, vol.Required("description"): text, vol.Optional("example"): text}
    return {
        vol.Required("name"): text,
        vol.Required("description"): text,
        vol.Optional("fields"): keyed(field),
        vol.Optional("sections"): keyed({vol.Required("name"): text, vol.Optional("description"): text}),
    }


_ENTITY = {
    vol.Optional("name"): text,
    vol.Optional("state"): keyed(plain),
    vol.Optional("state_attributes"): keyed(
        {vol.Optional("name"): plain, vol.Optional("state"): keyed(plain)}
    ),
    vol.Optional("unit_of_measurement"): plain,
}
_ISSUE = vol.All(
    cv.has_at_least_one_key("description", "fix_flow"),
    {
        vol.Required("title"): text,
        vol.Exclusive("description", "fixable"): text,
        vol.Exclusive("fix_flow", "fixable"): flow(),
    },
)
TRANSLATIONS = vol.Schema(
    {
        vol.Optional("config"): flow(),
        vol.Optional("config_subentries"): keyed(flow(subentry=True)),
        vol.Optional("options"): flow(),
        vol.Optional("selector"): keyed({vol.Optional("options"): keyed(text)}),
        vol.Optional("device_automation"): {
            vol.Optional("trigger_type"): {str: text},
            vol.Optional("trigger_subtype"): {str: text},
            vol.Optional("extra_fields"): {str: text},
            vol.Optional("extra_fields_descriptions"): {str: text},
        },
        vol.Optional("system_health"): {vol.Optional("info"): keyed(text)},
        vol.Optional("issues"): {str: _ISSUE},
        vol.Optional("entity"): {vol.In([str(it) for it in Platform]): keyed(_ENTITY)},
        vol.Optional("exceptions"): keyed({vol.Required("message"): text}),
        vol.Optional("services"): keyed(described()),
        vol.Optional("triggers"): keyed(described()),
        vol.Optional("conditions"): keyed(described()),
    }
)


def icon(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"mdi:[a-z0-9-]+", value):
        raise vol.Invalid(f"{value!r} is no icon like mdi:camera")
    return value


ICONS = vol.Schema(
    {
        vol.Required("entity"): {
            vol.In([str(it) for it in Platform]): keyed(
                {vol.Required("default"): icon, vol.Optional("state"): keyed(icon)}
            )
        },
        vol.Optional("services"): keyed(
            {vol.Required("service"): icon, vol.Optional("sections"): keyed(icon)}
        ),
        vol.Optional("triggers"): keyed({vol.Required("trigger"): icon}),
        vol.Optional("conditions"): keyed({vol.Required("condition"): icon}),
    }
)


# Descriptions of actions, triggers and conditions

_FIELD = {
    vol.Optional("example"): object,
    vol.Optional("default"): object,
    vol.Optional("required"): bool,
    vol.Optional("advanced"): bool,
    vol.Required("selector"): selector.validate_selector,
}
DESCRIPTIONS = vol.Schema(
    {
        cv.underscore_slug: vol.Any(
            None,
            {
                vol.Optional("target"): selector.TargetSelector.CONFIG_SCHEMA,
                vol.Optional("fields"): {
                    str: vol.Any(_FIELD, {vol.Required("fields"): {str: _FIELD}, str: object})
                },
            },
        )
    }
)

# The manifest


def requirement(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9][\w.-]*(\[[\w,-]+\])?==[\w.!+]+", value):
        raise vol.Invalid(f"{value!r} is not pinned with ==")
    return value


def component(value: Any) -> str:
    if not (COMPONENTS / str(value) / "manifest.json").is_file():
        raise vol.Invalid(f"Home Assistant has no component {value!r}")
    return str(value)


def https(value: Any) -> str:
    if not isinstance(value, str) or not value.startswith("https://"):
        raise vol.Invalid(f"{value!r} is no https URL")
    return value


def version(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(
        r"\d+\.\d+\.\d+((a|b|rc|-alpha\.|-beta\.|-rc\.)\d+)?", value
    ):
        raise vol.Invalid(f"{value!r} is no version")
    return value


def codeowner(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"@[\w-]+(/[\w-]+)?", value):
        raise vol.Invalid(f"{value!r} is no GitHub user like @somebody")
    return value


MANIFEST = vol.Schema(
    {
        vol.Required("domain"): str,
        vol.Required("name"): str,
        vol.Required("codeowners"): vol.All([codeowner], vol.Length(min=1)),
        vol.Required("config_flow"): bool,
        vol.Required("documentation"): https,
        vol.Required("integration_type"): vol.In(INTEGRATION_TYPES),
        vol.Required("iot_class"): vol.In(IOT_CLASSES),
        vol.Required("issue_tracker"): https,
        vol.Required("version"): version,
        vol.Optional("requirements"): [requirement],
        vol.Optional("dependencies"): [component],
        vol.Optional("after_dependencies"): [component],
        vol.Optional("loggers"): [str],
        vol.Optional("single_config_entry"): bool,
    }
)


class Checks:
    """The checks of one repository."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (self.integration,) = [path.parent for path in root.glob("custom_components/*/manifest.json")]
        self.manifest = self._json(self.integration / "manifest.json")
        self.english = self._json(self.integration / "translations" / "en.json")
        self.icons = self._json(self.integration / "icons.json")

    @staticmethod
    def _json(path: Path) -> dict:
        try:
            return json.loads(path.read_text())
        except (OSError, ValueError) as err:
            raise UnacceptableError(f"{path.name} cannot be read: {err}") from err

    def all(self) -> Iterator[Callable[[], None]]:
        yield self.check_manifest
        yield self.check_hacs
        yield self.check_translations
        yield self.check_icons
        for name in ("services", "triggers", "conditions"):
            yield lambda name=name: self.check_descriptions(name)
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

    def _check_data_descriptions(self, node: dict) -> None:
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

    def _check_select(self, where: str, chosen: dict) -> None:
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
        paths = list((self.root / "blueprints").rglob("*.yaml"))
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


def _leaves(node: dict, path: str = "") -> Iterator[tuple[str, str]]:
    for name, value in node.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value


def _placeholders(value: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(value) if name is not None)


def _fields(fields: dict) -> Iterator[tuple[str, dict]]:
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
