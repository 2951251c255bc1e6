"""3DiVi OMNI Platform: people who were recognised, over its websocket or a webhook."""

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
    SUBENTRY_STREAM,
    SUBENTRY_WATCHLIST,
)
from ...domain.messages import Identification, Message
from ...domain.quota import ByteQuota
from ...domain.source_info import SourceInfo
from ...transports.push import Keep, Push
from ..base import EntryContext, PushProtocol, Source
from .client import platform_client
from .flow import KEY
from .options import OPTIONS, picture_platform
from .pictures import all_with_pictures
from .protocol import TYPES, decode
from .receivers import connect, receivers

# The pictures of one push; those for which there is no room are left out.
MAX_BYTES_OF_PUSH: Final = 32 * 1024 * 1024


class OmniPush(PushProtocol):
    """The OMNI Platform's events, versions 1.16 to 1.18."""

    @override
    async def async_decode(self, push: Push) -> list[Message]:
        return await decode(push)

    @override
    async def async_complete(
        self, context: EntryContext, messages: Sequence[Message], keep: Keep
    ) -> Sequence[Message]:
        if (platform := picture_platform(context.entry)) is None:
            return messages
        budget = ByteQuota(MAX_BYTES_OF_PUSH)

        async def keep_within_budget(size: int) -> None:
            budget.take(size)
            await keep(size)

        events = [message for message in messages if isinstance(message, Identification)]
        client = platform_client(context.hass, platform)
        return await all_with_pictures(client.picture, events, keep_within_budget)


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
    subentry_types=(SUBENTRY_PERSON, SUBENTRY_WATCHLIST, SUBENTRY_STREAM),
)
