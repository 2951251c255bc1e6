"""What the tests of cameras that are set up from Home Assistant have in common."""

from homeassistant.config_entries import ConfigEntry

from tests.emulators.ff_cgi import FFCgiServer
from tests.emulators.vstarcam_cgi import CgiServer

BASE = "http://192.0.2.2:8123"


def url(entry: ConfigEntry) -> str:
    """Return the URL that cameras of an entry push to."""
    return f"{BASE}/api/webhook/{entry.data['webhook_id']}"


def login(cgi: FFCgiServer | CgiServer, **changes) -> dict:
    """Return the form with a camera's address and login."""
    return {
        "host": "127.0.0.1",
        "port": float(cgi.port),
        "ssl": False,
        "verify_ssl": True,
        "username": cgi.user,
        "password": cgi.password,
    } | changes
