"""3DiVi OMNI Platform: people who were recognised, over its websocket or a webhook."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final, override

from homeassistant.components.event import EventEntityDescription
from homeassistant.components.image import ImageEntityDescription
from homeassistant.components.sensor import SensorEntityDescription, SensorStateClass
from homeassistant.const import CONF_URL, CONF_VERIFY_SSL, CONF_WEBHOOK_ID, PERCENTAGE
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from ...const import (
    KEY_FACE,
    KEY_IDENTIFICATION,
    KEY_LAST_CONFIDENCE,
    KEY_LAST_PERSON,
    KEY_LAST_WATCHLIST,
    KEY_SNAPSHOT,
    SUBENTRY_PERSON,
    SUBENTRY_WATCHLIST,
)
from ...domain.errors import ProtocolError, Refusal
from ...domain.json_body import listed, parse_json
from ...domain.messages import Identification, Message
from ...domain.record import CameraRecord
from ...flows.person import PersonFlow, WatchlistFlow
from ...transports.contracts import Host, Receiver
from ...transports.push import Push
from ..base import Answer, Source
from .client import OmniClient, OmniSettings
from .flow import STEPS
from .protocol import TYPES, decode_event
from .receivers import OmniConnection, with_pictures

MAX_EVENT_BYTES: Final = 1024 * 1024
# Of one push; each has pictures to fetch.
MAX_EVENTS: Final = 100


def platform_client(hass: HomeAssistant, data: Mapping[str, Any]) -> OmniClient:
    """Return what speaks to the platform in an entry's data or options; raises ValueError."""
    session = async_get_clientsession(hass, verify_ssl=data.get(CONF_VERIFY_SSL, True))
    return OmniClient(session, OmniSettings.from_data(data))


@dataclass(frozen=True, kw_only=True)
class Omni(Source):
    """The OMNI Platform's events, versions 1.16 to 1.18."""

    @override
    async def async_decode(self, push: Push) -> list[Message]:
        if push.media_type not in ("application/json", "text/json"):
            raise ProtocolError("An event is application/json.", Refusal.FORMAT)

        def decode(body: bytes) -> list[Message]:
            push.seen.value = value = parse_json(body)
            # One event or several: how the platform posts them is not documented.
            return [decode_event(push, event) for event in listed(value, MAX_EVENTS)]

        return await push.decoded(decode, await push.whole(MAX_EVENT_BYTES, "The event"))

    @override
    def accepted(self) -> Answer:
        return Answer(HTTPStatus.OK, {"status": "ok"})

    @override
    def refused(self, error: ProtocolError) -> Answer:
        return Answer(error.status, {"status": "error", "message": error.sentence})

    @override
    async def async_complete(self, host: Host, messages: Sequence[Message]) -> Sequence[Message]:
        if not host.options.platform.get(CONF_URL):
            return messages
        client = platform_client(host.hass, host.options.platform)
        return await asyncio.gather(
            *(
                with_pictures(client, message) if isinstance(message, Identification) else _same(message)
                for message in messages
            )
        )

    @override
    def listeners(self, host: Host) -> Sequence[Receiver]:
        data = host.entry.data
        if CONF_WEBHOOK_ID in data:
            return ()
        settings = OmniSettings.from_data(data)
        client = platform_client(host.hass, data)
        address = settings.url.host or ""
        connection = OmniConnection(
            host, client, host.entry.title, address, fills_gaps=bool(settings.api_key)
        )
        return (connection.link,)

    @override
    def device_name(self, record: CameraRecord) -> str:
        return f"OMNI {record.camera_id}"


async def _same(message: Message) -> Message:
    return message


OMNI: Final = Omni(
    key="omni",
    title="OMNI Platform",
    manufacturer="3DiVi",
    # It sends no heartbeats; this is what a user's own interval replaces.
    heartbeat_interval=timedelta(minutes=5),
    identifies=True,
    is_platform=True,
    events=(
        EventEntityDescription(
            key=KEY_IDENTIFICATION, translation_key=KEY_IDENTIFICATION, event_types=[*TYPES, "other"]
        ),
    ),
    images=(
        ImageEntityDescription(key=KEY_SNAPSHOT, translation_key=KEY_SNAPSHOT),
        ImageEntityDescription(key=KEY_FACE, translation_key=KEY_FACE),
    ),
    sensors=(
        SensorEntityDescription(key=KEY_LAST_PERSON, translation_key=KEY_LAST_PERSON),
        SensorEntityDescription(
            key=KEY_LAST_CONFIDENCE,
            translation_key=KEY_LAST_CONFIDENCE,
            native_unit_of_measurement=PERCENTAGE,
            state_class=SensorStateClass.MEASUREMENT,
        ),
        SensorEntityDescription(key=KEY_LAST_WATCHLIST, translation_key=KEY_LAST_WATCHLIST),
    ),
    subentry_flows={SUBENTRY_PERSON: PersonFlow, SUBENTRY_WATCHLIST: WatchlistFlow},
    flow_steps=STEPS,
)
