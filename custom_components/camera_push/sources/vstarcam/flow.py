"""Forms for VStarcam: the first step of an entry, and the set-up of cameras."""

from dataclasses import asdict, replace
from typing import Any, Final, override

from homeassistant.config_entries import ConfigFlowResult, SubentryFlowResult
from homeassistant.const import CONF_PORT, CONF_SSL, CONF_WEBHOOK_ID
import voluptuous as vol

from ...domain.errors import ProtocolError
from ...domain.ids import checked_camera_id
from ...domain.source_info import RequestError
from ...domain.text import markdown_code
from ...transports.http_client import AnswerError, CertificateError, NoAnswerError, answered_within
from ...transports.urls import push_url, push_urls
from ..camera_address import HTTP_PORT, HTTPS_PORT, CameraAddress, address_data, address_schema
from ..camera_flow import CameraSetupFlow
from ..flow import SourceConfigFlow, error_key
from ..options import missed_heartbeats
from ..selectors import seconds
from ..stream import (
    CONF_STREAM_SOURCE,
    STREAM_FIELD,
    async_find_stream,
    stream_data,
)
from .client import CameraStatus, DualAuthenticationError, PushServers
from .setup import (
    CONF_DETAILS,
    CONF_FORMER,
    CONF_HEARTBEAT_SECONDS,
    CONF_VUID,
    STREAMS,
    camera_cgi,
    restore_servers,
)

KEY: Final = "vstarcam"

_ADDRESS_SCHEMA: Final = address_schema(vol.Required(CONF_PORT, default=HTTP_PORT), "admin")
_DEFAULT_HEARTBEAT_SECONDS: Final = 60
_MAX_HEARTBEAT_SECONDS: Final = 3600
_TLS_TIMEOUT_SECONDS: Final = 3


class VStarcamConfigFlow(SourceConfigFlow):
    """The config flow's step for VStarcam cameras."""

    async def async_step_vstarcam(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Create an entry with a URL to paste."""
        return self.async_create_push_entry(KEY, is_confirmed=user_input is not None)


class VStarcamCameraFlow(CameraSetupFlow):
    """Adds a camera, or sets it up again."""

    _undone = "servers_restored"
    _status: CameraStatus
    _servers: PushServers

    @override
    def _error_key(self, error: RequestError) -> str:
        if isinstance(error, DualAuthenticationError):
            return "dual_authentication"
        return error_key(error, "not_a_vstarcam")

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the camera's address and login."""
        return await self._connect("user", user_input, {})

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Offer to set the camera up again, to change its stream, or to restore its former servers."""
        return self.async_show_menu(step_id="reconfigure", menu_options=["again", "stream", "restore"])

    async def async_step_again(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the camera's address and login, which may have changed."""
        return await self._connect("again", user_input, self._stored)

    async def _connect(
        self, step_id: str, user_input: dict[str, Any] | None, known: dict[str, Any]
    ) -> SubentryFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None:
            known = known | user_input
            try:
                known = await self._read(known)
            except CertificateError as err:
                # As it is where nothing but HTTPS answers, too.
                known |= {CONF_SSL: True}
                errors["base"] = self._error_key(err)
            except RequestError as err:
                errors["base"] = self._error_key(err)
            else:
                self._address = address_data(known)
                self._stream = await async_find_stream(CameraAddress.from_data(known), STREAMS)
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

    async def _read(self, known: dict[str, Any]) -> dict[str, Any]:
        """Read the camera's settings, and return its address; some models answer HTTPS only (documented)."""
        try:
            await self._read_from(known)
        except (NoAnswerError, AnswerError) as err:
            if known[CONF_SSL]:
                raise
            port = HTTPS_PORT if known[CONF_PORT] == HTTP_PORT else known[CONF_PORT]
            secure = known | {CONF_SSL: True, CONF_PORT: port}
            try:
                async with answered_within(_TLS_TIMEOUT_SECONDS):
                    await self._read_from(secure)
            except CertificateError:
                if isinstance(err, NoAnswerError):
                    known[CONF_PORT] = port
                    raise
            except NoAnswerError, AnswerError:
                pass
            else:
                return secure
            raise
        return known

    async def _read_from(self, known: dict[str, Any]) -> None:
        cgi = camera_cgi(self.hass, known)
        self._status = await cgi.status()
        try:
            checked_camera_id(self._status.vuid, CONF_VUID, ascii_only=True)
        except ProtocolError as err:
            raise AnswerError(err.sentence) from err
        self._servers = await cgi.push_servers()

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the camera's present servers; on confirmation write, read back and compare."""
        url = push_url(self.hass, self._get_entry().data[CONF_WEBHOOK_ID])
        errors: dict[str, str] = {}
        got = ""
        if user_input is not None and not (errors := await self._stream_errors(user_input, self._address)):
            wanted = PushServers(
                heartbeat_seconds=int(user_input[CONF_HEARTBEAT_SECONDS]),
                heartbeat=url,
                alarm_main=url,
                alarm_sub=self._servers.alarm_sub,
            )
            try:
                taken = await camera_cgi(self.hass, self._address).set_push_servers(wanted)
            except RequestError as err:
                errors["base"] = self._error_key(err)
            else:
                # A camera that has limits for the interval keeps its own.
                if (
                    taken.heartbeat_seconds
                    and replace(wanted, heartbeat_seconds=taken.heartbeat_seconds) == taken
                ):
                    return self._finish(taken, user_input.get(CONF_STREAM_SOURCE))
                got = next(
                    (server for server in (taken.heartbeat, taken.alarm_main) if server != url),
                    taken.heartbeat,
                )
                is_cut = got != url and url.startswith(got)
                errors["base"] = "url_cut" if is_cut else "not_taken"
        current = self._servers.heartbeat_seconds
        interval = current if 0 < current <= _MAX_HEARTBEAT_SECONDS else _DEFAULT_HEARTBEAT_SECONDS
        schema = vol.Schema(
            {
                vol.Required(CONF_HEARTBEAT_SECONDS, default=interval): seconds(
                    maximum=_MAX_HEARTBEAT_SECONDS
                ),
                **STREAM_FIELD,
            }
        )
        return self.async_show_form(
            step_id="confirm",
            data_schema=self.add_suggested_values_to_schema(schema, user_input or self._suggested_stream()),
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

    def _finish(self, taken: PushServers, stream: str | None) -> SubentryFlowResult:
        details = {name: value for name, value in asdict(self._status.details).items() if value is not None}
        data = {
            **self._address,
            CONF_VUID: self._status.vuid,
            CONF_HEARTBEAT_SECONDS: taken.heartbeat_seconds,
            CONF_DETAILS: details,
            **stream_data(stream, self._stored),
        }
        title = self._status.details.name or self._status.vuid
        if self.source == "reconfigure":
            subentry = self._get_reconfigure_subentry()
            former = subentry.data[CONF_FORMER]
            return self.async_update_and_abort(
                self._get_entry(), subentry, title=title, data=data | {CONF_FORMER: former}
            )
        data[CONF_FORMER] = asdict(self._servers)
        return self.async_create_entry(
            title=title,
            data=data,
            unique_id=self._status.vuid,
            description=KEY,
            description_placeholders={"camera": title},
        )

    async def async_step_restore(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Restore the servers that the camera had before."""
        data = self._stored
        former = data[CONF_FORMER]
        return await self.async_undo(
            "restore",
            user_input,
            lambda: restore_servers(self.hass, data),
            {"heartbeat": markdown_code(former["heartbeat"]), "alarm": markdown_code(former["alarm_main"])},
        )
