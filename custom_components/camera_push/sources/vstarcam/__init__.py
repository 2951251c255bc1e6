"""VStarcam cameras (Eye4, VeePai): heartbeats and alarms over HTTP."""

from datetime import timedelta
from http import HTTPStatus
from typing import Final, override

from homeassistant.components.event import DoorbellEventType

from ...const import KEY_ALARM, KEY_CONNECTIVITY, KEY_DOORBELL, KEY_SNAPSHOT, SUBENTRY_STREAM
from ...domain.errors import ProtocolError
from ...domain.messages import AlarmType, Message
from ...domain.source_info import SourceInfo
from ...transports.push import Push
from ..base import Answer, CameraSetup, PushProtocol, Source
from .flow import KEY, VStarcamCameraFlow
from .protocol import decode
from .setup import read_settings, restore_servers


class VStarcamPush(PushProtocol):
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


VSTARCAM: Final = Source(
    info=SourceInfo(
        key=KEY,
        title="VStarcam",
        manufacturer="VStarcam",
        heartbeat_interval=timedelta(seconds=60),
        default_name=lambda camera_id, _details: f"VStarcam {camera_id}",
        binary_sensors=(
            AlarmType.MOTION,
            AlarmType.HUMANOID,
            AlarmType.SMOKE_ALARM,
            AlarmType.FIRE,
            AlarmType.SMOKE,
            AlarmType.BABY_CRYING,
            AlarmType.ABSENCE,
            KEY_CONNECTIVITY,
        ),
        events={KEY_DOORBELL: (DoorbellEventType.RING,), KEY_ALARM: tuple(str(alarm) for alarm in AlarmType)},
        images=(KEY_SNAPSHOT,),
    ),
    push=VStarcamPush(),
    camera_setup=CameraSetup(flow=VStarcamCameraFlow, read=read_settings, async_undo=restore_servers),
    subentry_types=(SUBENTRY_STREAM,),
)
