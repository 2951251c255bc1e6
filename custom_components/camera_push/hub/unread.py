"""From when on a platform's events are still to be asked for: kept over a restart."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from homeassistant.core import callback

from ..storage.store import Store, StoreError
from .context import HubContext

_SETTING: Final = "unread_since"


class Unread:
    """The begin of the gap in what is known of a platform's events; `since` is None if there is none."""

    def __init__(self, context: HubContext, store: Store) -> None:
        self._context = context
        self._store = store
        self.since: datetime | None = None

    @callback
    def async_start(self, settings: Mapping[str, str]) -> None:
        """Take over what was remembered."""
        with suppress(ValueError):
            self.since = datetime.fromisoformat(settings.get(_SETTING, "")).astimezone(UTC)

    @callback
    def async_set(self, since: datetime | None) -> None:
        """Remember the begin, on the disk before anything that is told from now on."""
        if since == self.since:
            return
        self.since = since
        self._context.entry.async_create_task(
            self._context.hass, self._write(since.isoformat() if since is not None else ""), eager_start=True
        )

    async def _write(self, text: str) -> None:
        # Without it, the gap stays unknown after a restart: no alarm has to wait for that.
        with suppress(StoreError):
            await self._store.put_setting(_SETTING, text)
