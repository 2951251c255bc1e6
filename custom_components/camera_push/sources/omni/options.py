"""The options of OMNI entries that are pushed to: where the pictures of these pushes are."""

from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_API_KEY, CONF_URL, CONF_VERIFY_SSL
from homeassistant.helpers.selector import BooleanSelector

from ...const import CONF_PLATFORM
from ..local_servers import CONF_LOCAL_SERVERS
from ..options import OptionField, Options, OptionSection, OptionsTable
from ..selectors import PASSWORD, URL
from .client import OmniSettings

_PLATFORM: Final = OptionSection(
    key=CONF_PLATFORM,
    fields=(
        OptionField(key=CONF_URL, selector=URL),
        OptionField(key=CONF_API_KEY, selector=PASSWORD, is_secret=True),
        OptionField(key=CONF_VERIFY_SSL, selector=BooleanSelector(), default=True),
    ),
    needs_webhook=True,
)


def picture_platform(entry: ConfigEntry) -> dict[str, Any] | None:
    """Return the platform's address and key, None where pictures are not fetched."""
    platform = _PLATFORM.values(entry.options)
    known = {CONF_LOCAL_SERVERS: entry.data.get(CONF_LOCAL_SERVERS, {})}
    return platform | known if platform[CONF_URL] else None


def _check(options: Options) -> str | None:
    platform = _PLATFORM.values(options)
    try:
        if platform[CONF_URL]:
            OmniSettings.from_data(platform)
    except ValueError:
        return "url_invalid"
    return None


OPTIONS: Final = OptionsTable(sections=(_PLATFORM,), check=_check)
