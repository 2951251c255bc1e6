"""Options as a table that gives both the form and the parser."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import Selector
import voluptuous as vol

type Options = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionField:
    """One option: its key, its field in a form, and its default.

    Without a default, it may be left empty. A secret is never shown: left empty, it stays as it is.
    """

    key: str
    selector: Selector[Any]
    default: Any = None
    is_secret: bool = False

    def value(self, options: Options) -> Any:
        """Return the option's value."""
        return options.get(self.key, self.default)

    def marker(self, options: Options) -> vol.Marker:
        """Return the option as a key of a form's schema."""
        if self.default is None:
            return vol.Optional(self.key)
        return vol.Required(self.key, default=self.value(options))


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
    """The options of an entry; `check` returns an error's key for those that are wrong, None for others."""

    fields: tuple[OptionField, ...] = ()
    sections: tuple[OptionSection, ...] = ()
    check: Callable[[Options], str | None] = lambda _options: None

    def schema(self, options: Options) -> vol.Schema:
        """Return the form's schema, filled in with an entry's options."""
        fields: dict[vol.Marker, Any] = {field.marker(options): field.selector for field in self.fields}
        for part in self.sections:
            chosen = options.get(part.key, {})
            content = vol.Schema({field.marker(chosen): field.selector for field in part.fields})
            fields[vol.Optional(part.key)] = section(content, {"collapsed": True})
        return vol.Schema(fields)

    def without_secrets(self, options: Options) -> dict[str, Any]:
        """Return options as a form may show them."""
        shown = dict(options)
        for part, secrets in self._secrets():
            if part.key in shown:
                shown[part.key] = {key: value for key, value in shown[part.key].items() if key not in secrets}
        return shown

    def chosen(self, user_input: Options, before: Options) -> dict[str, Any]:
        """Return a form's input as it is stored, with the former secrets where none were entered."""
        found = _whole_numbers(user_input)
        for part, secrets in self._secrets():
            if part.key in found:
                kept = {key: value for key, value in before.get(part.key, {}).items() if key in secrets}
                found[part.key] = kept | {key: value for key, value in found[part.key].items() if value != ""}
        return found

    def _secrets(self) -> list[tuple[OptionSection, set[str]]]:
        """Return the sections that hold secrets, and the keys of these."""
        found = [(part, {field.key for field in part.fields if field.is_secret}) for part in self.sections]
        return [(part, secrets) for part, secrets in found if secrets]


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
