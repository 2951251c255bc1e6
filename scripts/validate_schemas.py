"""What hassfest accepts in manifest.json, translations, icons.json and the descriptions for the editor."""

from pathlib import Path
import re
import string
from typing import Any

import homeassistant
from homeassistant.const import Platform
from homeassistant.helpers import config_validation as cv, selector
import voluptuous as vol

COMPONENTS = Path(homeassistant.__file__).parent / "components"
INTEGRATION_TYPES = {"device", "entity", "hardware", "helper", "hub", "service", "system", "virtual"}
IOT_CLASSES = {
    "assumed_state",
    "calculated",
    "cloud_polling",
    "cloud_push",
    "local_polling",
    "local_push",
}
_SECTION = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")
_URL = re.compile(
    r"(?:(?:ftp|ftps|scp|https?|mqtts?|socket|socks5)://|www\.)[a-z0-9]+(?:[-.][a-z0-9]+)*\.[a-z]{2,5}",
    re.IGNORECASE,
)


# Texts


def text(value: Any, *, placeholders: bool = True) -> str:
    """Return a translation; raises vol.Invalid for what the frontend could not show as it is meant."""
    words: str = cv.string_with_no_html(value)
    if words != words.strip() or not words:
        raise vol.Invalid("empty, or with spaces around it")
    if re.search(r"'{\w+}'", words):
        raise vol.Invalid("a placeholder in single quotes is shown as it is")
    if _URL.search(words):
        raise vol.Invalid("a URL belongs into a placeholder")
    if "[%key:" in words:
        raise vol.Invalid("references are resolved for core integrations only")
    for _, name, _, _ in string.Formatter().parse(words):
        if name is not None and (not placeholders or not name.isidentifier()):
            raise vol.Invalid(f"the placeholder {name!r} is not possible here")
    return words


def plain(value: Any) -> str:
    """Return a translation in which nothing is filled in."""
    return text(value, placeholders=False)


def key(value: Any) -> str:
    """Return a translation key."""
    if not isinstance(value, str) or not _SECTION.fullmatch(value.replace("__", "_")):
        raise vol.Invalid(f"{value!r} is no translation key")
    return value


def keyed(value: Any) -> dict[Any, Any]:
    return {key: value}


def flow(*, subentry: bool = False) -> dict[Any, Any]:
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
    schema: dict[Any, Any] = {
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


def described() -> dict[Any, Any]:
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
        vol.Optional("dhcp"): [{vol.Required("registered_devices"): True}],
        vol.Optional("loggers"): [str],
        vol.Optional("single_config_entry"): bool,
    }
)
