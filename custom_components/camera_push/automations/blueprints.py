"""The action that puts the integration's blueprints among the user's."""

from pathlib import Path
import shutil
from typing import Any, Final

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..const import DOMAIN

_AUTOMATION: Final = "automation"
ATTR_REPLACE: Final = "replace"
INSTALL_BLUEPRINTS: Final = vol.Schema({vol.Optional(ATTR_REPLACE, default=False): cv.boolean})

_SHIPPED: Final = Path(__file__).parent.parent / "blueprints"


async def install_blueprints(call: ServiceCall) -> dict[str, Any]:
    """Copy the blueprints; those that the user changed stay as they are, unless they are to be replaced."""
    hass = call.hass
    target = Path(hass.config.path("blueprints", _AUTOMATION, DOMAIN))
    try:
        installed, kept = await hass.async_add_executor_job(_copy, target, call.data[ATTR_REPLACE])
    except OSError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="blueprints_failed",
            translation_placeholders={"error": str(err)},
        ) from err
    await _discard_loaded(hass)
    return {"installed": installed, "kept": kept}


def _copy(target: Path, replace: bool) -> tuple[list[str], list[str]]:  # noqa: FBT001  # Called by position, in the executor.
    """Return the names of the files that were written, and of those that were there in another form."""
    target.mkdir(parents=True, exist_ok=True)
    installed: list[str] = []
    kept: list[str] = []
    for source in sorted(_SHIPPED.glob("*.yaml")):
        file = target / source.name
        if file.exists() and file.read_bytes() != source.read_bytes() and not replace:
            kept.append(source.name)
            continue
        shutil.copyfile(source, file)
        installed.append(source.name)
    return installed, kept


async def _discard_loaded(hass: HomeAssistant) -> None:
    """Have Home Assistant read the blueprints anew, if it has read any."""
    if (loaded := hass.data.get("blueprint", {}).get(_AUTOMATION)) is not None:
        await loaded.async_reset_cache()
