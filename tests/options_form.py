"""An entry's options as its form takes them."""

from typing import Any

_ADVANCED = frozenset(
    {
        "local_only",
        "missed_heartbeats",
        "lateness_limit",
        "keep_clip_days",
        "keep_plate_days",
        "keep_person_days",
        "max_cameras",
    }
)


def as_form(options: dict[str, Any]) -> dict[str, Any]:
    """Return options, as an entry stores them, in the sections of the form."""
    options = dict(options)
    advanced = options.pop("rates", {}) | {key: options.pop(key) for key in _ADVANCED & options.keys()}
    return {**options, "advanced": advanced} if advanced else options
