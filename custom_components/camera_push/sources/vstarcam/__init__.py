"""VStarcam cameras (Eye4, VeePai): heartbeats and alarms over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Final, override

from homeassistant.components.binary_sensor import BinarySensorDeviceClass, BinarySensorEntityDescription
from homeassistant.components.event import DoorbellEventType, EventDeviceClass, EventEntityDescription
from homeassistant.components.image import ImageEntityDescription

from ...const import KEY_ALARM, KEY_DOORBELL, KEY_SNAPSHOT
from ...core.errors import ProtocolError
from ...core.messages import AlarmType, Message
from ...core.record import CameraRecord
from ...receiving.push import Push
from ..base import Answer, Source
from .decode import decode


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
    def device_name(self, record: CameraRecord) -> str:
        return f"VStarcam {record.camera_id}"


VSTARCAM: Final = VStarcam(
    key="vstarcam",
    title="VStarcam",
    manufacturer="VStarcam",
    heartbeat_interval=timedelta(seconds=60),
    alarms=tuple(AlarmType),
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
)
