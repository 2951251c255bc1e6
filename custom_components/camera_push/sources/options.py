"""Options as a table that gives both the form and the parser."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import Selector
import voluptuous as vol

from ..const import CONF_MISSED_HEARTBEATS
from ..domain.options import EntryOptions

type Options = Mapping[str, Any]

SECTION_ADVANCED: Final = "advanced"


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionField:
    """One option: its key, its field in a form, and its default.

    Without a default, it may be left empty. A secret is never shown: left empty, it stays as it is.
    `group` is the key of the mapping that an advanced option is stored in, where it is stored in one;
    `form_key` is its key in the form, where other groups have options of the same key.
    """

    key: str
    selector: Selector[Any]
    default: Any = None
    is_secret: bool = False
    group: str | None = None
    form_key: str | None = None

    @property
    def shown_as(self) -> str:
        """Return the option's key in a form."""
        return self.form_key or self.key

    def value(self, options: Options) -> Any:
        """Return the option's value."""
        return options.get(self.key, self.default)

    def marker(self, options: Options) -> vol.Marker:
        """Return the option as a key of a form's schema."""
        if self.default is None:
            return vol.Optional(self.shown_as)
        return vol.Required(self.shown_as, default=self.value(options))


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionSection:
    """Options that a form shows together; `needs_webhook` hides them where no push comes over HTTP."""

    key: str
    fields: tuple[OptionField, ...]
    needs_webhook: bool = False

    def values(self, options: Options) -> dict[str, Any]:
        """Return the values of the section's options, by their keys."""
        chosen = options.get(self.key, {})
        return {field.key: field.value(chosen) for field in self.fields}


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionsTable:
    """The options of an entry; `check` returns an error's key for those that are wrong, None for others.

    Those that few need are `advanced`: a form has them in a section of their own, the entry beside
    all others.
    """

    fields: tuple[OptionField, ...] = ()
    sections: tuple[OptionSection, ...] = ()
    advanced: tuple[OptionField, ...] = ()
    check: Callable[[Options], str | None] = lambda _options: None

    def schema(self, options: Options) -> vol.Schema:
        """Return the form's schema, filled in with an entry's options."""
        fields: dict[vol.Marker, Any] = {field.marker(options): field.selector for field in self.fields}
        for part in self.sections:
            chosen = options.get(part.key, {})
            content = vol.Schema({field.marker(chosen): field.selector for field in part.fields})
            fields[vol.Optional(part.key)] = section(content, {"collapsed": True})
        if self.advanced:
            markers = {field.marker(_group(options, field)): field.selector for field in self.advanced}
            fields[vol.Optional(SECTION_ADVANCED)] = section(vol.Schema(markers), {"collapsed": True})
        return vol.Schema(fields)

    def shown(self, options: Options) -> dict[str, Any]:
        """Return an entry's options as a form may show them."""
        advanced = {field.shown_as: field.value(_group(options, field)) for field in self.advanced}
        return self.without_secrets(options) | {
            SECTION_ADVANCED: {key: value for key, value in advanced.items() if value is not None}
        }

    def without_secrets(self, options: Options) -> dict[str, Any]:
        """Return a form's input as it may be shown again."""
        shown = dict(options)
        for part, secrets in self._secrets():
            if part.key in shown:
                shown[part.key] = {key: value for key, value in shown[part.key].items() if key not in secrets}
        return shown

    def chosen(self, user_input: Options, before: Options) -> dict[str, Any]:
        """Return a form's input as it is stored, with the former secrets where none were entered."""
        found = _whole_numbers(user_input)
        advanced = found.pop(SECTION_ADVANCED, {})
        for field in self.advanced:
            if field.shown_as in advanced:
                target = found if field.group is None else found.setdefault(field.group, {})
                target[field.key] = advanced[field.shown_as]
        for part, secrets in self._secrets():
            if part.key in found:
                kept = {key: value for key, value in before.get(part.key, {}).items() if key in secrets}
                found[part.key] = kept | {key: value for key, value in found[part.key].items() if value != ""}
        return found

    def _secrets(self) -> list[tuple[OptionSection, set[str]]]:
        """Return the sections that hold secrets, and the keys of these."""
        found = [(part, {field.key for field in part.fields if field.is_secret}) for part in self.sections]
        return [(part, secrets) for part, secrets in found if secrets]


def missed_heartbeats(options: Options) -> str:
    """Return after how many missed heartbeats an entry's cameras are unavailable, as a form says it."""
    return str(options.get(CONF_MISSED_HEARTBEATS, EntryOptions(hold_times={}).missed_heartbeats))


def _group(options: Options, field: OptionField) -> Options:
    """Return the part of an entry's options that an advanced one is stored in."""
    found: Options = options if field.group is None else options.get(field.group, {})
    return found


def _whole_numbers(user_input: Options) -> dict[str, Any]:
    """Return the input with whole numbers as such: a form's number fields give floats."""
    return {
        key: _whole_numbers(value)
        if isinstance(value, dict)
        else int(value)
        if isinstance(value, float) and value.is_integer()
        else value
        for key, value in user_input.items()
    }
