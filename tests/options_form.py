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
# Stored in the mapping of their transport.
_OF_TRANSPORTS = {
    "tcp": frozenset({"host", "networks"}),
    "ftp": frozenset({"networks", "passive_ports", "passive_address"}),
}


def as_form(options: dict[str, Any]) -> dict[str, Any]:
    """Return options, as an entry stores them, in the sections of the form."""
    options = dict(options)
    advanced = options.pop("rates", {}) | {key: options.pop(key) for key in _ADVANCED & options.keys()}
    for group, keys in _OF_TRANSPORTS.items():
        options |= {group: dict(options[group])} if group in options else {}
        advanced |= {
            f"{group}_{key}": options[group].pop(key) for key in keys & options.get(group, {}).keys()
        }
    return {**options, "advanced": advanced} if advanced else options
