"""How an entry's store is set: its folders, and how much is kept."""

from pathlib import Path

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..const import CONF_SOURCE, DOMAIN
from ..domain.options import EntryOptions, MediaPlace
from ..storage.places import StoreFolders
from ..storage.retention import Retention


def retention(options: EntryOptions) -> Retention:
    """Return how much an entry with these options keeps."""
    return Retention(
        days=options.keep_days if options.store else 0,
        clip_days=options.keep_clip_days,
        plate_days=options.keep_plate_days,
        person_days=options.keep_person_days,
        bytes=int(options.keep_gib * 1024**3),
        history_days=options.keep_history_days,
    )


def folder_name(entry: ConfigEntry) -> str:
    """Return the name of an entry's folders, which no other entry of any Home Assistant has."""
    return f"{entry.data[CONF_SOURCE]}_{entry.entry_id[-8:].lower()}"


def folders_named(hass: HomeAssistant, name: str, chosen: MediaPlace | None = None) -> StoreFolders:
    """Return the folders of that name; the user chose `chosen` for pictures and clips."""
    index, cache = Path(hass.config.path(DOMAIN, name)), Path(hass.config.cache_path(DOMAIN, name))
    media = {MediaPlace.CONFIGURATION: index, MediaPlace.CACHE: cache / "media"}
    if folder := next(iter(hass.config.media_dirs.values()), None):
        media[MediaPlace.MEDIA] = Path(folder, DOMAIN, name)
    return StoreFolders(base=Path(hass.config.path()), index=index, cache=cache, media=media, chosen=chosen)


def store_folders(hass: HomeAssistant, entry: ConfigEntry, options: EntryOptions) -> StoreFolders:
    """Return the folders of an entry's pictures, clips and records."""
    return folders_named(hass, folder_name(entry), options.media_place)
