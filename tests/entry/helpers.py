"""What tests of entries share."""

import shutil

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from tests.common import folders_of


async def restart(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Reload the entry from what is on disk at this very moment, as after a kill.

    The folder is copied first and put back, so that nothing counts that is only written when
    an entry is unloaded in good order.
    """
    folder = folders_of(hass, entry).index
    copy = folder.with_name("copy")
    shutil.copytree(folder, copy)
    await hass.config_entries.async_unload(entry.entry_id)
    shutil.rmtree(folder)
    copy.rename(folder)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
