"""CAMMRA and CAMMRA AI (FF Group) and AXIS License Plate Verifier: plate reads."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, override

from ...const import (
    KEY_ALLOW_LIST,
    KEY_BLOCK_LIST,
    KEY_CLOCK_OFFSET,
    KEY_CONNECTIVITY,
    KEY_FRAMES,
    KEY_PLATE,
    KEY_PLATE_READS,
    KEY_SNAPSHOT,
    SUBENTRY_STREAM,
    SUBENTRY_VEHICLE,
    SUBENTRY_VEHICLE_LIST,
)
from ...domain.messages import DeviceDetails, Message, VisitState
from ...domain.source_info import SourceInfo
from ...transports.credentials import Credentials
from ...transports.push import Push
from ..base import CameraSetup, PushProtocol, Source
from .event import DEFAULT_DEVICE_ID
from .flow import KEY, FFCameraFlow
from .options import OPTIONS, credentials
from .protocol import decode
from .receivers import receivers
from .setup import PERIODS, disable_profile, read_settings

_MANUFACTURER: Final = "FF Group"


class FFPush(PushProtocol):
    """The FF-Events protocol, version 1.6, and its keepalive: any 200 is success (documented)."""

    @override
    async def async_decode(self, push: Push) -> list[Message]:
        return await decode(push)

    @override
    def credentials(self, options: Mapping[str, Any]) -> Credentials:
        return credentials(options)


def _default_name(camera_id: str, details: DeviceDetails) -> str:
    if camera_id in (DEFAULT_DEVICE_ID, details.serial_number):
        return f"{details.model or 'License plate camera'} {camera_id}"
    return camera_id


def _device_manufacturer(details: DeviceDetails) -> str:
    # AXIS License Plate Verifier is the same software, on an Axis camera.
    return "Axis" if (details.model or "").upper().startswith("AXIS") else _MANUFACTURER


FF: Final = Source(
    info=SourceInfo(
        key=KEY,
        title="CAMMRA / AXIS License Plate Verifier",
        manufacturer=_MANUFACTURER,
        heartbeat_interval=timedelta(minutes=5),
        default_name=_default_name,
        device_manufacturer=_device_manufacturer,
        heartbeat_periods=tuple(timedelta(minutes=minutes) for minutes in PERIODS),
        binary_sensors=(KEY_ALLOW_LIST, KEY_BLOCK_LIST, KEY_CONNECTIVITY),
        events={KEY_PLATE: tuple(str(state) for state in VisitState)},
        images=(KEY_SNAPSHOT, KEY_PLATE),
        # The cameras know the zones 1 and 2 (`roiID`, documented).
        sensors=(
            KEY_PLATE,
            f"{KEY_PLATE}_zone_1",
            f"{KEY_PLATE}_zone_2",
            KEY_CLOCK_OFFSET,
            KEY_FRAMES,
            KEY_PLATE_READS,
        ),
    ),
    push=FFPush(),
    receivers=receivers,
    camera_setup=CameraSetup(flow=FFCameraFlow, read=read_settings, async_undo=disable_profile),
    options=OPTIONS,
    subentry_types=(SUBENTRY_VEHICLE, SUBENTRY_VEHICLE_LIST, SUBENTRY_STREAM),
)
