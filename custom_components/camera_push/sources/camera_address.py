"""The address and login of a camera that is set up from Home Assistant: its form, its data, and its URLs."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import ClientSession
from homeassistant.const import (
    CONF_HOST,
    CONF_PASSWORD,
    CONF_PORT,
    CONF_SSL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import BooleanSelector, TextSelector
import voluptuous as vol
from yarl import URL

from .selectors import PASSWORD, PORT

HTTP_PORT: Final = 80
HTTPS_PORT: Final = 443
_KEYS: Final = (CONF_HOST, CONF_PORT, CONF_SSL, CONF_VERIFY_SSL, CONF_USERNAME, CONF_PASSWORD)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraAddress:
    """Where a camera is, and its login."""

    host: str
    port: int
    tls: bool
    username: str
    password: str = field(repr=False)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> CameraAddress:
        """Return the address in a subentry's data."""
        tls = data.get(CONF_SSL, False)
        return cls(
            host=data[CONF_HOST],
            port=int(data.get(CONF_PORT) or (HTTPS_PORT if tls else HTTP_PORT)),
            tls=tls,
            username=data[CONF_USERNAME],
            password=data[CONF_PASSWORD],
        )

    @property
    def basic_login(self) -> str:
        """Return the header of a login with the password itself."""
        return f"Basic {b64encode(f'{self.username}:{self.password}'.encode()).decode()}"

    def url(self, path: str) -> URL:
        """Return the URL of a page; raises ValueError for a host that is none."""
        return URL.build(scheme="https" if self.tls else "http", host=self.host, port=self.port, path=path)


def camera_session(hass: HomeAssistant, data: Mapping[str, Any]) -> ClientSession:
    """Return the session for the camera in a subentry's data."""
    return async_get_clientsession(hass, verify_ssl=data.get(CONF_VERIFY_SSL, True))


def address_schema(port: vol.Marker, username: str) -> vol.Schema:
    """Return the form for an address, with the field for the port and the usual user."""
    return vol.Schema(
        {
            vol.Required(CONF_HOST): TextSelector(),
            port: PORT,
            vol.Required(CONF_SSL, default=False): BooleanSelector(),
            vol.Required(CONF_VERIFY_SSL, default=True): BooleanSelector(),
            vol.Required(CONF_USERNAME, default=username): TextSelector(),
            vol.Required(CONF_PASSWORD): PASSWORD,
        }
    )


def address_data(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return a form's address as a subentry's data."""
    found = {key: form[key] for key in _KEYS if key in form}
    return found | ({CONF_PORT: int(found[CONF_PORT])} if found.get(CONF_PORT) else {})
