"""The options of OMNI entries that are pushed to: where the pictures of these pushes are."""

from __future__ import annotations

from typing import Any, Final

from homeassistant.const import CONF_API_KEY, CONF_URL, CONF_VERIFY_SSL
from homeassistant.helpers.selector import BooleanSelector

from ...const import CONF_PLATFORM
from ..options import OptionField, Options, OptionSection, OptionsTable
from ..selectors import PASSWORD, URL

_PLATFORM: Final = OptionSection(
    key=CONF_PLATFORM,
    fields=(
        OptionField(key=CONF_URL, selector=URL),
        OptionField(key=CONF_API_KEY, selector=PASSWORD, is_secret=True),
        OptionField(key=CONF_VERIFY_SSL, selector=BooleanSelector(), default=True),
    ),
    needs_webhook=True,
)


def picture_platform(options: Options) -> dict[str, Any] | None:
    """Return the platform's address and key, None where pictures are not fetched."""
    platform = _PLATFORM.values(options)
    return platform if platform[CONF_URL] else None


def _check(options: Options) -> str | None:
    platform = picture_platform(options)
    is_url = platform is None or platform[CONF_URL].lower().startswith(("http://", "https://"))
    return None if is_url else "url_invalid"


OPTIONS: Final = OptionsTable(sections=(_PLATFORM,), check=_check)
