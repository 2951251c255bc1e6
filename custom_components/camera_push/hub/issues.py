"""Repair issues: what a user should know and can do something about."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import (
    DOMAIN,
    ISSUE_CLOCK,
    ISSUE_CREDENTIALS,
    ISSUE_CUT_URL,
    ISSUE_MAX_CAMERAS,
    ISSUE_PORT,
    ISSUE_STORAGE,
    ISSUE_UNDECODED,
    ISSUE_UNDO,
)

if TYPE_CHECKING:
    from .camera import CameraDevice

# A camera whose clock is further off spoils the judgement of what came late.
CLOCK_LIMIT: Final = timedelta(seconds=60)

_ENTRY_ISSUES: Final = (
    ISSUE_MAX_CAMERAS,
    ISSUE_CLOCK,
    ISSUE_CREDENTIALS,
    ISSUE_CUT_URL,
    ISSUE_PORT,
    ISSUE_STORAGE,
    ISSUE_UNDECODED,
)
# Those that can be mended from Home Assistant.
_FIXABLE: Final = frozenset({ISSUE_MAX_CAMERAS, ISSUE_CREDENTIALS, ISSUE_CUT_URL, ISSUE_PORT, ISSUE_STORAGE})


class Issues:
    """The repair issues of one entry; each is there or not, however often it is raised."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Raise issues for this entry."""
        self._hass = hass
        self._entry = entry

    def _id(self, kind: str, what: str = "") -> str:
        return f"{kind}_{self._entry.entry_id}{what and f'_{what}'}"

    def _raise(
        self,
        kind: str,
        what: str = "",
        severity: ir.IssueSeverity = ir.IssueSeverity.WARNING,
        about: str = "",
        **placeholders: str,
    ) -> None:
        placeholders["entry"] = self._entry.title
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._id(kind, what),
            data={"kind": kind, "entry_id": self._entry.entry_id, "about": about, **placeholders},
            is_fixable=kind in _FIXABLE,
            severity=severity,
            translation_key=kind,
            translation_placeholders=placeholders,
        )

    def _clear(self, kind: str, what: str = "") -> None:
        ir.async_delete_issue(self._hass, DOMAIN, self._id(kind, what))

    @callback
    def async_max_cameras(self, cap: int | None) -> None:
        """Say that the limit of cameras is reached, None that it is not."""
        if cap is None:
            self._clear(ISSUE_MAX_CAMERAS)
        else:
            self._raise(ISSUE_MAX_CAMERAS, cap=str(cap))

    @callback
    def async_storage(self, error: Exception | None) -> None:
        """Say that the disk takes nothing, None that it does."""
        if error is None:
            self._clear(ISSUE_STORAGE)
        else:
            self._raise(ISSUE_STORAGE, severity=ir.IssueSeverity.ERROR, error=str(error))

    @callback
    def async_port(self, kind: str, port: int | None, error: OSError | None) -> None:
        """Say that a port could not be opened, None that it could."""
        if error is None:
            self._clear(ISSUE_PORT, kind)
        else:
            self._raise(
                ISSUE_PORT,
                kind,
                ir.IssueSeverity.ERROR,
                about=kind,
                transport=kind.upper(),
                port=str(port),
                error=error.strerror or str(error),
            )

    @callback
    def async_clock(self, camera: CameraDevice) -> None:
        """Say whether a camera's clock is too far off."""
        offset = camera.clock.offset
        if offset is None or abs(offset) <= CLOCK_LIMIT:
            self._clear(ISSUE_CLOCK, camera.camera_id)
            return
        self._raise(
            ISSUE_CLOCK, camera.camera_id, camera=camera.name, offset=str(round(offset.total_seconds()))
        )

    @callback
    def async_forget_camera(self, camera: CameraDevice) -> None:
        """Take back what was said about a camera that is gone."""
        self._clear(ISSUE_CLOCK, camera.camera_id)

    @callback
    def async_credentials(self, address: str, camera: str, section: str) -> None:
        """Say that a camera keeps sending other credentials than those in a section of the options."""
        self._raise(ISSUE_CREDENTIALS, address, about=section, camera=camera, address=address)

    @callback
    def async_credentials_are_right(self, address: str) -> None:
        """Take back that something at an address sends wrong credentials."""
        self._clear(ISSUE_CREDENTIALS, address)

    @callback
    def async_cut_url(self, address: str, length: int) -> None:
        """Say that a camera pushes to our URL, cut off at a length."""
        self._raise(ISSUE_CUT_URL, severity=ir.IssueSeverity.ERROR, address=address, length=str(length))

    @callback
    def async_url_is_whole(self) -> None:
        """Take back that a camera cut our URL off."""
        self._clear(ISSUE_CUT_URL)

    @callback
    def async_undecoded(self) -> None:
        """Ask for a capture of what could not be decoded."""
        self._raise(ISSUE_UNDECODED)

    @callback
    def async_undo(self, source: str, subentry: ConfigSubentry) -> None:
        """Offer to undo the set-up of a camera whose subentry was removed."""
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            f"{ISSUE_UNDO}_{subentry.subentry_id}",
            data={"source": source, "title": subentry.title, **subentry.data},
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key=f"{ISSUE_UNDO}_{source}",
            translation_placeholders={"camera": subentry.title},
        )

    @callback
    def async_clear_all(self) -> None:
        """Take back all that was said about the entry."""
        registry = ir.async_get(self._hass)
        prefixes = tuple(self._id(kind) for kind in _ENTRY_ISSUES)
        for domain, issue_id in list(registry.issues):
            if domain == DOMAIN and issue_id.startswith(prefixes):
                ir.async_delete_issue(self._hass, domain, issue_id)
