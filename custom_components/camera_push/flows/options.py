"""The options of a config entry, typed and with their defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PORT, CONF_USERNAME

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
    DEFAULT_HOLD_TIME,
    DEFAULT_KEEP_DAYS,
    DEFAULT_KEEP_GIB,
    DEFAULT_LATENESS_LIMIT,
    DEFAULT_MAX_CAMERAS,
    DEFAULT_MINIMUM_PERSON_CONFIDENCE,
    DEFAULT_MISSED_HEARTBEATS,
    DEFAULT_PASSIVE_PORTS,
    DEFAULT_POLL_SECONDS,
    SAFETY_ALARMS,
    SAFETY_HOLD_TIME,
)
from ..domain.rates import RateSettings
from ..storage.store import Retention
from ..transports.credentials import AuthenticationKind, Credentials
from ..transports.ftp import FtpSettings, parse_ports
from ..transports.tcp_json import PRIVATE_NETWORKS, TcpSettings, parse_networks


def _default_hold_time(key: str) -> timedelta:
    return SAFETY_HOLD_TIME if key in SAFETY_ALARMS else DEFAULT_HOLD_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the user chose.

    `heartbeat_interval` is None where it was left to be learned. With `store` off, only the
    last pictures are kept. `hold_times` has those that differ from the defaults. `tcp` and
    `ftp` are None where nothing listens. `minimum_confidence` (0..1) is that of persons;
    `platform` says where pictures of pushes over HTTP can be fetched; `rates` is how fast they may come.
    """

    local_only: bool
    max_cameras: int
    heartbeat_interval: timedelta | None
    missed_heartbeats: int
    lateness_limit: timedelta
    hold_times: Mapping[str, timedelta]
    store: bool
    keep_days: int
    keep_gib: float
    credentials: Credentials
    tcp: TcpSettings | None
    ftp: FtpSettings | None
    minimum_confidence: float
    platform: Mapping[str, Any]
    poll_interval: timedelta
    rates: RateSettings

    def hold_time(self, key: str) -> timedelta:
        """Return how long a binary sensor is on after a push."""
        return self.hold_times.get(key, _default_hold_time(key))

    @property
    def retention(self) -> Retention:
        """Return how much the store keeps."""
        return Retention(days=self.keep_days if self.store else 0, bytes=int(self.keep_gib * 1024**3))

    @classmethod
    def from_entry(cls, options: Mapping[str, Any]) -> Self:
        """Return the options in `entry.options`."""
        interval = options.get(CONF_HEARTBEAT_INTERVAL)
        rates = options.get(CONF_RATES, {})
        return cls(
            local_only=options.get(CONF_LOCAL_ONLY, True),
            max_cameras=options.get(CONF_MAX_CAMERAS, DEFAULT_MAX_CAMERAS),
            heartbeat_interval=timedelta(seconds=interval) if interval else None,
            missed_heartbeats=options.get(CONF_MISSED_HEARTBEATS, DEFAULT_MISSED_HEARTBEATS),
            lateness_limit=timedelta(
                seconds=options.get(CONF_LATENESS_LIMIT, DEFAULT_LATENESS_LIMIT.total_seconds())
            ),
            hold_times={
                key: timedelta(seconds=seconds) for key, seconds in options.get(CONF_HOLD_TIMES, {}).items()
            },
            store=options.get(CONF_STORE, True),
            keep_days=options.get(CONF_KEEP_DAYS, DEFAULT_KEEP_DAYS),
            keep_gib=options.get(CONF_KEEP_GIB, DEFAULT_KEEP_GIB),
            credentials=credentials_in(options.get(CONF_AUTHENTICATION, {})),
            tcp=tcp_settings_in(options.get(CONF_TCP, {})),
            ftp=ftp_settings_in(options.get(CONF_FTP, {})),
            minimum_confidence=options.get(CONF_MINIMUM_PERSON_CONFIDENCE, DEFAULT_MINIMUM_PERSON_CONFIDENCE)
            / 100,
            platform=options.get(CONF_PLATFORM, {}),
            poll_interval=timedelta(seconds=options.get(CONF_POLL_INTERVAL, DEFAULT_POLL_SECONDS)),
            rates=RateSettings(
                **{key: rates[key] for key in (CONF_RATE_OF_ONE, CONF_RATE_OF_ALL) if key in rates}
            ),
        )


def credentials_in(section: Mapping[str, Any]) -> Credentials:
    """Return the credentials that the options' section asks cameras for."""
    return Credentials(
        kind=AuthenticationKind(section.get(CONF_AUTHENTICATION_KIND, AuthenticationKind.NONE)),
        username=section.get(CONF_USERNAME, ""),
        password=section.get(CONF_PASSWORD, ""),
        header_value=section.get(CONF_HEADER_VALUE, ""),
    )


def tcp_settings_in(section: Mapping[str, Any]) -> TcpSettings | None:
    """Return where the options' section has us listen, None for nowhere.

    Raises ValueError when a network is none.
    """
    if not section.get(CONF_PORT):
        return None
    return TcpSettings(
        port=int(section[CONF_PORT]),
        host=section.get(CONF_HOST, ""),
        networks=parse_networks(section.get(CONF_NETWORKS, PRIVATE_NETWORKS)),
    )


def ftp_settings_in(section: Mapping[str, Any]) -> FtpSettings | None:
    """Return where the options' section has an FTP server listen, None for nowhere.

    Raises ValueError when the passive ports are none.
    """
    if not section.get(CONF_PORT):
        return None
    return FtpSettings(
        port=int(section[CONF_PORT]),
        username=section.get(CONF_USERNAME, ""),
        password=section.get(CONF_PASSWORD, ""),
        passive_ports=parse_ports(section.get(CONF_PASSIVE_PORTS, DEFAULT_PASSIVE_PORTS)),
        passive_address=section.get(CONF_PASSIVE_ADDRESS) or None,
    )
