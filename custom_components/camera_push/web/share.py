"""The action that makes a link to a picture or clip, for notifications."""

from datetime import timedelta
from typing import Any, Final

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import ServiceCall
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers.network import NoURLAvailableError, get_url
import voluptuous as vol

from ..const import DOMAIN
from ..domain.media_id import MediaId
from .errors import invalid
from .permissions import may_read_all, user_of

ATTR_MEDIA: Final = "media"
# A template gives "None" for a picture that is not there.
_NO_MEDIA: Final = ("", "None")
_LINK_VALID_FOR: Final = timedelta(days=1)

SHARE_MEDIA: Final = vol.Schema({vol.Required(ATTR_MEDIA): vol.Any(None, str)})


async def share_media(call: ServiceCall) -> dict[str, Any]:
    """Return a link that shows an item to whoever has it, for a day; without an item, none.

    `path` is for Home Assistant's app, which knows where Home Assistant is; `url` for everything else. That
    begins with the address in the local network, which integrations that send the picture on can reach.
    """
    if (media := call.data[ATTR_MEDIA]) is None or media in _NO_MEDIA:
        return {"path": None, "url": None}
    media_id = MediaId.parse(media)
    entry = call.hass.config_entries.async_get_entry(media_id.entry_id) if media_id is not None else None
    if media_id is None or entry is None or entry.domain != DOMAIN:
        raise invalid("unknown_media", identifier=media)
    # An automation has no user. The link needs no login: only who may see all cameras can hand it on.
    if not may_read_all(await user_of(call)):
        raise Unauthorized(context=call.context, permission=POLICY_READ)
    path = async_sign_path(call.hass, media_id.path, _LINK_VALID_FOR, use_content_user=True)
    try:
        base = get_url(call.hass)
    except NoURLAvailableError:
        return {"path": path, "url": None}
    return {"path": path, "url": f"{base}{path}"}
