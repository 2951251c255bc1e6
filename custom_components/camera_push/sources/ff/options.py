"""The options of FF entries: credentials over HTTP, and receiving over TCP and FTP."""

from collections.abc import Callable
from ipaddress import IPv4Address, ip_address
from ssl import SSLContext
from typing import Any, Final

from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PORT, CONF_USERNAME
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig

from ...const import (
    CONF_AUTHENTICATION,
    CONF_AUTHENTICATION_KIND,
    CONF_FTP,
    CONF_HEADER_VALUE,
    CONF_NETWORKS,
    CONF_PASSIVE_ADDRESS,
    CONF_PASSIVE_PORTS,
    CONF_TCP,
)
from ...transports.credentials import AuthenticationKind, Credentials
from ...transports.ftp_settings import FtpSettings, parse_ports
from ...transports.locality import PRIVATE_NETWORKS, parse_networks
from ...transports.tcp_json import TcpSettings
from ..options import OptionField, Options, OptionSection, OptionsTable
from ..selectors import PASSWORD, PORT, dropdown
from .file_name import tells_read

_AUTHENTICATION: Final = OptionSection(
    key=CONF_AUTHENTICATION,
    fields=(
        OptionField(
            key=CONF_AUTHENTICATION_KIND,
            selector=dropdown(AuthenticationKind, "authentication"),
            default=AuthenticationKind.NONE.value,
        ),
        OptionField(key=CONF_USERNAME, selector=TextSelector()),
        OptionField(key=CONF_PASSWORD, selector=PASSWORD, is_secret=True),
        OptionField(key=CONF_HEADER_VALUE, selector=PASSWORD, is_secret=True),
    ),
)
_TCP: Final = OptionSection(key=CONF_TCP, fields=(OptionField(key=CONF_PORT, selector=PORT),))
_FTP: Final = OptionSection(
    key=CONF_FTP,
    fields=(
        OptionField(key=CONF_PORT, selector=PORT),
        OptionField(key=CONF_USERNAME, selector=TextSelector()),
        OptionField(key=CONF_PASSWORD, selector=PASSWORD, is_secret=True),
    ),
)


def _advanced(group: str, key: str, selector: TextSelector, default: Any = None) -> OptionField:
    """Return an advanced option of a transport."""
    return OptionField(key=key, selector=selector, default=default, group=group, form_key=f"{group}_{key}")


_NETWORK_LIST: Final = TextSelector(TextSelectorConfig(multiple=True))
_TCP_HOST: Final = _advanced(CONF_TCP, CONF_HOST, TextSelector())
_TCP_NETWORKS: Final = _advanced(CONF_TCP, CONF_NETWORKS, _NETWORK_LIST, list(PRIVATE_NETWORKS))
_FTP_NETWORKS: Final = _advanced(CONF_FTP, CONF_NETWORKS, _NETWORK_LIST, list(PRIVATE_NETWORKS))
_PASSIVE_PORTS: Final = _advanced(CONF_FTP, CONF_PASSIVE_PORTS, TextSelector(), "50000-50019")
_PASSIVE_ADDRESS: Final = _advanced(CONF_FTP, CONF_PASSIVE_ADDRESS, TextSelector())


def credentials(options: Options) -> Credentials:
    """Return the credentials that cameras have to send over HTTP."""
    chosen = _AUTHENTICATION.values(options)
    return Credentials(
        kind=AuthenticationKind(chosen[CONF_AUTHENTICATION_KIND]),
        username=chosen[CONF_USERNAME] or "",
        password=chosen[CONF_PASSWORD] or "",
        header_value=chosen[CONF_HEADER_VALUE] or "",
    )


def tcp_settings(options: Options) -> TcpSettings | None:
    """Return the settings of the TCP port, None without one; raises ValueError for an invalid network."""
    if not (port := _TCP.values(options)[CONF_PORT]):
        return None
    chosen = options[CONF_TCP]
    return TcpSettings(
        port=int(port),
        host=_TCP_HOST.value(chosen) or "",
        networks=parse_networks(_TCP_NETWORKS.value(chosen)),
    )


def ftp_settings(
    options: Options, load_certificate: Callable[[], SSLContext] | None = None
) -> FtpSettings | None:
    """Return the settings of the FTP server, None without one; the certificate is for FTPS.

    Raises ValueError for invalid ports or an invalid network.
    """
    login = _FTP.values(options)
    if not login[CONF_PORT]:
        return None
    chosen = options[CONF_FTP]
    return FtpSettings(
        port=int(login[CONF_PORT]),
        username=login[CONF_USERNAME] or "",
        password=login[CONF_PASSWORD] or "",
        passive_ports=parse_ports(_PASSIVE_PORTS.value(chosen)),
        is_telling=tells_read,
        passive_address=_PASSIVE_ADDRESS.value(chosen) or None,
        networks=parse_networks(_FTP_NETWORKS.value(chosen)),
        load_certificate=load_certificate,
    )


def _check(options: Options) -> str | None:
    """Return the error's key for invalid options, None for valid ones."""
    login = credentials(options)
    if login.kind is AuthenticationKind.BASIC and not (login.username and login.password):
        return "login_missing"
    if login.kind is AuthenticationKind.HEADER and not login.header_value:
        return "header_missing"
    try:
        tcp = tcp_settings(options)
        if tcp is not None and tcp.host:
            ip_address(tcp.host)
    except ValueError:
        return "network_invalid"
    try:
        parse_networks(_FTP_NETWORKS.value(options.get(CONF_FTP, {})))
    except ValueError:
        return "ftp_network_invalid"
    try:
        ftp = ftp_settings(options)
        if ftp is not None and ftp.passive_address is not None:
            IPv4Address(ftp.passive_address)
    except ValueError:
        return "passive_invalid"
    if ftp is None:
        return None
    if not (ftp.username and ftp.password):
        return "ftp_login_missing"
    is_twice = tcp is not None and (tcp.port == ftp.port or {tcp.port, ftp.port} & set(ftp.passive_ports))
    return "port_twice" if is_twice else None


OPTIONS: Final = OptionsTable(
    sections=(_AUTHENTICATION, _TCP, _FTP),
    advanced=(_TCP_HOST, _TCP_NETWORKS, _FTP_NETWORKS, _PASSIVE_PORTS, _PASSIVE_ADDRESS),
    check=_check,
)
