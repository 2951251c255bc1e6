"""Forms for VStarcam: the first step of an entry, and the set-up of cameras."""

from dataclasses import asdict
from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_PORT, CONF_WEBHOOK_ID
import voluptuous as vol

from ...domain.errors import ProtocolError
from ...domain.ids import checked_camera_id
from ...domain.source_info import RequestError
from ...domain.text import markdown_code
from ...transports.urls import push_url, push_urls
from ..camera_address import HTTP_PORT, address_data, address_schema
from ..flow import SourceConfigFlow, error_key
from ..options import missed_heartbeats
from ..selectors import seconds
from .client import CameraStatus, PushServers
from .setup import (
    CONF_DETAILS,
    CONF_FORMER,
    CONF_HEARTBEAT_SECONDS,
    CONF_VUID,
    camera_cgi,
    restore_servers,
)

KEY: Final = "vstarcam"

_ADDRESS_SCHEMA: Final = address_schema(vol.Required(CONF_PORT, default=HTTP_PORT), "admin")
_DEFAULT_HEARTBEAT_SECONDS: Final = 60
_MAX_HEARTBEAT_SECONDS: Final = 3600


class VStarcamConfigFlow(SourceConfigFlow):
    """The config flow's step for VStarcam cameras."""

    async def async_step_vstarcam(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Create an entry with a URL to paste."""
        return self.async_create_push_entry(KEY, is_confirmed=user_input is not None)


class VStarcamCameraFlow(ConfigSubentryFlow):
    """Adds a camera, or sets it up again."""

    _address: dict[str, Any]
    _status: CameraStatus
    _servers: PushServers

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the camera's address and login."""
        return await self._connect("user", user_input, {})

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Offer to set the camera up again, or to restore its former servers."""
        return self.async_show_menu(step_id="reconfigure", menu_options=["again", "restore"])

    async def async_step_again(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the camera's address and login, which may have changed."""
        return await self._connect("again", user_input, dict(self._get_reconfigure_subentry().data))

    async def _connect(
        self, step_id: str, user_input: dict[str, Any] | None, known: dict[str, Any]
    ) -> SubentryFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None:
            known = known | user_input
            cgi = camera_cgi(self.hass, known)
            try:
                self._status = await cgi.status()
                checked_camera_id(self._status.vuid, CONF_VUID, ascii_only=True)
                self._servers = await cgi.push_servers()
            except RequestError as err:
                errors["base"] = error_key(err, "not_a_vstarcam")
            except ProtocolError:
                errors["base"] = "not_a_vstarcam"
            else:
                self._address = address_data(known)
                if step_id == "again":
                    if self._get_reconfigure_subentry().data[CONF_VUID] != self._status.vuid:
                        return self.async_abort(reason="another_camera")
                elif any(
                    subentry.data.get(CONF_VUID) == self._status.vuid
                    for subentry in self._get_entry().subentries.values()
                ):
                    return self.async_abort(reason="already_configured")
                return await self.async_step_confirm()
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(_ADDRESS_SCHEMA, known),
            errors=errors,
            description_placeholders={
                "urls": push_urls(self.hass, self._get_entry().data[CONF_WEBHOOK_ID], local_only=True)
            },
        )

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the camera's present servers; on confirmation write, read back and compare."""
        url = push_url(self.hass, self._get_entry().data[CONF_WEBHOOK_ID])
        errors: dict[str, str] = {}
        got = ""
        if user_input is not None:
            wanted = PushServers(
                heartbeat_seconds=int(user_input[CONF_HEARTBEAT_SECONDS]),
                heartbeat=url,
                alarm_main=url,
                alarm_sub=self._servers.alarm_sub,
            )
            try:
                taken = await camera_cgi(self.hass, self._address).set_push_servers(wanted)
            except RequestError as err:
                errors["base"] = error_key(err, "not_a_vstarcam")
            else:
                if taken == wanted:
                    return self._finish(wanted)
                got = next(
                    (server for server in (taken.heartbeat, taken.alarm_main) if server != url),
                    taken.heartbeat,
                )
                is_cut = got != url and url.startswith(got)
                errors["base"] = "url_cut" if is_cut else "not_taken"
        current = self._servers.heartbeat_seconds
        interval = current if 0 < current <= _MAX_HEARTBEAT_SECONDS else _DEFAULT_HEARTBEAT_SECONDS
        schema = vol.Schema(
            {vol.Required(CONF_HEARTBEAT_SECONDS, default=interval): seconds(maximum=_MAX_HEARTBEAT_SECONDS)}
        )
        return self.async_show_form(
            step_id="confirm",
            data_schema=schema,
            errors=errors,
            description_placeholders={
                "camera": self._status.details.name or self._status.vuid,
                "heartbeat": markdown_code(self._servers.heartbeat),
                "alarm": markdown_code(self._servers.alarm_main),
                "url": url,
                "got": markdown_code(got),
                "missed": missed_heartbeats(self._get_entry().options),
            },
        )

    def _finish(self, taken: PushServers) -> SubentryFlowResult:
        details = {name: value for name, value in asdict(self._status.details).items() if value is not None}
        data = {
            **self._address,
            CONF_VUID: self._status.vuid,
            CONF_HEARTBEAT_SECONDS: taken.heartbeat_seconds,
            CONF_DETAILS: details,
        }
        title = self._status.details.name or self._status.vuid
        if self.source == "reconfigure":
            subentry = self._get_reconfigure_subentry()
            former = subentry.data[CONF_FORMER]
            return self.async_update_and_abort(
                self._get_entry(), subentry, title=title, data=data | {CONF_FORMER: former}
            )
        data[CONF_FORMER] = asdict(self._servers)
        return self.async_create_entry(title=title, data=data, unique_id=self._status.vuid)

    async def async_step_restore(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Restore the servers that the camera had before."""
        data = dict(self._get_reconfigure_subentry().data)
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                await restore_servers(self.hass, data)
            except RequestError as err:
                errors["base"] = error_key(err, "not_a_vstarcam")
            else:
                return self.async_abort(reason="servers_restored")
        return self.async_show_form(
            step_id="restore",
            errors=errors,
            description_placeholders={
                "heartbeat": markdown_code(data[CONF_FORMER]["heartbeat"]),
                "alarm": markdown_code(data[CONF_FORMER]["alarm_main"]),
            },
        )
