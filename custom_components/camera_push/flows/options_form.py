"""The options as a form: its fields, and what can be wrong with what is filled in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from ipaddress import IPv4Address, ip_address
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import (
    CONF_API_KEY,
    CONF_HOST,
    CONF_PASSWORD,
    CONF_PORT,
    CONF_URL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
    CONF_WEBHOOK_ID,
    PERCENTAGE,
    UnitOfInformation,
    UnitOfTime,
)
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from ..const import (
    CONF_AUTHENTICATION,
    CONF_AUTHENTICATION_KIND,
    CONF_FTP,
    CONF_HEADER_VALUE,
    CONF_HEARTBEAT_INTERVAL,
    CONF_HOLD_TIMES,
    CONF_KEEP_DAYS,
    CONF_KEEP_GIB,
    CONF_LATENESS_LIMIT,
    CONF_LOCAL_ONLY,
    CONF_MAX_CAMERAS,
    CONF_MINIMUM_PERSON_CONFIDENCE,
    CONF_MISSED_HEARTBEATS,
    CONF_NETWORKS,
    CONF_PASSIVE_ADDRESS,
    CONF_PASSIVE_PORTS,
    CONF_PLATFORM,
    CONF_POLL_INTERVAL,
    CONF_RATE_OF_ALL,
    CONF_RATE_OF_ONE,
    CONF_RATES,
    CONF_STORE,
    CONF_TCP,
    DEFAULT_PASSIVE_PORTS,
)
from ..sources.base import Source, Transport
from ..transports.credentials import AuthenticationKind
from ..transports.ftp import FtpSettings
from ..transports.tcp_json import PRIVATE_NETWORKS, TcpSettings
from .options import Options, credentials_in, ftp_settings_in, tcp_settings_in

_DAY_SECONDS: Final = 24 * 60 * 60
_LAST_PORT: Final = 65535

_PASSWORD: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))
# Sections with secrets. A form never shows them: left empty, they stay what they are.
_SECRETS: Final = {
    CONF_AUTHENTICATION: (CONF_PASSWORD, CONF_HEADER_VALUE),
    CONF_FTP: (CONF_PASSWORD,),
    CONF_PLATFORM: (CONF_API_KEY,),
}


def _number(minimum: float, maximum: float, unit: str | None = None) -> NumberSelector:
    step = 1 if isinstance(minimum, int) else 0.1
    config = NumberSelectorConfig(min=minimum, max=maximum, step=step, mode=NumberSelectorMode.BOX)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


def options_schema(source: Source, entry: ConfigEntry, options: Options) -> vol.Schema:
    """Return the fields that a source's entries have, with what they are set to."""
    seconds = _number(1, _DAY_SECONDS, UnitOfTime.SECONDS)
    fields: dict[vol.Marker, Any] = {}
    if CONF_WEBHOOK_ID in entry.data:
        fields[vol.Required(CONF_LOCAL_ONLY, default=options.local_only)] = BooleanSelector()
    fields |= {
        vol.Optional(CONF_HEARTBEAT_INTERVAL): seconds,
        vol.Required(CONF_MISSED_HEARTBEATS, default=options.missed_heartbeats): _number(1, 100),
        vol.Required(CONF_MAX_CAMERAS, default=options.max_cameras): _number(1, 1000),
        vol.Required(CONF_STORE, default=options.store): BooleanSelector(),
        vol.Required(CONF_KEEP_DAYS, default=options.keep_days): _number(1, 3650, UnitOfTime.DAYS),
        vol.Required(CONF_KEEP_GIB, default=options.keep_gib): _number(
            0.1, 10_000, UnitOfInformation.GIBIBYTES
        ),
    }
    if source.reads_plates:
        limit = options.lateness_limit.total_seconds()
        fields[vol.Required(CONF_LATENESS_LIMIT, default=limit)] = seconds
    if source.identifies:
        confidence = NumberSelectorConfig(
            min=0, max=100, step=1, mode=NumberSelectorMode.SLIDER, unit_of_measurement=PERCENTAGE
        )
        fields[
            vol.Required(CONF_MINIMUM_PERSON_CONFIDENCE, default=round(options.minimum_confidence * 100))
        ] = NumberSelector(confidence)
    if source.polls:
        interval = options.poll_interval.total_seconds()
        fields[vol.Required(CONF_POLL_INTERVAL, default=interval)] = _number(5, 600, UnitOfTime.SECONDS)
    for name, content in _sections(source, entry, options).items():
        fields[vol.Optional(name)] = section(vol.Schema(content), {"collapsed": True})
    return vol.Schema(fields)


