"""CAMMRA and CAMMRA AI (FF Group) and AXIS License Plate Verifier: plate reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final, override

from homeassistant.components.binary_sensor import BinarySensorEntityDescription
from homeassistant.components.event import EventEntityDescription
from homeassistant.components.image import ImageEntityDescription
from homeassistant.components.sensor import SensorDeviceClass, SensorEntityDescription, SensorStateClass
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant

from ...const import (
    KEY_ALLOW_LIST,
    KEY_BLOCK_LIST,
    KEY_CLOCK_OFFSET,
    KEY_PLATE,
    KEY_SNAPSHOT,
    SUBENTRY_CAMERA,
    SUBENTRY_VEHICLE,
)
from ...domain.errors import ProtocolError
from ...domain.messages import DeviceDetails, Message, VisitState
from ...domain.record import CameraRecord
from ...flows.vehicle import VehicleFlow
from ...transports.contracts import Host, Receiver
from ...transports.push import Push
from ..base import Answer, CameraSettings, Source, Transport, UndoError
from .client import CgiError
from .flow import CONF_DEVICE_ID, CONF_PERIOD, PERIODS, FFCameraFlow, disable_profile
from .keepalive import KEY_FRAMES, KEY_READS
from .protocol import DEFAULT_DEVICE_ID, decode
from .receivers import listeners

# The zones that the cameras know (`roiID`, documented).
ZONES: Final = (1, 2)


@dataclass(frozen=True, kw_only=True)
class FFEvents(Source):
    """The FF-Events protocol, version 1.6, and its keepalive."""

    @override
    async def async_decode(self, push: Push) -> list[Message]:
        return await decode(push)

    @override
    def accepted(self) -> Answer:
        # Any 200 is success; what the body says is not documented.
        return Answer(HTTPStatus.OK, {"status": "ok"})

    @override
    def refused(self, error: ProtocolError) -> Answer:
        return Answer(error.status, {"status": "error", "message": error.sentence})

    @override
    def listeners(self, host: Host) -> Sequence[Receiver]:
        return listeners(host)

    @override
    def camera_settings(self, hass: HomeAssistant, subentry: ConfigSubentry) -> CameraSettings | None:
        if subentry.subentry_type != SUBENTRY_CAMERA:
            return None
        return CameraSettings(
            camera_id=subentry.data[CONF_DEVICE_ID],
            details=DeviceDetails(),
            interval=timedelta(minutes=subentry.data[CONF_PERIOD]),
        )

    @override
    async def async_undo_setup(self, hass: HomeAssistant, data: Mapping[str, Any]) -> None:
        try:
            await disable_profile(hass, data)
        except CgiError as err:
            raise UndoError(str(err)) from err

    @override
    def device_manufacturer(self, record: CameraRecord) -> str:
        # AXIS License Plate Verifier is the same software, on an Axis camera.
        return "Axis" if (record.details.model or "").upper().startswith("AXIS") else self.manufacturer

    @override
    def device_name(self, record: CameraRecord) -> str:
        if record.camera_id in (DEFAULT_DEVICE_ID, record.details.serial_number):
            return f"{record.details.model or 'License plate camera'} {record.camera_id}"
        return record.camera_id


FF: Final = FFEvents(
    key="ff",
    title="CAMMRA / AXIS License Plate Verifier",
    manufacturer="FF Group",
    heartbeat_interval=timedelta(minutes=5),
    heartbeat_periods=tuple(timedelta(minutes=minutes) for minutes in PERIODS),
    reads_plates=True,
    authenticates=True,
    transports=frozenset(Transport),
    binary_sensors=tuple(
        BinarySensorEntityDescription(key=key, translation_key=key)
        for key in (KEY_ALLOW_LIST, KEY_BLOCK_LIST)
    ),
    events=(
        EventEntityDescription(
            key=KEY_PLATE, translation_key=KEY_PLATE, event_types=[str(state) for state in VisitState]
        ),
    ),
    images=(
        ImageEntityDescription(key=KEY_SNAPSHOT, translation_key=KEY_SNAPSHOT),
        ImageEntityDescription(key=KEY_PLATE, translation_key=KEY_PLATE),
    ),
    sensors=(
        SensorEntityDescription(key=KEY_PLATE, translation_key=KEY_PLATE),
        *(
            SensorEntityDescription(
                key=f"{KEY_PLATE}_zone_{zone}",
                translation_key=f"{KEY_PLATE}_zone",
                translation_placeholders={"zone": str(zone)},
            )
            for zone in ZONES
        ),
        SensorEntityDescription(
            key=KEY_CLOCK_OFFSET,
            translation_key=KEY_CLOCK_OFFSET,
            device_class=SensorDeviceClass.DURATION,
            native_unit_of_measurement=UnitOfTime.SECONDS,
            suggested_display_precision=0,
            state_class=SensorStateClass.MEASUREMENT,
            entity_category=EntityCategory.DIAGNOSTIC,
        ),
        *(
            SensorEntityDescription(
                key=key,
                translation_key=key,
                state_class=SensorStateClass.TOTAL_INCREASING,
                entity_category=EntityCategory.DIAGNOSTIC,
                entity_registry_enabled_default=False,
            )
            for key in (KEY_FRAMES, KEY_READS)
        ),
    ),
    subentry_flows={SUBENTRY_CAMERA: FFCameraFlow, SUBENTRY_VEHICLE: VehicleFlow},
)
