"""What a camera's profiles and heartbeat are set to, as people say it, in Home Assistant's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ...const import DOMAIN
from ...domain.text import printable
from .client import PushSettings, Settings

_MAX_URL_LENGTH: Final = 80
_CATEGORY: Final = "selector"
_PREFIX: Final = f"component.{DOMAIN}.{_CATEGORY}.push_settings.options."


@dataclass(frozen=True, slots=True, kw_only=True)
class Summaries:
    """One line for each push profile, and one for the heartbeat."""

    profiles: Mapping[int, str]
    heartbeat: str


async def async_summaries(hass: HomeAssistant, present: PushSettings) -> Summaries:
    """Return what a camera is set to; labels of a form's options cannot have placeholders of their own."""
    texts = await async_get_translations(hass, hass.config.language, _CATEGORY, [DOMAIN])

    def word(key: str) -> str:
        return texts.get(_PREFIX + key, key)

    def summary(settings: Settings | None) -> str:
        if settings is None:
            return word("unknown")
        url = printable(settings.url, _MAX_URL_LENGTH)
        if not url:
            return word("nothing_set")
        protocol = f" ({settings.protocol})" if settings.protocol else ""
        return f"{word('on' if settings.is_on else 'off')}: {url}{protocol}"

    return Summaries(
        profiles={number: summary(settings) for number, settings in present.profiles.items()},
        heartbeat=summary(present.heartbeat),
    )
