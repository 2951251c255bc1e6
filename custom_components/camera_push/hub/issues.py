"""The repair issues of an entry, in Home Assistant's issue registry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util.hass_dict import HassKey

from ..const import (
    DOMAIN,
    ISSUE_CLOCK,
    ISSUE_CREDENTIALS,
    ISSUE_CUT_URL,
    ISSUE_MAX_CAMERAS,
    ISSUE_MOVE,
    ISSUE_PORT,
    ISSUE_STORAGE,
    ISSUE_UNDECODED,
    ISSUE_UNDO,
)
from ..domain.text import within_code

# A larger clock offset makes the judgement of what came late unreliable.
CLOCK_LIMIT: Final = timedelta(seconds=60)

# Solved in the entry's options: the issue links to the entry, which is where they are opened.
_SOLVED_IN_OPTIONS: Final = frozenset(
    {ISSUE_MAX_CAMERAS, ISSUE_CREDENTIALS, ISSUE_MOVE, ISSUE_PORT, ISSUE_STORAGE}
)
# Addresses that one issue about wrong credentials names; older ones are left out.
_MAX_ADDRESSES: Final = 5


@dataclass(frozen=True, slots=True)
class RemovedCamera:
    """A camera whose subentry was removed; `data` is the subentry's, with the camera's password."""

    source: str
    title: str
    data: Mapping[str, Any] = field(repr=False)


# By the id of the issue that offers to undo the camera's set-up. Every logged-in user can read an
# issue's data, so the password stays here, in memory; after a restart, neither is there any more.
_REMOVED_CAMERAS: Final[HassKey[dict[str, RemovedCamera]]] = HassKey(f"{DOMAIN}_removed_cameras")


def removed_cameras(hass: HomeAssistant) -> dict[str, RemovedCamera]:
    """Return the removed cameras whose set-up can be undone, by the id of their issue."""
    return hass.data.setdefault(_REMOVED_CAMERAS, {})


class Issues:
    """The repair issues of one entry; each exists at most once, however often it is raised."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        self._hass = hass
        self._entry = entry
        # Per receiver (a section of the options): the addresses with wrong credentials, and their cameras.
        self._wrong_credentials: dict[str, dict[str, str]] = {}

    def _id(self, kind: str, subject: str = "") -> str:
        return f"{kind}_{self._entry.entry_id}{subject and f'_{subject}'}"

    def _set(
        self,
        kind: str,
        subject: str = "",
        *,
        is_raised: bool = True,
        severity: ir.IssueSeverity = ir.IssueSeverity.WARNING,
        **placeholders: object,
    ) -> None:
        """Raise an issue, or clear it."""
        issue_id = self._id(kind, subject)
        if not is_raised:
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
            return
        entry_id = self._entry.entry_id
        page = f"homeassistant://config/integrations/integration/{DOMAIN}#config_entry={entry_id}"
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            data={"entry_id": entry_id},
            is_fixable=kind == ISSUE_CUT_URL,
            learn_more_url=page if kind in _SOLVED_IN_OPTIONS else None,
            severity=severity,
            translation_key=kind,
            translation_placeholders={
                "entry": self._entry.title,
                **{name: str(value) for name, value in placeholders.items()},
            },
        )

    def _clear_kinds(self, *kinds: str) -> None:
        """Clear the entry's issues of some kinds; all of them if none are given."""
        for domain, issue_id in list(ir.async_get(self._hass).issues):
            kind, separator, _ = issue_id.partition(f"_{self._entry.entry_id}")
            if domain == DOMAIN and separator and (not kinds or kind in kinds):
                ir.async_delete_issue(self._hass, domain, issue_id)

    @callback
    def async_start(self) -> None:
        """Clear the issues about receivers that an earlier run of the entry raised.

        The options may have changed since, and a receiver that they no longer have clears nothing.
        """
        self._clear_kinds(ISSUE_CREDENTIALS, ISSUE_PORT)

    @callback
    def async_clear_all(self) -> None:
        """Clear all issues of the entry."""
        self._clear_kinds()

    @callback
    def async_max_cameras(self, limit: int | None) -> None:
        """Raise the issue that the limit of cameras is reached; clear it for None."""
        self._set(ISSUE_MAX_CAMERAS, is_raised=limit is not None, limit=limit)

    @callback
    def async_storage(self, error: Exception | None) -> None:
        """Raise the issue that the disk cannot be written to; clear it for None."""
        severity = ir.IssueSeverity.ERROR
        self._set(ISSUE_STORAGE, is_raised=error is not None, severity=severity, error=error)

    @callback
    def async_move(self, error: Exception | None) -> None:
        """Raise the issue that pictures cannot be moved to where the user wants them; clear it for None."""
        self._set(ISSUE_MOVE, is_raised=error is not None, error=error)

    @callback
    def async_port(self, kind: str, port: int | None, error: OSError | None) -> None:
        """Raise the issue that a receiver's port cannot be opened; clear it for None."""
        self._set(
            ISSUE_PORT,
            kind,
            is_raised=error is not None,
            severity=ir.IssueSeverity.ERROR,
            transport=kind.upper(),
            port=port,
            error=error and (error.strerror or error),
        )

    @callback
    def async_clock(self, camera_id: str, name: str, offset: timedelta | None) -> None:
        """Raise the issue that a camera's clock is too far off, or clear it."""
        offset = offset or timedelta()
        self._set(
            ISSUE_CLOCK,
            camera_id,
            is_raised=abs(offset) > CLOCK_LIMIT,
            camera=within_code(name),
            offset=round(offset.total_seconds()),
        )

    @callback
    def async_credentials(self, address: str, camera: str, section: str) -> None:
        """Raise the issue that a camera keeps sending wrong credentials; `section` is the receiver's."""
        cameras = self._wrong_credentials.setdefault(section, {})
        cameras.pop(address, None)
        cameras[address] = camera
        if len(cameras) > _MAX_ADDRESSES:
            del cameras[next(iter(cameras))]
        self._update_credentials(section)

    @callback
    def async_credentials_are_right(self, address: str) -> None:
        """Take an address out of the issues about wrong credentials."""
        for section, cameras in self._wrong_credentials.items():
            if cameras.pop(address, None) is not None:
                self._update_credentials(section)

    def _update_credentials(self, section: str) -> None:
        cameras = self._wrong_credentials[section]
        self._set(
            ISSUE_CREDENTIALS,
            section,
            is_raised=bool(cameras),
            camera=within_code(", ".join(dict.fromkeys(cameras.values()))),
            address=", ".join(cameras),
        )

    @callback
    def async_cut_url(self, address: str, length: int) -> None:
        """Raise the issue that a camera pushes to the entry's URL, cut off at a length."""
        self._set(ISSUE_CUT_URL, severity=ir.IssueSeverity.ERROR, address=address, length=length)

    @callback
    def async_url_is_whole(self) -> None:
        """Clear the issue that a camera cut the entry's URL off."""
        self._set(ISSUE_CUT_URL, is_raised=False)

    @callback
    def async_undecoded(self) -> None:
        """Raise the issue that a camera pushes a format that is not decoded."""
        self._set(ISSUE_UNDECODED)

    @callback
    def async_undo(self, source: str, subentry: ConfigSubentry) -> None:
        """Offer to undo the set-up of a camera whose subentry was removed."""
        issue_id = f"{ISSUE_UNDO}_{subentry.subentry_id}"
        removed_cameras(self._hass)[issue_id] = RemovedCamera(source, subentry.title, subentry.data)
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            data={"entry_id": self._entry.entry_id, "subentry_id": subentry.subentry_id},
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key=f"{ISSUE_UNDO}_{source}",
            translation_placeholders={"camera": subentry.title},
        )
