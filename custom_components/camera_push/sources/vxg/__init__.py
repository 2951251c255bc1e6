"""VXG Cloud VMS: its cameras' events, and events of Home Assistant's in it."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Final

from ...const import (
    KEY_CLOUD_EVENT,
    KEY_CONNECTIVITY,
    KEY_IDENTIFICATION,
    KEY_LAST_CONFIDENCE,
    KEY_LAST_PERSON,
    KEY_PLATE,
    KEY_SNAPSHOT,
    KEY_SOUND,
    SUBENTRY_PERSON,
    SUBENTRY_VEHICLE,
    SUBENTRY_VEHICLE_LIST,
)
from ...domain.messages import AlarmType, VisitState
from ...domain.source_info import FetchSnapshot, SourceInfo
from ..base import EntryContext, Source
from .client import CONF_CHANNEL, cloud_client
from .coordinator import VxgCoordinator, connect
from .flow import KEY
from .options import OPTIONS, switched_events
from .protocol import EVENT_SETTINGS
from .services import register


async def _change_event_type(
    context: EntryContext, camera_id: str, name: str, settings: Mapping[str, bool]
) -> None:
    await cloud_client(context.hass, context.entry.data).change_event_type(camera_id, name, settings)
    types = {kind: dict(values) for kind, values in context.history.event_types(camera_id).items()}
    types.setdefault(name, {}).update(settings)
    context.history.async_set_event_types(camera_id, types)


def _receivers(context: EntryContext) -> tuple[VxgCoordinator, ...]:
    # No push to a customer's URL is documented: the cloud has to be asked.
    return (VxgCoordinator(context),)


def _live_snapshot(context: EntryContext, camera_id: str) -> FetchSnapshot:
    data = context.entry.data
    client = cloud_client(context.hass, data)
    return partial(client.live_picture, camera_id, is_channel=CONF_CHANNEL in data)


VXG: Final = Source(
    info=SourceInfo(
        key=KEY,
        title="VXG Cloud VMS",
        manufacturer="VXG",
        # The cloud sends no heartbeats: this counts with an interval of the user's only.
        heartbeat_interval=timedelta(minutes=5),
        default_name=lambda camera_id, _details: f"VXG {camera_id}",
        has_platform_device=True,
        binary_sensors=(AlarmType.MOTION, KEY_SOUND, KEY_CONNECTIVITY),
        events={
            KEY_CLOUD_EVENT: (),
            KEY_PLATE: tuple(VisitState),
            KEY_IDENTIFICATION: ("identification", "other"),
        },
        images=(KEY_SNAPSHOT,),
        sensors=(KEY_PLATE, KEY_LAST_PERSON, KEY_LAST_CONFIDENCE),
        # Of cameras whose plates or faces the cloud recognises.
        optional=frozenset({KEY_PLATE, KEY_IDENTIFICATION, KEY_LAST_PERSON, KEY_LAST_CONFIDENCE}),
        event_settings=EVENT_SETTINGS,
    ),
    connect=connect,
    receivers=_receivers,
    live_snapshot=_live_snapshot,
    change_event_type=_change_event_type,
    switched_events=switched_events,
    options=OPTIONS,
    subentry_types=(SUBENTRY_VEHICLE, SUBENTRY_VEHICLE_LIST, SUBENTRY_PERSON),
    register_services=register,
)
