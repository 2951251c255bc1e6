"""VXG Cloud VMS: its cameras' events, and events of Home Assistant's in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Final, override

from homeassistant.components.binary_sensor import BinarySensorDeviceClass, BinarySensorEntityDescription
from homeassistant.components.event import EventEntityDescription
from homeassistant.components.image import ImageEntityDescription

from ...const import KEY_CLOUD_EVENT, KEY_SNAPSHOT
from ...domain.errors import ProtocolError
from ...domain.media import Picture
from ...domain.messages import Message
from ...domain.record import CameraRecord
from ...transports.contracts import Host, Receiver
from ...transports.push import Push
from ..base import Answer, FetchSnapshot, SettingError, SnapshotError, Source
from .client import VxgClient, VxgError
from .coordinator import VxgPoller
from .flow import CONF_CHANNEL, STEPS, cloud_client
from .services import register


@dataclass(frozen=True, kw_only=True)
class Vxg(Source):
    """VXG Cloud VMS; no push to a customer's URL is documented, so it is asked."""

    @override
    async def async_decode(self, push: Push) -> list[Message]:
        raise self._takes_no_pushes()

    @override
    def accepted(self) -> Answer:
        raise self._takes_no_pushes()

    @override
    def refused(self, error: ProtocolError) -> Answer:
        return Answer(HTTPStatus.NOT_FOUND, {})

    @staticmethod
    def _takes_no_pushes() -> RuntimeError:
        return RuntimeError("Entries of this source have no webhook")

    @override
    def listeners(self, host: Host) -> Sequence[Receiver]:
        client = cloud_client(host.hass, host.entry.data)
        poller = VxgPoller(host, client, host.entry.title, host.entry.data.get(CONF_CHANNEL))
        return (poller.polling,)

    @override
    def live_picture(self, host: Host, camera_id: str) -> FetchSnapshot | None:
        data = host.entry.data
        client = cloud_client(host.hass, data)
        return partial(_live_picture, client, camera_id, is_channel=CONF_CHANNEL in data)

    @override
    async def async_change_event_type(
        self, host: Host, camera_id: str, name: str, setting: str, *, is_on: bool
    ) -> None:
        client = cloud_client(host.hass, host.entry.data)
        try:
            await client.change_event_type(camera_id, name, **{setting: is_on})
        except VxgError as err:
            raise SettingError(str(err)) from err
        await host.async_set_event_setting(camera_id, name, setting, is_on=is_on)

    @override
    def device_name(self, record: CameraRecord) -> str:
        return f"VXG {record.camera_id}"


async def _live_picture(client: VxgClient, camera_id: str, *, is_channel: bool) -> Picture:
    try:
        return await client.live_picture(camera_id, is_channel=is_channel)
    except VxgError as err:
        raise SnapshotError(str(err)) from err


VXG: Final = Vxg(
    key="vxg",
    title="VXG Cloud VMS",
    manufacturer="VXG",
    # It sends no heartbeats; this is what a user's own interval replaces.
    heartbeat_interval=timedelta(minutes=5),
    is_platform=True,
    polls=True,
    tells_connectivity=True,
    event_settings=("notify", "record", "snapshot"),
    binary_sensors=(
        BinarySensorEntityDescription(key="motion", device_class=BinarySensorDeviceClass.MOTION),
        BinarySensorEntityDescription(key="sound", device_class=BinarySensorDeviceClass.SOUND),
    ),
    events=(EventEntityDescription(key=KEY_CLOUD_EVENT, translation_key=KEY_CLOUD_EVENT),),
    images=(ImageEntityDescription(key=KEY_SNAPSHOT, translation_key=KEY_SNAPSHOT),),
    flow_steps=STEPS,
    register_services=register,
)
