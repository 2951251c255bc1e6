"""Camera Push: cameras and camera clouds that tell Home Assistant what they saw."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
import logging
from pathlib import Path
from typing import Any, Final

from homeassistant.components import webhook
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import (
    CONF_WEBHOOK_ID,
    EVENT_CORE_CONFIG_UPDATE,
    EVENT_HOMEASSISTANT_FINAL_WRITE,
    Platform,
)
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .backup import async_after_backup, is_backup_running
from .const import CONF_SOURCE, DOMAIN, SUBENTRY_CAMERA, SUBENTRY_VEHICLE_LIST
from .domain.source_info import RequestError
from .domain.traffic import Traffic
from .entry.cut_url import register_cut_urls
from .entry.missed_reads import MissedReads
from .entry.receive import EntryReceiver
from .entry.receivers import Receivers, async_close_paused
from .entry.runtime import CameraPushConfigEntry, RuntimeData, camera_settings
from .entry.store_settings import folder_name, folders_named, retention, store_folders
from .entry.webhook import WebhookReceiver, register_closed
from .flows import first_push
from .flows.options import parse_options
from .frontend.counts import async_keep_counts
from .frontend.resource import async_add_resource, async_remove_resource
from .frontend.websocket import async_register_dashboard
from .hub.connection import PlatformConnection
from .hub.context import HubContext
from .hub.devices import find_owned
from .hub.hub import Hub
from .hub.issues import Issues
from .hub.live_snapshots import LiveSnapshots
from .hub.strangers import strangers
from .hub.vehicle_list import async_delete_rows
from .services import async_register_services
from .sources import SOURCES
from .sources.base import EntryContext, Source
from .storage import removal
from .storage.store import Store, StoreError
from .transports.http_client import AccessDeniedError
from .transports.limits import PushLimiter
from .web.list_actions import async_register_list_actions
from .web.views import async_register_views
from .web.websocket import async_register_websocket

PLATFORMS: Final = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CAMERA,
    Platform.EVENT,
    Platform.IMAGE,
    Platform.SENSOR,
    Platform.SWITCH,
]

_LOGGER = logging.getLogger(__name__)

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

# Thumbnails are made one at a time in all of Home Assistant.
_THUMBNAIL_LOCK: HassKey[asyncio.Lock] = HassKey(f"{DOMAIN}_thumbnails")


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Serve stored media and actions, and refuse pushes until their entry is set up.

    A push that is refused now is sent again later; the webhook component would answer an empty 200.
    """
    for entry in hass.config_entries.async_entries(DOMAIN):
        if CONF_WEBHOOK_ID in entry.data:
            register_closed(hass, entry)
    async_register_views(hass)
    async_register_websocket(hass)
    async_register_services(hass)
    async_register_list_actions(hass)
    for source in SOURCES.values():
        if source.register_services is not None:
            source.register_services(hass)
    async_register_dashboard(hass)
    async_keep_counts(hass)
    hass.async_create_background_task(_finish_removals(hass), f"{DOMAIN} removals")
    return True


async def _finish_removals(hass: HomeAssistant) -> None:
    """Delete what was kept for entries that were removed when Home Assistant was killed."""
    kept = {folder_name(entry) for entry in hass.config_entries.async_entries(DOMAIN)}
    parent = Path(hass.config.path(DOMAIN))
    for name in await hass.async_add_executor_job(removal.unfinished, parent, kept):
        await async_after_backup(hass, partial(removal.delete, folders_named(hass, name)))


