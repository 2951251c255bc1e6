"""Pushes to an entry that is closing, unloaded or disabled are told to come again, and hold up nothing."""

import asyncio
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry, ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest

from custom_components.camera_push.transports import limits
from tests.common import eventually
from tests.emulators.ff import FFCamera
from tests.emulators.http import Poster
from tests.emulators.vstarcam import VStarcamCamera


@pytest.mark.parametrize("is_disabled", [False, True], ids=["unloaded", "disabled"])
@pytest.mark.parametrize("is_local", [False, True], ids=["remote", "local"])
async def test_not_loaded(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, alarms, is_local, is_disabled
) -> None:
    """The webhook component alone would answer a remote sender an empty 200."""
    entry_id = vstarcam_entry.entry_id
    with patch("homeassistant.components.webhook.network_util.is_local", return_value=is_local):
        if is_disabled:
            await hass.config_entries.async_set_disabled_by(entry_id, ConfigEntryDisabler.USER)
        else:
            await hass.config_entries.async_unload(entry_id)
        for reply in (await vstarcam.alarm(0x12), await vstarcam.heartbeat()):
            assert (reply.status, reply.json["code"], reply.headers["retry-after"]) == (503, "503", "10")
        if is_disabled:
            await hass.config_entries.async_set_disabled_by(entry_id, None)
        else:
            await hass.config_entries.async_setup(entry_id)
        assert alarms == []
        # Loaded, it takes no pushes from outside unless the user wants them.
        await vstarcam.alarm(0x12)
        assert len(alarms) == is_local


async def begin(
    poster: Poster, entry: ConfigEntry, body: bytes
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Begin a push of 1,000 bytes, the rest of which does not come."""
    reader, writer = await asyncio.open_connection(poster.host, poster.port)
    writer.write(
        f"POST /api/webhook/{entry.data['webhook_id']} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
        "Content-Type: application/json\r\n\r\n".encode()
        + body
    )
    await writer.drain()
    return reader, writer


async def status(connection: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> int:
    """Return the status that is answered, and hang up."""
    reader, writer = connection
    line = await reader.readline()
    writer.close()
    return int(line.split()[1])


@pytest.mark.parametrize("room", [1, limits.MAX_OF_ONE], ids=["waiting for room", "arriving"])
async def test_slow_senders_do_not_hold_up_a_reload(
    hass: HomeAssistant, ff: FFCamera, ff_entry: ConfigEntry, poster: Poster, plates, room: int
) -> None:
    """Long before they would have taken too long, they are told to come again."""
    with patch.object(limits, "MAX_OF_ONE", room), patch.object(limits, "SLOW_BYTES_PER_SECOND", 0):
        with patch.object(limits, "GRACE_SECONDS", 1000):
            senders = [await begin(poster, ff_entry, body) for body in (b"", b"[", b"[" * 900)]

            def state() -> dict:
                return ff_entry.runtime_data.context.limiter.state()

            await eventually(lambda: state()["inside"] + state()["waiting"] == len(senders))
            await hass.config_entries.async_reload(ff_entry.entry_id)
        assert [await status(sender) for sender in senders] == [503, 503, 503]
    assert ff_entry.state is ConfigEntryState.LOADED
    assert (await ff.read()).status == 200
    assert len(plates) == 1
