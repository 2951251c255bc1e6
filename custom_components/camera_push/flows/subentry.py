"""Base of the flows for subentries that their user names: vehicles, persons and watchlists."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, ClassVar, Final

from homeassistant.components.http.auth import async_sign_path
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import TextSelector
import voluptuous as vol

from ..domain.media_id import MediaId
from ..domain.text import markdown_code

_PICTURES_SHOWN_FOR: Final = timedelta(minutes=15)


class NamedSubentryFlow(ConfigSubentryFlow):
    """Adds a subentry, or changes one."""

    kind: ClassVar[str]

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a subentry."""
        return self._step("user", user_input, self._nested({}))

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change a subentry."""
        subentry = self._get_reconfigure_subentry()
        return self._step(
            "reconfigure", user_input, self._nested({CONF_NAME: subentry.title, **subentry.data})
        )

    def _step(
        self, step_id: str, user_input: dict[str, Any] | None, known: dict[str, Any]
    ) -> SubentryFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None:
            if not user_input[CONF_NAME].strip():
                errors = {CONF_NAME: "name_missing"}
            elif not (errors := self._errors(user_input)):
                data = self._flat(user_input)
                title = data.pop(CONF_NAME).strip()
                if self.source != SOURCE_RECONFIGURE:
                    return self.async_create_entry(title=title, data=data)
                return self.async_update_and_abort(
                    self._get_entry(), self._get_reconfigure_subentry(), title=title, data=data
                )
        schema = vol.Schema({vol.Required(CONF_NAME): TextSelector(), **self._fields()})
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, user_input or known),
            errors=errors,
            description_placeholders=self._placeholders(),
        )

    def _others(self) -> Iterator[Mapping[str, Any]]:
        """Yield the data of the entry's other subentries of this kind."""
        own = self._get_reconfigure_subentry().subentry_id if self.source == SOURCE_RECONFIGURE else None
        for subentry in self._get_entry().subentries.values():
            if subentry.subentry_type == self.kind and subentry.subentry_id != own:
                yield subentry.data

    @abstractmethod
    def _fields(self) -> dict[vol.Marker, Any]:
        """Return the form's fields besides the name."""

    @abstractmethod
    def _errors(self, user_input: dict[str, Any]) -> dict[str, str]:
        """Return the errors in a form's input, by field."""

    def _placeholders(self) -> dict[str, str]:
        return {}

    def _pictures(self, named: Iterable[tuple[str | None, str]]) -> str:
        """Return pictures, by their media source ids, with names as Markdown; a dash if there are none."""
        rows = []
        for picture, name in named:
            if (media_id := MediaId.parse(picture or "")) is not None:
                url = async_sign_path(self.hass, media_id.thumbnail_path, _PICTURES_SHOWN_FOR)
                # The name stands beside the picture: it would be its alternative text, unescaped.
                rows.append(f"![]({url}) {markdown_code(name)}")
        return "\n\n".join(rows) or "-"

    def _flat(self, user_input: dict[str, Any]) -> dict[str, Any]:
        """Return a form's input as it is stored."""
        return dict(user_input)

    def _nested(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return stored data, or none, as a form shows it."""
        return data
