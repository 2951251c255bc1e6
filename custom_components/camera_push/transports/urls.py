"""The URL that is pasted into a camera."""

from homeassistant.components.webhook import async_generate_path
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.network import NoURLAvailableError, get_url

# Shown where Home Assistant does not know its own address.
_UNKNOWN = "http://<home-assistant>:8123"


@callback
def push_url(hass: HomeAssistant, webhook_id: str) -> str:
    """Return the URL in the local network at which an entry takes pushes."""
    return (_bases(hass, "internal") or [_UNKNOWN])[0] + async_generate_path(webhook_id)


@callback
def push_urls(hass: HomeAssistant, webhook_id: str, *, local_only: bool) -> str:
    """Return the URLs at which an entry takes pushes, as Markdown: one in a line each.

    The first is that in the local network. The one from outside is there only where pushes from
    outside are allowed and Home Assistant has an address there.
    """
    bases = _bases(hass, "internal") if local_only else _bases(hass, "internal", "external")
    path = async_generate_path(webhook_id)
    return "\n\n".join(f"`{base}{path}`" for base in bases or [_UNKNOWN])


def _bases(hass: HomeAssistant, *kinds: str) -> list[str]:
    bases: dict[str, None] = {}
    for kind in kinds:
        try:
            base = get_url(
                hass,
                allow_internal=kind == "internal",
                allow_external=kind == "external",
                allow_cloud=False,
                allow_ip=True,
            )
        except NoURLAvailableError:
            continue
        bases[base] = None
    return list(bases)
