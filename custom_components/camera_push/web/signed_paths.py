"""Paths that show a picture or clip to whoever has them, for a day."""

from collections import OrderedDict
from datetime import timedelta
import time
from typing import Final

from homeassistant.components.http.auth import async_sign_path
from homeassistant.components.websocket_api import current_connection
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN

_SIGNED_FOR: Final = timedelta(hours=24)
# A path stays the same for that long: browsers then have its picture already.
_SAME_SECONDS: Final = 3600
_MAX_KEPT: Final = 4096

type _Kept = OrderedDict[tuple[str, str], tuple[float, str]]

_KEPT: Final = HassKey[_Kept](f"{DOMAIN}_signed_paths")


@callback
def signed_path(hass: HomeAssistant, path: str) -> str:
    """Return a path with a signature, by the session of the WebSocket command that is being answered."""
    if (connection := current_connection.get()) is None or connection.refresh_token_id is None:
        return async_sign_path(hass, path, _SIGNED_FOR)
    key = connection.refresh_token_id, path
    kept = hass.data.setdefault(_KEPT, OrderedDict())
    now = time.time()
    if (found := kept.get(key)) is not None and 0 <= now - found[0] < _SAME_SECONDS:
        return found[1]
    signed = async_sign_path(hass, path, _SIGNED_FOR)
    kept[key] = now, signed
    kept.move_to_end(key)
    if len(kept) > _MAX_KEPT:
        kept.popitem(last=False)
    return signed