async def async_setup_entry(hass: HomeAssistant, entry: CameraPushConfigEntry) -> bool:
    """Set up an entry: its cameras first, and then the ways in by which they push."""
    source = SOURCES[entry.data[CONF_SOURCE]]
    await _connect(hass, entry, source)
    # A change from here on is not in what is read below.
    entry.async_on_unload(entry.add_update_listener(_async_updated))
    runtime = entry.runtime_data = _compose(hass, entry, source)
    try:
        if is_backup_running(hass):
            await runtime.store.hold_files()
        await runtime.hub.async_open()
        await _set_up_platforms(hass, entry, PLATFORMS)
        await _set_up_trackers(hass, entry)
        if source.push is not None and CONF_WEBHOOK_ID in entry.data:
            local_only = runtime.hub.context.options.local_only
            entry.async_on_unload(
                WebhookReceiver(hass, entry, runtime, source.push).register(local_only=local_only)
            )
            entry.async_on_unload(register_cut_urls(hass, entry, runtime.hub.issues, local_only=local_only))
        await runtime.receivers.async_open()
        MissedReads(hass, entry, runtime).async_start()
    except BaseException:
        # Entities that stayed would keep the next set-up from adding theirs.
        await hass.config_entries.async_unload_platforms(entry, runtime.platforms)
        await _close(runtime)
        raise

    async def async_close(_event: Event) -> None:
        await _close(runtime)

    @callback
    def async_config_updated(_event: Event) -> None:
        runtime.store.set_time_zone(dt_util.get_default_time_zone())

    entry.async_on_unload(hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, async_config_updated))
    try:
        await async_add_resource(hass)
    except Exception:
        # Without cards, alarms are told all the same.
        _LOGGER.exception("The cards for dashboards could not be registered")
    # Home Assistant does not unload entries when it stops.
    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_FINAL_WRITE, async_close))
    return True


async def _set_up_platforms(
    hass: HomeAssistant, entry: CameraPushConfigEntry, platforms: Sequence[Platform]
) -> None:
    entry.runtime_data.platforms.extend(platforms)
    await hass.config_entries.async_forward_entry_setups(entry, platforms)


async def _set_up_trackers(hass: HomeAssistant, entry: CameraPushConfigEntry) -> None:
    """Set up trackers once a vehicle is to be tracked: they come with zones, which others do not need."""
    runtime = entry.runtime_data
    tracked = any(vehicle.known.home_direction for vehicle in runtime.hub.known.vehicles.values())
    if tracked and Platform.DEVICE_TRACKER not in runtime.platforms:
        await _set_up_platforms(hass, entry, [Platform.DEVICE_TRACKER])


async def _connect(hass: HomeAssistant, entry: ConfigEntry, source: Source) -> None:
    """Connect to the platform that the cameras are behind, where there is one."""
    if source.connect is None:
        return
    try:
        await source.connect(hass, entry)
    except RequestError as err:
        is_denied = isinstance(err, AccessDeniedError)
        raise (ConfigEntryAuthFailed if is_denied else ConfigEntryNotReady)(
            translation_domain=DOMAIN,
            translation_key="access_denied" if is_denied else "not_connected",
            translation_placeholders={"entry": entry.title, "error": str(err)},
        ) from err


def _compose(hass: HomeAssistant, entry: ConfigEntry, source: Source) -> RuntimeData:
    """Put an entry's parts together."""
    options = parse_options(entry.options)
    store = Store(
        store_folders(hass, entry, options),
        dt_util.get_default_time_zone(),
        retention(options),
        hass.data.setdefault(_THUMBNAIL_LOCK, asyncio.Lock()),
    )
    # Where cameras come to us, there is no connection that could be lost.
    connection = PlatformConnection(hass, entry, is_connected=CONF_WEBHOOK_ID in entry.data)
    hub = Hub(
        HubContext(
            hass=hass,
            entry=entry,
            info=source.info,
            options=options,
            connection=connection,
            configured=camera_settings(hass, entry, source),
            new_media_id=store.new_media_id,
        ),
        store,
    )
    traffic = Traffic()
    receiver = EntryReceiver(hass, entry, hub, traffic)
    context = EntryContext(
        hass=hass,
        entry=entry,
        sink=receiver,
        connection=connection,
        history=hub.history,
        limiter=PushLimiter(options.rates),
    )
    found = source.receivers(context) if source.receivers is not None else ()
    live_snapshot = source.live_snapshot
    return RuntimeData(
        source=source,
        context=context,
        receiver=receiver,
        receivers=Receivers(hass, entry, found, hub.issues.async_port),
        traffic=traffic,
        hub=hub,
        store=store,
        live_snapshots=(
            LiveSnapshots(hass, entry, lambda camera_id: live_snapshot(context, camera_id))
            if live_snapshot is not None
            else None
        ),
        set_up_with=_state(entry),
    )


