"""Camera Push: cameras and camera clouds that tell Home Assistant what they saw."""

from __future__ import annotations

from homeassistant.components import webhook
from homeassistant.const import CONF_WEBHOOK_ID, EVENT_HOMEASSISTANT_FINAL_WRITE, Platform
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.typing import ConfigType

from .const import CONF_SOURCE, DOMAIN
from .entry.cut_url import CutUrls
from .entry.webhook import WebhookReceiver, register_closed
from .hub.devices import find_owned
from .hub.hub import CameraPushConfigEntry, Hub, store_folder
from .hub.issues import Issues
from .services import async_register_services
from .sources import SOURCES
from .storage.store import Store, StoreError
from .transports.contracts import AccessDeniedError
from .web.views import async_register_views

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CAMERA,
    Platform.EVENT,
    Platform.IMAGE,
    Platform.SENSOR,
]


CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Serve stored media and actions, and refuse pushes until their entry is set up.

    What is refused now is sent again later; the webhook component would answer an empty 200.
    """
    for entry in hass.config_entries.async_entries(DOMAIN):
        if CONF_WEBHOOK_ID in entry.data:
            register_closed(hass, entry)
    async_register_views(hass)
    async_register_services(hass)
    for source in SOURCES.values():
        if source.register_services is not None:
            source.register_services(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: CameraPushConfigEntry) -> bool:
    """Set up an entry: its cameras first, and then the door through which they push."""
    # First of all: what changes while we set up is not in what we read here.
    entry.async_on_unload(entry.add_update_listener(_async_updated))
    if (connect := SOURCES[entry.data[CONF_SOURCE]].connect) is not None:
        try:
            await connect(hass, entry)
        except AccessDeniedError as err:
            raise ConfigEntryAuthFailed(str(err)) from err
        except ConnectionError as err:
            raise ConfigEntryNotReady(str(err)) from err
    hub = entry.runtime_data = Hub(hass, entry)
    try:
        await hub.async_open()
        await hass.config_entries.async_forward_entry_setups(entry, _platforms(hub))
        if CONF_WEBHOOK_ID in entry.data:
            receiver = WebhookReceiver(hub)
            receiver.register()
            entry.async_on_unload(receiver.unregister)
            entry.async_on_unload(CutUrls(hub).register())
        await hub.listening.async_open()
    except BaseException:
        await hub.async_close()
        raise

    async def async_close(_event: Event) -> None:
        await hub.async_close()

    # Home Assistant does not unload entries when it stops.
    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_FINAL_WRITE, async_close))
    return True


def _platforms(hub: Hub) -> list[Platform]:
    """Return the platforms that an entry needs."""
    platforms = [*PLATFORMS, *([Platform.SWITCH] if hub.source.event_settings else [])]
    tracks = any(vehicle.known.home_direction for vehicle in hub.subjects.vehicles.values())
    return [*platforms, Platform.DEVICE_TRACKER] if tracks else platforms


async def _async_updated(hass: HomeAssistant, entry: CameraPushConfigEntry) -> None:
    """Take over changed options, a new URL, or cameras that were set up or removed."""
    entry.runtime_data.async_offer_undo()
    await hass.config_entries.async_reload(entry.entry_id)


async def async_unload_entry(hass: HomeAssistant, entry: CameraPushConfigEntry) -> bool:
    """Unload an entry."""
    if unloaded := await hass.config_entries.async_unload_platforms(entry, _platforms(entry.runtime_data)):
        await entry.runtime_data.async_close()
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: CameraPushConfigEntry) -> None:
    """Close the door and delete what was kept for an entry."""
    if (webhook_id := entry.data.get(CONF_WEBHOOK_ID)) is not None:
        webhook.async_unregister(hass, webhook_id)
    Issues(hass, entry).async_clear_all()
    await hass.async_add_executor_job(Store.delete, store_folder(hass, entry))


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: CameraPushConfigEntry, device: dr.DeviceEntry
) -> bool:
    """Let a user remove a camera: it comes back if it pushes again.

    One that was set up from Home Assistant is removed where it was set up; so is a vehicle or person.
    """
    owned = find_owned(hass, device.id)
    if owned is None:
        return True
    if owned.camera_id is None or owned.camera_id in entry.runtime_data.settings:
        return False
    try:
        await entry.runtime_data.async_forget_camera(owned.camera_id)
    except StoreError:
        return False
    return True
