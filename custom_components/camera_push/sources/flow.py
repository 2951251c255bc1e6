"""Base of the sources' steps of the config flow."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant, callback
import voluptuous as vol
from yarl import URL

from ..const import CONF_SOURCE
from ..domain.source_info import RequestError
from ..transports.http_client import AccessDeniedError, CertificateError, NoAnswerError
from .local_servers import CONF_LOCAL_SERVERS, async_located
from .selectors import PASSWORD

_REAUTH_SCHEMA: Final = vol.Schema({vol.Required(CONF_API_KEY): PASSWORD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Access to a platform that entries of a source connect to.

    `schema` are the fields that can be reconfigured. `server` returns the platform's address in an entry's
    data, or raises ValueError. `check` tries the data and returns an error's key, None if they work;
    `unique_id` and `title` return those of their entry.
    """

    source: str
    schema: vol.Schema
    server: Callable[[Mapping[str, Any]], URL]
    check: Callable[[HomeAssistant, Mapping[str, Any]], Awaitable[str | None]]
    unique_id: Callable[[Mapping[str, Any]], str]
    title: Callable[[Mapping[str, Any]], str]


class SourceConfigFlow(ConfigFlow, ABC):
    """Base of the steps of each source; the integration's config flow inherits from all of them.

    A source's first step is called like the source. One with an account has the steps `<source>_reconfigure`
    and `<source>_reauth` as well. `answers` are those of earlier forms about the same account.
    """

    answers: dict[str, Any]

    @callback
    @abstractmethod
    def async_create_push_entry(self, key: str, *, is_confirmed: bool = True) -> ConfigFlowResult:
        """Create an entry of a source with a webhook, and show the URL to paste.

        Where there is one already and another is not confirmed, show its URL and ask: one is enough for all
        cameras.
        """

    async def async_add_account(
        self,
        account: Account,
        step_id: str,
        schema: vol.Schema,
        data: dict[str, Any],
        user_input: dict[str, Any] | None,
        **placeholders: str,
    ) -> ConfigFlowResult:
        """Ask for what `data` lacks, and create an entry that connects to a platform."""
        error: str | None = None
        if user_input is not None:
            data, error = await self._async_try(account, data | user_input)
            if error is None:
                await self.async_set_unique_id(account.unique_id(data))
                self._abort_if_unique_id_configured()
                return self.async_create_entry(
                    title=account.title(data), data={CONF_SOURCE: account.source, **data}
                )
        return self._show(step_id, schema, data, error, placeholders)

    async def async_change_account(
        self, account: Account, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Ask for the platform's address and key; in a reauthentication, for the key only."""
        is_reauth = self.source == SOURCE_REAUTH
        step_id = f"{account.source}_{'reauth' if is_reauth else 'reconfigure'}"
        schema = _REAUTH_SCHEMA if is_reauth else account.schema
        return await self.async_change_account_in(account, step_id, schema, {}, user_input)

    async def async_change_account_in(
        self,
        account: Account,
        step_id: str,
        schema: vol.Schema,
        data: dict[str, Any],
        user_input: dict[str, Any] | None,
    ) -> ConfigFlowResult:
        """Ask for what the answers in `data` lack, and change the entry."""
        is_reauth = self.source == SOURCE_REAUTH
        entry = self._get_reauth_entry() if is_reauth else self._get_reconfigure_entry()
        error: str | None = None
        if user_input is not None:
            fields = {*map(str, schema.schema), *data}
            data, error = await self._async_try(account, _changed(entry.data, fields, data | user_input))
            if error is None:
                await self._async_update(entry, data, account.unique_id(data))
                return self.async_abort(
                    reason="reauth_successful" if is_reauth else f"{account.source}_reconfigured"
                )
        shown = user_input or {key: value for key, value in entry.data.items() if key != CONF_API_KEY}
        return self._show(step_id, schema, shown, error, {"entry": entry.title})

    def _show(
        self,
        step_id: str,
        schema: vol.Schema,
        shown: Mapping[str, Any],
        error: str | None,
        placeholders: Mapping[str, str],
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, shown),
            errors={"base": error} if error is not None else {},
            description_placeholders=placeholders,
        )

    async def _async_try(self, account: Account, data: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
        """Return an entry's data with what there is to know of its server, and an error's key."""
        try:
            data = await async_located(data, account.server(data))
        except ValueError:
            return data, "url_invalid"
        except OSError:
            return data, "cannot_connect"
        return data, await account.check(self.hass, data)

    async def _async_update(self, entry: ConfigEntry, data: dict[str, Any], unique_id: str) -> None:
        """Change an entry, and have it connect again even if nothing changed."""
        # A request for new credentials may be open for the same entry: it is not in the way.
        await self.async_set_unique_id(unique_id, raise_on_progress=False)
        if entry.unique_id != unique_id:
            self._abort_if_unique_id_configured()
        is_changed = self.hass.config_entries.async_update_entry(entry, data=data, unique_id=unique_id)
        if not (is_changed and entry.update_listeners):
            # Otherwise the entry's own listener reloads it; one whose set-up failed has none.
            self.hass.config_entries.async_schedule_reload(entry.entry_id)


def error_key(error: RequestError, wrong_answer: str) -> str:
    """Return a form's error for a camera that could not be asked; `wrong_answer` is that for its answer."""
    match error:
        case CertificateError():
            return "certificate_invalid"
        case NoAnswerError():
            return "cannot_connect"
        case AccessDeniedError():
            return "invalid_auth"
    return wrong_answer


def _changed(data: Mapping[str, Any], fields: set[str], user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry's data with the fields of forms replaced; a key that is left empty stays."""
    if not user_input.get(CONF_API_KEY):
        fields.discard(CONF_API_KEY)
    if CONF_URL in fields:
        # Where the server is may have been changed in the network, too.
        fields.add(CONF_LOCAL_SERVERS)
    kept = {key: value for key, value in data.items() if key not in fields}
    return kept | {key: value for key, value in user_input.items() if key in fields}
