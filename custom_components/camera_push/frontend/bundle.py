"""The module with the cards and the dashboard, over HTTP."""

from dataclasses import dataclass
from functools import cache
import gzip
from hashlib import sha256
from pathlib import Path
from typing import Final

from aiohttp import hdrs, web
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import HomeAssistantView

from ..const import DOMAIN

PATH: Final = f"/api/{DOMAIN}/frontend/camera-push.js"

_FILE: Final = Path(__file__).parent / "camera-push.js"
_IMMUTABLE: Final = "public, max-age=31536000, immutable"
_CHANGING: Final = "no-cache"


@dataclass(frozen=True, slots=True)
class Bundle:
    """The module as it is served."""

    version: str
    content: bytes
    compressed: bytes

    @property
    def url(self) -> str:
        """Return the URL of this version: an update has another, which no browser has in its cache."""
        return f"{PATH}?v={self.version}"


@cache
def read_bundle() -> Bundle:
    """Read the module; not to be called in the event loop."""
    content = _FILE.read_bytes()
    return Bundle(sha256(content).hexdigest()[:12], content, gzip.compress(content, mtime=0))


def is_bundle(url: str) -> bool:
    """Return whether a URL is that of the module, in any version."""
    return url.partition("?")[0] == PATH


class BundleView(HomeAssistantView):
    """Serves the module; browsers load modules without logging in, and there is nothing secret in it."""

    url = PATH
    name = f"api:{DOMAIN}:frontend"
    requires_auth = False

    def __init__(self, bundle: Bundle) -> None:
        """Serve this version, under whichever one is asked for."""
        self._bundle = bundle

    async def get(self, request: web.Request) -> web.Response:
        """Return the module, compressed where the browser takes that."""
        bundle = self._bundle
        is_current = request.query.get("v") == bundle.version
        headers = {
            hdrs.CACHE_CONTROL: _IMMUTABLE if is_current else _CHANGING,
            hdrs.VARY: hdrs.ACCEPT_ENCODING,
            "X-Content-Type-Options": "nosniff",
        }
        body = bundle.content
        if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
            headers[hdrs.CONTENT_ENCODING] = "gzip"
            body = bundle.compressed
        return web.Response(body=body, content_type="text/javascript", charset="utf-8", headers=headers)


@callback
def async_register_bundle(hass: HomeAssistant, bundle: Bundle) -> None:
    """Serve the module."""
    hass.http.register_view(BundleView(bundle))
