"""VStarcam cameras (Eye4, VeePai): heartbeats and alarms over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final, override

from homeassistant.components.binary_sensor import BinarySensorDeviceClass, BinarySensorEntityDescription
from homeassistant.components.event import DoorbellEventType, EventDeviceClass, EventEntityDescription
from homeassistant.components.image import ImageEntityDescription
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant

from ...const import KEY_ALARM, KEY_DOORBELL, KEY_SNAPSHOT
from ...domain.errors import ProtocolError
from ...domain.media import Picture
from ...domain.messages import AlarmType, DeviceDetails, Message
from ...domain.record import CameraRecord
from ...transports.push import Push
from ..base import Answer, CameraSettings, SnapshotError, Source, UndoError
from .client import CgiError
from .flow import (
    CONF_DETAILS,
    CONF_HEARTBEAT_SECONDS,
    CONF_VUID,
    VStarcamCameraFlow,
    camera_cgi,
    restore_servers,
)
from .protocol import decode


@dataclass(frozen=True, kw_only=True)
class VStarcam(Source):
    """The VStarcam alarm push protocol."""

    @override
    async def async_decode(self, push: Push) -> list[Message]:
        return [await decode(push)]

    @override
    def accepted(self) -> Answer:
        # The code is a string; any other than "200" means failure (documented).
        return Answer(HTTPStatus.OK, {"code": "200", "message": "Success"})

    @override
    def refused(self, error: ProtocolError) -> Answer:
        return Answer(error.status, {"code": str(error.status.value), "message": error.sentence})

    @override
    def camera_settings(self, hass: HomeAssistant, subentry: ConfigSubentry) -> CameraSettings | None:
        data = dict(subentry.data)
        cgi = camera_cgi(hass, data)

        async def fetch_snapshot() -> Picture:
            try:
                return await cgi.snapshot()
            except CgiError as err:
                raise SnapshotError(str(err)) from err

        return CameraSettings(
            camera_id=data[CONF_VUID],
            details=DeviceDetails(**data[CONF_DETAILS]),
            interval=timedelta(seconds=data[CONF_HEARTBEAT_SECONDS]),
            fetch_snapshot=fetch_snapshot,
        )

    @override
    async def async_undo_setup(self, hass: HomeAssistant, data: Mapping[str, Any]) -> None:
        try:
            await restore_servers(hass, dict(data))
        except CgiError as err:
            raise UndoError(str(err)) from err

    @override
    def device_name(self, record: CameraRecord) -> str:
        return f"VStarcam {record.camera_id}"


VSTARCAM: Final = VStarcam(
    key="vstarcam",
    title="VStarcam",
    manufacturer="VStarcam",
    heartbeat_interval=timedelta(seconds=60),
    binary_sensors=(
        BinarySensorEntityDescription(key=AlarmType.MOTION, device_class=BinarySensorDeviceClass.MOTION),
        BinarySensorEntityDescription(
            key=AlarmType.HUMANOID,
            translation_key=AlarmType.HUMANOID,
            device_class=BinarySensorDeviceClass.MOTION,
        ),
        BinarySensorEntityDescription(
            key=AlarmType.SMOKE_ALARM,
            translation_key=AlarmType.SMOKE_ALARM,
            device_class=BinarySensorDeviceClass.SMOKE,
        ),
        BinarySensorEntityDescription(
            key=AlarmType.FIRE,
            translation_key=AlarmType.FIRE,
            device_class=BinarySensorDeviceClass.SAFETY,
        ),
        BinarySensorEntityDescription(key=AlarmType.SMOKE, device_class=BinarySensorDeviceClass.SMOKE),
        BinarySensorEntityDescription(
            key=AlarmType.BABY_CRYING,
            translation_key=AlarmType.BABY_CRYING,
            device_class=BinarySensorDeviceClass.SOUND,
        ),
        BinarySensorEntityDescription(key=AlarmType.ABSENCE, translation_key=AlarmType.ABSENCE),
    ),
    events=(
        EventEntityDescription(
            key=KEY_DOORBELL,
            translation_key=KEY_DOORBELL,
            device_class=EventDeviceClass.DOORBELL,
            event_types=[DoorbellEventType.RING],
        ),
        EventEntityDescription(
            key=KEY_ALARM, translation_key=KEY_ALARM, event_types=[str(alarm) for alarm in AlarmType]
        ),
    ),
    images=(ImageEntityDescription(key=KEY_SNAPSHOT, translation_key=KEY_SNAPSHOT),),
    subentry_flows={"camera": VStarcamCameraFlow},
)
