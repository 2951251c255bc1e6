"""Cameras in Home Assistant's device registry, and which camera a message is from."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.event import async_call_later

from ..const import DOMAIN
from ..domain.errors import ProtocolError, Refusal
from ..domain.messages import DeviceDetails, Message
from .camera import CameraDevice
from .context import HubContext

# What a camera says about itself is written to the device registry this often at most.
_UPDATE_EVERY_SECONDS: Final = 60


def identify(message: Message, cameras: Collection[CameraDevice]) -> Message:
    """Return the message under the id of the camera that sent it.

    One that names its camera only by what cameras share, or not at all, belongs to the camera
    with its serial number or MAC address, else to the only camera at its network address (FF
    keepalive: the user picks the fields). Raises ProtocolError if that is none.
    """
    if message.identified:
        return message
    serial = message.details.serial_number
    matches = [camera for camera in cameras if serial and _serial(camera) == serial.upper()]
    if not matches and message.address is not None:
        matches = [
            camera
            for camera in cameras
            if camera.record.address == message.address and not (serial and _serial(camera))
        ]
    if len(matches) == 1:
        return replace(message, camera_id=matches[0].camera_id)
    if not message.camera_id:
        raise ProtocolError(
            "The message names no camera, and no single camera is known at its address.",
            Refusal.IDENTITY,
        )
    return message


def _serial(camera: CameraDevice) -> str:
    """Return a camera's serial number, or its MAC address in an Axis serial number's form."""
    details = camera.record.details
    return (details.serial_number or (details.mac or "").replace(":", "").replace("-", "")).upper()


@callback
def device_name(hass: HomeAssistant, device_id: str) -> str | None:
    """Return the name of a device as its user sees it, None if there is no such device."""
    device = dr.async_get(hass).async_get(device_id)
    return (device.name_by_user or device.name) if device is not None else None


@dataclass(frozen=True, slots=True)
class OwnedDevice:
    """Whose device in the registry it is: a platform's, a camera's, or a known vehicle's or person's."""

    entry: ConfigEntry
    camera_id: str | None = None
    subentry: ConfigSubentry | None = None


@callback
def find_owned(hass: HomeAssistant, device_id: str) -> OwnedDevice | None:
    """Return whose device it is, None if it is none of this integration's."""
    device = dr.async_get(hass).async_get(device_id)
    identifiers = (
        {identifier for domain, identifier in device.identifiers if domain == DOMAIN} if device else set()
    )
    for entry in hass.config_entries.async_entries(DOMAIN):
        for identifier in identifiers:
            if identifier == entry.entry_id:
                return OwnedDevice(entry)
            if (subentry := entry.subentries.get(identifier)) is not None:
                return OwnedDevice(entry, subentry=subentry)
            if identifier.startswith(prefix := f"{entry.entry_id}_"):
                return OwnedDevice(entry, camera_id=identifier.removeprefix(prefix))
    return None


@callback
def async_find_by_mac(hass: HomeAssistant, mac: str) -> list[OwnedDevice]:
    """Return the cameras with a MAC address: one that pushes to several entries is a device of each."""
    connection = (dr.CONNECTION_NETWORK_MAC, mac)
    registry = dr.async_get(hass)
    return [
        OwnedDevice(entry, camera_id=identifier.removeprefix(prefix))
        for entry in hass.config_entries.async_entries(DOMAIN)
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id)
        if connection in device.connections
        for domain, identifier in device.identifiers
        if domain == DOMAIN and identifier.startswith(prefix := f"{entry.entry_id}_")
    ]