def _sections(source: Source, entry: ConfigEntry, options: Options) -> dict[str, dict[vol.Marker, Any]]:
    """Return the sections of a form, each with its fields."""
    seconds = _number(1, _DAY_SECONDS, UnitOfTime.SECONDS)
    sections: dict[str, dict[vol.Marker, Any]] = {}
    if source.is_platform and CONF_WEBHOOK_ID in entry.data:
        sections[CONF_PLATFORM] = {
            vol.Optional(CONF_URL): TextSelector(TextSelectorConfig(type=TextSelectorType.URL)),
            vol.Optional(CONF_API_KEY): _PASSWORD,
            vol.Required(CONF_VERIFY_SSL, default=True): BooleanSelector(),
        }
    if source.authenticates:
        sections[CONF_AUTHENTICATION] = _authentication_fields()
    if Transport.TCP in source.transports:
        sections[CONF_TCP] = _tcp_fields()
    if Transport.FTP in source.transports:
        sections[CONF_FTP] = _ftp_fields()
    if CONF_WEBHOOK_ID in entry.data:
        sections[CONF_RATES] = {
            vol.Required(CONF_RATE_OF_ONE, default=options.rates.of_one): _number(1, 1000, "/s"),
            vol.Required(CONF_RATE_OF_ALL, default=options.rates.of_all): _number(1, 5000, "/s"),
        }
    if source.binary_sensors:
        sections[CONF_HOLD_TIMES] = {
            vol.Required(key, default=options.hold_time(key).total_seconds()): seconds
            for key in (str(description.key) for description in source.binary_sensors)
        }
    return sections


def _authentication_fields() -> dict[vol.Marker, Any]:
    kinds = SelectSelectorConfig(
        options=[str(kind) for kind in AuthenticationKind],
        mode=SelectSelectorMode.DROPDOWN,
        translation_key="authentication",
    )
    return {
        vol.Required(CONF_AUTHENTICATION_KIND, default=AuthenticationKind.NONE.value): SelectSelector(kinds),
        vol.Optional(CONF_USERNAME): TextSelector(),
        vol.Optional(CONF_PASSWORD): _PASSWORD,
        vol.Optional(CONF_HEADER_VALUE): _PASSWORD,
    }


def _tcp_fields() -> dict[vol.Marker, Any]:
    return {
        vol.Optional(CONF_PORT): _number(1, _LAST_PORT),
        vol.Optional(CONF_HOST): TextSelector(),
        vol.Optional(CONF_NETWORKS, default=list(PRIVATE_NETWORKS)): TextSelector(
            TextSelectorConfig(multiple=True)
        ),
    }


def _ftp_fields() -> dict[vol.Marker, Any]:
    return {
        vol.Optional(CONF_PORT): _number(1, _LAST_PORT),
        vol.Optional(CONF_USERNAME): TextSelector(),
        vol.Optional(CONF_PASSWORD): _PASSWORD,
        vol.Optional(CONF_PASSIVE_PORTS, default=DEFAULT_PASSIVE_PORTS): TextSelector(),
        vol.Optional(CONF_PASSIVE_ADDRESS): TextSelector(),
    }


