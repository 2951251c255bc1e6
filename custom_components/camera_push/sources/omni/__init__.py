"""3DiVi OMNI Platform: people who were recognised, over its websocket or a webhook."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final, override

from ...const import (
    KEY_CONNECTIVITY,
    KEY_FACE,
    KEY_IDENTIFICATION,
    KEY_LAST_CONFIDENCE,
    KEY_LAST_PERSON,
    KEY_LAST_WATCHLIST,
    KEY_SNAPSHOT,
    SUBENTRY_PERSON,
    SUBENTRY_WATCHLIST,
)
from ...domain.messages import Identification, Message
from ...domain.source_info import SourceInfo
from ...transports.push import Push
from ..base import EntryContext, PushProtocol, Source
from .client import platform_client
from .flow import KEY
from .options import OPTIONS, picture_platform
from .protocol import TYPES, decode
from .receivers import connect, receivers


class OmniPush(PushProtocol):
    """The OMNI Platform's events, versions 1.16 to 1.18."""

    @override
    async def async_decode(self, push: Push) -> list[Message]:
        return await decode(push)

    @override
    async def async_complete(self, context: EntryContext, messages: Sequence[Message]) -> Sequence[Message]:
        if (platform := picture_platform(context.entry.options)) is None:
            return messages
        client = platform_client(context.hass, platform)
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(client.with_pictures(message))
                for message in messages
                if isinstance(message, Identification)
            ]
        return [task.result() for task in tasks]


OMNI: Final = Source(
    info=SourceInfo(
        key=KEY,
        title="OMNI Platform",
        manufacturer="3DiVi",
        # The platform sends no heartbeats: this counts with an interval of the user's only.
        heartbeat_interval=timedelta(minutes=5),
        default_name=lambda camera_id, _details: f"OMNI {camera_id}",
        has_platform_device=True,
        binary_sensors=(KEY_CONNECTIVITY,),
        events={KEY_IDENTIFICATION: (*TYPES, "other")},
        images=(KEY_SNAPSHOT, KEY_FACE),
        sensors=(KEY_LAST_PERSON, KEY_LAST_CONFIDENCE, KEY_LAST_WATCHLIST),
    ),
    push=OmniPush(),
    connect=connect,
    receivers=receivers,
    options=OPTIONS,
    subentry_types=(SUBENTRY_PERSON, SUBENTRY_WATCHLIST),
)
