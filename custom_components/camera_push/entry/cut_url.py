"""URLs that a camera cut off: the entry receives at them too, to raise a repair issue."""

from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web
from homeassistant.components import webhook
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..const import DOMAIN
from ..hub.issues import Issues
from ..transports.urls import push_url

# Sizes of URL fields in cameras, in bytes, with or without an end mark.
_LIMITS: Final = (48, 60, 64, 72, 80, 96, 100, 120, 128)
# The rest of a secret must still be one.
_SHORTEST: Final = 12


def cut_ids(url: str, webhook_id: str) -> dict[str, int]:
    """Return the webhook ids that are left of a URL that is cut off, and the length of each URL."""
    base = len(url) - len(webhook_id)
    lengths = {limit - end for limit in _LIMITS for end in (0, 1)}
    return {
        webhook_id[: length - base]: length
        for length in sorted(lengths)
        if _SHORTEST <= length - base < len(webhook_id)
    }


@callback
def register_cut_urls(
    hass: HomeAssistant, entry: ConfigEntry, issues: Issues, *, local_only: bool
) -> CALLBACK_TYPE:
    """Listen where cameras push that cut the entry's URL off; the callback that is returned ends that.

    Home Assistant answers an empty 200 to ids that it does not know: the camera would seem to work,
    and nothing would ever appear.
    """
    issues.async_url_is_whole()
    webhook_id = entry.data[CONF_WEBHOOK_ID]
    found = cut_ids(push_url(hass, webhook_id), webhook_id)

    async def refuse(hass: HomeAssistant, cut_id: str, request: web.Request) -> web.Response:
        # A browser that the URL was typed into, maybe not to its end, is no camera.
        if request.method != hdrs.METH_GET:
            issues.async_cut_url(request.remote or "?", found[cut_id])
        return web.json_response(
            {"status": "error", "message": "This URL is cut off: its end is missing."},
            status=HTTPStatus.NOT_FOUND,
        )

    for cut_id in found:
        webhook.async_register(
            hass,
            DOMAIN,
            entry.title,
            cut_id,
            refuse,
            local_only=local_only,
            allowed_methods=(hdrs.METH_POST, hdrs.METH_PUT, hdrs.METH_GET),
        )

    @callback
    def unregister() -> None:
        for cut_id in found:
            webhook.async_unregister(hass, cut_id)

    return unregister
