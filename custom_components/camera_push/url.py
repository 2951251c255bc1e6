"""The URL that is pasted into a camera."""

from __future__ import annotations

from homeassistant.components.webhook import async_generate_path
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.network import NoURLAvailableError, get_url


@callback
def push_urls(hass: HomeAssistant, webhook_id: str, *, local_only: bool) -> str:
    """Return the URLs at which an entry takes pushes, as Markdown: one in a line each.

    The first is that in the local network. The one from outside is there only where pushes from
    outside are allowed and Home Assistant has an address there.
    """
    bases: list[str] = []
    for allowed in ("internal",) if local_only else ("internal", "external"):
        try:
            base = get_url(
                hass,
                allow_internal=allowed == "internal",
                allow_external=allowed == "external",
                allow_cloud=False,
                allow_ip=True,
            )
        except NoURLAvailableError:
            continue
        if base not in bases:
            bases.append(base)
    path = async_generate_path(webhook_id)
    return "\n\n".join(f"`{base}{path}`" for base in bases or ["http://<home-assistant>:8123"])