def _state(entry: ConfigEntry) -> dict[str, Any]:
    """Return what of an entry can only change with a reload."""
    return {"title": entry.title, "data": dict(entry.data), "options": dict(entry.options)}


async def _async_updated(hass: HomeAssistant, entry: CameraPushConfigEntry) -> None:
    """Take over cameras, vehicles and persons that were added, changed or removed; reload for all else."""
    runtime = entry.runtime_data
    if runtime.set_up_with != _state(entry):
        hass.config_entries.async_schedule_reload(entry.entry_id)
        return
    # Before anything is waited for: Home Assistant deletes what still belongs to a subentry that was removed.
    runtime.hub.async_configure(camera_settings(hass, entry, runtime.source))
    for subentry in await runtime.hub.async_update_known():
        if subentry.subentry_type == SUBENTRY_CAMERA:
            runtime.hub.issues.async_undo(runtime.source.info.key, subentry)
    await _set_up_trackers(hass, entry)


async def _close(runtime: RuntimeData) -> None:
    """Refuse what comes from now on, finish what was begun, and close everything."""
    await _close_receivers(runtime)
    await _finish(runtime)


async def _finish(runtime: RuntimeData) -> None:
    """Finish what was begun, once nothing comes any more, and close everything but the receivers."""
    runtime.context.limiter.close()
    await runtime.receiver.async_close()
    await runtime.hub.async_close()


async def _close_receivers(runtime: RuntimeData, *, is_reload: bool = False) -> None:
    # That we hang up is no loss of the connection.
    runtime.hub.context.connection.async_stop()
    await runtime.receivers.async_close(is_reload=is_reload)


async def async_unload_entry(hass: HomeAssistant, entry: CameraPushConfigEntry) -> bool:
    """Unload an entry."""
    runtime = entry.runtime_data
    # What was answered and still waits, as a file does for its name, is told while there are entities.
    await _close_receivers(runtime, is_reload=entry.disabled_by is None)
    # A push that came in between would find none.
    runtime.receiver.is_open = False
    if await hass.config_entries.async_unload_platforms(entry, runtime.platforms):
        await _finish(runtime)
        return True
    runtime.receiver.is_open = True
    await runtime.receivers.async_open()
    return False


async def async_remove_entry(hass: HomeAssistant, entry: CameraPushConfigEntry) -> None:
    """Close the ways in and delete what was kept for an entry."""
    first_push.async_end(hass, entry)
    await async_close_paused(hass, entry.entry_id)
    if not hass.config_entries.async_entries(DOMAIN):
        await async_remove_resource(hass)
        await strangers(hass).async_forget()
    if (webhook_id := entry.data.get(CONF_WEBHOOK_ID)) is not None:
        webhook.async_unregister(hass, webhook_id)
    Issues(hass, entry).async_clear_all()
    for subentry in entry.get_subentries_of_type(SUBENTRY_VEHICLE_LIST):
        await async_delete_rows(hass, subentry.subentry_id)
    folders = store_folders(hass, entry, parse_options(entry.options))
    with suppress(OSError):
        await hass.async_add_executor_job(removal.note, folders)
    await async_after_backup(hass, partial(removal.delete, folders))


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: CameraPushConfigEntry, device: dr.DeviceEntry
) -> bool:
    """Let a user remove a camera: it comes back if it sends something.

    One that was set up from Home Assistant is removed where it was set up; so is a vehicle or person.
    """
    owned = find_owned(hass, device.id)
    if owned is None:
        return True
    hub = entry.runtime_data.hub
    if owned.camera_id is None or owned.camera_id in hub.context.configured:
        return False
    try:
        await hub.async_forget_camera(owned.camera_id)
    except StoreError:
        return False
    return True
