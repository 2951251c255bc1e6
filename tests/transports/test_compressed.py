"""Compressed pushes, which can be small on the wire and large in memory."""

import asyncio
import gzip
import json

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from tests.emulators.http import Poster
from tests.metering import longest_block, metered

MIB = 1024 * 1024
HEADERS = ["Content-Encoding: gzip"]
PLATE = json.dumps({"sensorProviderID": "gate", "carState": "new", "plateText": "A"}).encode()


async def test_refused(ff_entry: ConfigEntry, poster: Poster, plates) -> None:
    reply = await poster.post(
        ff_entry.data["webhook_id"], gzip.compress(PLATE), "application/json", headers=HEADERS
    )
    assert reply.status == 415
    assert reply.headers["connection"] == "close"
    assert ff_entry.runtime_data.traffic.refused == {"format": 1}
    assert plates == []


@pytest.mark.parametrize("is_loaded", [True, False])
async def test_nothing_is_unpacked(
    hass: HomeAssistant, ff_entry: ConfigEntry, poster: Poster, is_loaded: bool
) -> None:
    """What is left of a refused push costs the event loop nothing."""
    packed = await asyncio.to_thread(gzip.compress, bytes(600 * MIB), 1)
    webhook_id = ff_entry.data["webhook_id"]
    if not is_loaded:
        await hass.config_entries.async_unload(ff_entry.entry_id)
    with metered() as meter:
        reply = await poster.post(webhook_id, packed, "application/json", headers=HEADERS)
        assert reply.status == (415 if is_loaded else 503)
        # What the server does with the rest comes before it looks at what came later.
        await poster.post(webhook_id, b"", None)
    assert meter.longest < longest_block()


async def test_name_of_no_compression(ff_entry: ConfigEntry, poster: Poster, plates) -> None:
    """Firmware that takes the header for one about characters is understood."""
    reply = await poster.post(
        ff_entry.data["webhook_id"], PLATE, "application/json", headers=["Content-Encoding: utf-8"]
    )
    assert reply.status == 200
    assert len(plates) == 1
