"""What is remembered of an entry itself, by name: written beside whatever is told."""

from contextlib import suppress

from homeassistant.core import callback

from ..storage.store import Store, StoreError
from .context import HubContext


class Settings:
    """Writes settings of an entry to its store."""

    def __init__(self, context: HubContext, store: Store) -> None:
        self._context = context
        self._store = store

    @callback
    def async_set(self, name: str, value: str) -> None:
        """Have a setting written, before anything that is told from now on."""
        self._context.entry.async_create_task(self._context.hass, self._write(name, value), eager_start=True)

    async def _write(self, name: str, value: str) -> None:
        # No alarm has to wait for a disk that does not take it.
        with suppress(StoreError):
            await self._store.put_setting(name, value)