def whole_numbers(user_input: dict[str, Any]) -> dict[str, Any]:
    """Return the input with whole numbers as such: number fields in forms give floats."""
    return {
        key: whole_numbers(value)
        if isinstance(value, dict)
        else int(value)
        if isinstance(value, float) and value.is_integer()
        else value
        for key, value in user_input.items()
    }


def without_passwords(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options as a form may show them."""
    return {
        key: {name: value for name, value in value.items() if name not in _SECRETS[key]}
        if key in _SECRETS
        else value
        for key, value in options.items()
    }


def keep_passwords(chosen: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was chosen, with the secrets of before where none were filled in."""
    kept = dict(chosen)
    for name, secrets in _SECRETS.items():
        if name in chosen:
            old = {key: value for key, value in before.get(name, {}).items() if key in secrets}
            kept[name] = old | {key: value for key, value in chosen[name].items() if value != ""}
    return kept


async def async_check_receivers(entry: ConfigEntry, chosen: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with how cameras are to come in, as a form's errors."""
    error = (
        _credentials_error(chosen.get(CONF_AUTHENTICATION, {}))
        or _tcp_error(chosen.get(CONF_TCP, {}))
        or _ftp_error(chosen.get(CONF_FTP, {}))
        or _platform_error(chosen.get(CONF_PLATFORM, {}))
        or await _ports_error(entry, chosen)
    )
    return {"base": error} if error is not None else {}


def _credentials_error(chosen: Mapping[str, Any]) -> str | None:
    credentials = credentials_in(chosen)
    if credentials.kind is AuthenticationKind.BASIC and not (credentials.username and credentials.password):
        return "login_missing"
    if credentials.kind is AuthenticationKind.HEADER and not credentials.header_value:
        return "header_missing"
    return None


def _tcp_error(chosen: Mapping[str, Any]) -> str | None:
    try:
        settings = tcp_settings_in(chosen)
        if settings is not None and settings.host:
            ip_address(settings.host)
    except ValueError:
        return "network_invalid"
    return None


def _ftp_error(chosen: Mapping[str, Any]) -> str | None:
    try:
        settings = ftp_settings_in(chosen)
        if settings is not None and settings.passive_address is not None:
            IPv4Address(settings.passive_address)
    except ValueError:
        return "passive_invalid"
    if settings is not None and not (settings.username and settings.password):
        return "ftp_login_missing"
    return None


def _platform_error(chosen: Mapping[str, Any]) -> str | None:
    url = chosen.get(CONF_URL)
    if url and not url.lower().startswith(("http://", "https://")):
        return "url_invalid"
    return None


async def _ports_error(entry: ConfigEntry, chosen: Mapping[str, Any]) -> str | None:
    tcp = tcp_settings_in(chosen.get(CONF_TCP, {}))
    ftp = ftp_settings_in(chosen.get(CONF_FTP, {}))
    if (
        tcp is not None
        and ftp is not None
        and (tcp.port == ftp.port or {tcp.port, ftp.port} & set(ftp.passive_ports))
    ):
        return "port_twice"
    for host, port in _ports(tcp, ftp) - _open_ports(entry):
        if not await _is_free(host, port):
            return "port_in_use"
    return None


def _ports(tcp: TcpSettings | None, ftp: FtpSettings | None) -> set[tuple[str | None, int]]:
    found: set[tuple[str | None, int]] = set()
    if tcp is not None:
        found.add((tcp.host or None, tcp.port))
    if ftp is not None:
        found.add((None, ftp.port))
    return found


def _open_ports(entry: ConfigEntry) -> set[tuple[str | None, int]]:
    """Return where the entry listens already."""
    if entry.state is not ConfigEntryState.LOADED:
        return set()
    options: Options = entry.runtime_data.options
    return _ports(options.tcp, options.ftp)


async def _is_free(host: str | None, port: int) -> bool:
    """Tell whether we could listen there."""

    def refuse(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    try:
        server = await asyncio.start_server(refuse, host, port)
    except OSError:
        return False
    server.close()
    await server.wait_closed()
    return True
