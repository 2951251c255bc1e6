"""The actions on lists of vehicles, each with a response."""

from collections.abc import Mapping
from datetime import timedelta
import os
from pathlib import Path
from typing import Any, Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import DOMAIN
from ..domain.plates import canonical_pattern
from ..domain.vehicle_lists import MAX_CSV_CHARACTERS, RowError, VehicleRow, from_csv, to_csv
from ..entry.runtime import find_runtime
from ..hub.devices import device_name, find_owned
from ..hub.vehicle_list import ListDevice
from .errors import invalid

ATTR_CSV: Final = "csv"
ATTR_DURATION: Final = "duration"
ATTR_FILENAME: Final = "filename"
ATTR_NAME: Final = "name"
ATTR_NOTE: Final = "note"
ATTR_PLATE: Final = "plate"
ATTR_REPLACE: Final = "replace"

# How long somebody who may come once is expected.
_ONCE: Final = timedelta(days=1)
_FILE_MODE: Final = 0o600

_LIST: Final[Mapping[Any, Any]] = {vol.Required(ATTR_DEVICE_ID): cv.string}
_WHO: Final[Mapping[Any, Any]] = {
    **_LIST,
    vol.Required(ATTR_PLATE): cv.string,
    vol.Optional(ATTR_NAME, default=""): cv.string,
    vol.Optional(ATTR_NOTE, default=""): cv.string,
}
_ADD: Final = vol.Schema(
    {
        **_WHO,
        vol.Optional("valid_from"): cv.string,
        vol.Optional("valid_until"): cv.string,
        vol.Optional("hours", default=""): cv.string,
        vol.Optional("once", default=False): cv.boolean,
    }
)
_ALLOW: Final = vol.Schema({**_WHO, vol.Optional(ATTR_DURATION, default=_ONCE): cv.positive_time_period})
_REMOVE: Final = vol.Schema({**_LIST, vol.Required(ATTR_PLATE): cv.string})
_EXPORT: Final = vol.Schema({**_LIST, vol.Optional(ATTR_FILENAME): cv.path})
_IMPORT: Final = vol.All(
    vol.Schema(
        {
            **_LIST,
            vol.Exclusive(ATTR_CSV, "rows"): vol.All(cv.string, vol.Length(max=MAX_CSV_CHARACTERS)),
            vol.Exclusive(ATTR_FILENAME, "rows"): cv.path,
            vol.Optional(ATTR_REPLACE, default=False): cv.boolean,
        }
    ),
    cv.has_at_least_one_key(ATTR_CSV, ATTR_FILENAME),
)


@callback
def async_register_list_actions(hass: HomeAssistant) -> None:
    """Register the actions; whoever may call them decides who gets in, so they are administrators'."""
    for name, action, schema in (
        ("add_vehicle", _add, _ADD),
        ("allow_once", _allow_once, _ALLOW),
        ("remove_vehicle", _remove, _REMOVE),
        ("import_vehicles", _import, _IMPORT),
        ("export_vehicles", _export, _EXPORT),
    ):
        async_register_admin_service(hass, DOMAIN, name, action, schema, SupportsResponse.OPTIONAL)


def _list(call: ServiceCall) -> ListDevice:
    device_id = call.data[ATTR_DEVICE_ID]
    owned = find_owned(call.hass, device_id)
    runtime = find_runtime(call.hass, owned.entry.entry_id) if owned is not None else None
    if owned is not None and owned.subentry is not None and runtime is not None:
        device = runtime.hub.known.lists.get(owned.subentry.subentry_id)
        if device is not None:
            return device
    raise invalid("not_a_list", device=device_name(call.hass, device_id) or device_id)


async def _put(device: ListDevice, values: Mapping[str, Any]) -> ServiceResponse:
    try:
        row = VehicleRow.parse(values, device.known.zone)
    except RowError as err:
        raise invalid("row_invalid", error=str(err)) from err
    was_there = row.pattern in device.known.rows
    await device.async_put([row])
    return {"vehicle": row.dump(), "replaced": was_there, "vehicles": len(device.known.rows)}


async def _add(call: ServiceCall) -> ServiceResponse:
    """Add a vehicle, or change the one that has the plate."""
    return await _put(_list(call), call.data)


async def _allow_once(call: ServiceCall) -> ServiceResponse:
    """Let a vehicle come once, from now on and not for longer than asked for."""
    now = dt_util.utcnow()
    try:
        until = now + call.data[ATTR_DURATION]
    except OverflowError as err:
        raise invalid("row_invalid", error=f"time: {call.data[ATTR_DURATION]}") from err
    return await _put(_list(call), {**call.data, "valid_from": now, "valid_until": until, "once": True})


async def _remove(call: ServiceCall) -> ServiceResponse:
    """Remove a vehicle."""
    device = _list(call)
    row = await device.async_remove(canonical_pattern(call.data[ATTR_PLATE]))
    return {"removed": row.dump() if row is not None else None, "vehicles": len(device.known.rows)}


def _path(hass: HomeAssistant, name: str) -> Path:
    if not hass.config.is_allowed_path(name):
        raise invalid("path_not_allowed", path=name)
    return Path(name)


async def _import(call: ServiceCall) -> ServiceResponse:
    """Add the vehicles of a CSV text or file; what cannot be understood is left out and reported."""
    device, hass = _list(call), call.hass
    if ATTR_CSV in call.data:
        text: str = call.data[ATTR_CSV]
    else:
        path = await hass.async_add_executor_job(_path, hass, call.data[ATTR_FILENAME])

        def read() -> str:
            with path.open(encoding="utf-8") as file:
                return file.read(MAX_CSV_CHARACTERS)

        try:
            text = await hass.async_add_executor_job(read)
        except (OSError, UnicodeDecodeError) as err:
            raise invalid("file_not_read", error=str(err)) from err
    rows, errors = await hass.async_add_executor_job(from_csv, text, device.known.zone)
    if rows or not errors:
        # Of a wrong file no line is used: it empties no list.
        await device.async_put(rows, replace=call.data[ATTR_REPLACE])
    return {"imported": len(rows), "errors": [*errors], "vehicles": len(device.known.rows)}


async def _export(call: ServiceCall) -> ServiceResponse:
    """Return the vehicles as CSV, or write them into a file."""
    device, hass = _list(call), call.hass
    text = await hass.async_add_executor_job(to_csv, list(device.known.rows.values()))
    if (name := call.data.get(ATTR_FILENAME)) is None:
        return {"csv": text, "vehicles": len(device.known.rows)}
    path = await hass.async_add_executor_job(_path, hass, name)

    def write() -> None:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _FILE_MODE), "w") as file:
            file.write(text)

    try:
        await hass.async_add_executor_job(write)
    except OSError as err:
        raise invalid("file_not_written", error=str(err)) from err
    return {"filename": name, "vehicles": len(device.known.rows)}
