"""Subentries that name a platform's profiles and watchlists."""

from datetime import datetime
from typing import Any, ClassVar, Final, override

from homeassistant.helpers.selector import SelectOptionDict
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import CONF_GROUPS, CONF_HOLD_TIME, CONF_PROFILES, SUBENTRY_PERSON, SUBENTRY_WATCHLIST
from ..domain.ids import MAX_ID_LENGTH
from ..domain.platform_names import PlatformNames
from ..entry.runtime import find_runtime
from ..hub.known_devices import SeenProfile
from ..sources.selectors import seconds, several
from .subentry import NamedSubentryFlow

_DEFAULT_HOLD_SECONDS: Final = 60
_MAX_PICTURES: Final = 6
_MAX_IDS: Final = 50


class _NameFlow(NamedSubentryFlow):
    """Base of the flows that give ids a name."""

    ids_key: ClassVar[str]

    def _names(self) -> PlatformNames:
        """Return the names that the platform gave profiles and watchlists."""
        runtime = find_runtime(self.hass, self._get_entry().entry_id)
        return runtime.hub.known.names if runtime is not None else PlatformNames()

    @override
    def _errors(self, user_input: dict[str, Any]) -> dict[str, str]:
        ids = user_input[self.ids_key]
        if not ids:
            return {self.ids_key: "id_missing"}
        if len(ids) > _MAX_IDS or any(not 0 < len(one) <= 2 * MAX_ID_LENGTH for one in ids):
            return {self.ids_key: "id_invalid"}
        taken = {one for other in self._others() for one in other[self.ids_key]}
        return {self.ids_key: "id_taken"} if taken & set(ids) else {}


class PersonFlow(_NameFlow):
    """Adds a person, or changes one."""

    kind = SUBENTRY_PERSON
    ids_key = CONF_PROFILES

    def _seen(self) -> dict[str, SeenProfile]:
        """Return the recently seen profiles without a person, newest first."""
        if (runtime := find_runtime(self.hass, self._get_entry().entry_id)) is None:
            return {}
        known = runtime.hub.known
        return {
            profile: seen
            for profile, seen in reversed(known.profiles.items())
            if known.person(profile) is None
        }

    @override
    def _fields(self) -> dict[vol.Marker, Any]:
        names = self._names().profiles
        options = [
            SelectOptionDict(
                value=profile, label=f"{names.get(profile, profile)} ({what.camera}, {_clock(what.at)})"
            )
            for profile, what in self._seen().items()
        ]
        return {
            # Not required: a form would choose the first one by itself.
            vol.Optional(CONF_PROFILES, default=[]): several(options),
            vol.Required(CONF_HOLD_TIME, default=_DEFAULT_HOLD_SECONDS): seconds(),
        }

    @override
    def _placeholders(self) -> dict[str, str]:
        names = self._names().profiles
        profiles = list(self._seen().items())[:_MAX_PICTURES]
        return {"seen": self._pictures((seen.picture, names.get(key, key)) for key, seen in profiles)}


class WatchlistFlow(_NameFlow):
    """Names a watchlist, or changes a name."""

    kind = SUBENTRY_WATCHLIST
    ids_key = CONF_GROUPS

    @override
    def _fields(self) -> dict[vol.Marker, Any]:
        options = [
            SelectOptionDict(value=group, label=title) for group, title in self._names().watchlists.items()
        ]
        return {vol.Optional(CONF_GROUPS, default=[]): several(options)}


def _clock(at: datetime) -> str:
    return f"{dt_util.as_local(at):%H:%M}"