class CameraRegistrar:
    """Keeps the devices of an entry's cameras, and that of the platform that they are behind."""

    def __init__(self, context: HubContext) -> None:
        """Have a device for the platform, where there is one."""
        hass, entry, info = context.hass, context.entry, context.info
        self._context = context
        self._hass = hass
        self._timer: CALLBACK_TYPE | None = None
        self._waiting: dict[str, CameraDevice] = {}
        self._registry = dr.async_get(hass)
        self._entry_id = entry.entry_id
        self._info = info
        self._platform_device_id: str | None = None
        if info.has_platform_device:
            platform = self._registry.async_get_or_create(
                config_entry_id=entry.entry_id,
                identifiers={(DOMAIN, entry.entry_id)},
                manufacturer=info.manufacturer,
                model=info.title,
                name=entry.title,
                entry_type=dr.DeviceEntryType.SERVICE,
            )
            self._platform_device_id = platform.id

    @callback
    def async_register(self, camera: CameraDevice) -> None:
        """Have a device for a camera, or change what it says."""
        details = camera.record.details
        identifier = (DOMAIN, camera.owner)
        self._move(identifier, self._context.subentry_id(camera.camera_id))
        device = self._registry.async_get_or_create(
            config_entry_id=self._entry_id,
            config_subentry_id=self._context.subentry_id(camera.camera_id),
            identifiers={identifier},
            connections=self._connections(identifier, details),
            manufacturer=self._info.manufacturer_of(details),
            model=details.model,
            name=camera.name,
            serial_number=details.serial_number,
            sw_version=_software(details),
            via_device_id=self._platform_device_id,
        )
        camera.device_id = device.id

    def _move(self, identifier: tuple[str, str], subentry_id: str | None) -> None:
        """Move a camera's device with its entities to its subentry, or out of one that was removed."""
        device = self._registry.async_get_device_by_identifier(identifier, self._entry_id)
        if device is None or device.config_subentry_id == subentry_id:
            return
        entities = er.async_get(self._hass)
        # The entities come first: those of the former subentry go with the device's change.
        for entity in er.async_entries_for_device(entities, device.id, include_disabled_entities=True):
            if entity.platform == DOMAIN:
                entities.async_update_entity(
                    entity.entity_id, config_entry_id=self._entry_id, config_subentry_id=subentry_id
                )
        self._registry.async_update_device(device.id, new_config_subentry_id=subentry_id)

    @callback
    def async_update(self, camera: CameraDevice) -> None:
        """Change what a camera's device says, not more often than now and then."""
        if self._timer is not None:
            self._waiting[camera.owner] = camera
            return
        self.async_register(camera)
        self._timer = async_call_later(self._hass, _UPDATE_EVERY_SECONDS, self._async_update_waiting)

    @callback
    def _async_update_waiting(self, _now: datetime) -> None:
        self._timer = None
        waiting, self._waiting = self._waiting, {}
        for camera in waiting.values():
            self.async_register(camera)

    @callback
    def async_forget(self, camera: CameraDevice) -> None:
        """Change nothing of a camera any more: its device must not come back."""
        self._waiting.pop(camera.owner, None)

    @callback
    def async_stop(self) -> None:
        """Cancel the timer."""
        if self._timer is not None:
            self._timer()
            self._timer = None

    def _connections(self, identifier: tuple[str, str], details: DeviceDetails) -> set[tuple[str, str]]:
        """Return by what else than its identifier a camera's device is known.

        Those are the first MAC addresses that it claims, by cable and Wi-Fi, unless another camera claimed
        them: two cameras must not become one device, and one that claims another address with every push must
        not fill the registry.
        """
        connections = {
            (dr.CONNECTION_NETWORK_MAC, dr.format_mac(mac))
            for mac in (details.mac, details.wifi_mac)
            if mac is not None
        }
        if not connections:
            return connections
        for device in dr.async_entries_for_config_entry(self._registry, self._entry_id):
            if identifier not in device.identifiers:
                connections -= device.connections
            elif dr.CONNECTION_NETWORK_MAC in {kind for kind, _ in device.connections}:
                connections &= device.connections
        return connections


def _software(details: DeviceDetails) -> str | None:
    """Return the versions of a camera's firmware and of what runs on it, as a device shows them."""
    app = f"app {details.app}" if details.app else None
    if details.firmware is None:
        return app
    return f"{details.firmware} ({app})" if app else details.firmware
