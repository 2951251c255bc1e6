"""An account of VXG Cloud VMS that must be asked for each camera: one that fails loses nothing."""

from datetime import timedelta
import logging
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from tests.common import eventually
from tests.emulators.vxg import VxgServer
from tests.sources.vxg.helpers import CAM, READER, add_account, settled


@pytest.fixture
async def account(hass: HomeAssistant, server: VxgServer) -> ConfigEntry:
    """Return an entry with two cameras that have been known for long."""
    server.cameras |= {"1": "Door"}
    server.__post_init__()
    server.account_events_forbidden = True
    entry = await add_account(hass, server)
    for camera in entry.runtime_data.hub.cameras.values():
        camera.record.known_since -= timedelta(hours=1)
        camera.async_changed()
    return entry


@pytest.mark.parametrize("failure", [500, 403, 404, b'{"objects": [{"id": 1, "cam', b"[]"])
@pytest.mark.parametrize("is_restarted", [False, True])
async def test_camera_that_fails_keeps_its_begin(hass, server, account, cloud, failure, is_restarted) -> None:
    """Later events of other cameras do not move it, nor does a restart."""
    server.failing[CAM] = failure
    missed = [server.happen(at=server.now - timedelta(minutes=20 - number)) for number in range(5)]
    server.happen(camera="1")
    await eventually(lambda: len(cloud) == 1)
    await settled(account)
    if is_restarted:
        await hass.config_entries.async_reload(account.entry_id)
    assert account.runtime_data.hub.context.connection.is_connected or is_restarted
    del server.failing[CAM]
    await eventually(lambda: len(cloud) == 6)
    await settled(account)
    captured = [event.data["captured_at"][:19] for event in cloud[1:]]
    assert captured == [event["time"][:19] for event in missed]
    assert {event.data["late"] for event in cloud[1:]} == {True}
    assert account.runtime_data.hub.history.unread_since is None


async def test_camera_that_stalls_keeps_no_other_waiting(hass, server, account, cloud, caplog) -> None:
    """It is left alone for a while, and logged once each way."""
    caplog.set_level(logging.INFO)
    server.failing[CAM] = 500
    for number in range(3):
        server.happen(camera="1")
        await eventually(lambda: len(cloud) == number + 1)  # noqa: B023  # Used within the round.
    del server.failing[CAM]
    server.happen()
    await eventually(lambda: len(cloud) == 4)
    await eventually(lambda: "are read again" in caplog.text)
    assert caplog.text.count("could not be read") == 1


async def test_camera_whose_answer_does_not_come(hass, server, account, cloud) -> None:
    """The others are asked again and again meanwhile."""
    server.stalled = CAM
    with patch(f"{READER}.PATIENCE_SECONDS", 0.05):
        for number in range(3):
            server.happen(camera="1")
            await eventually(lambda: len(cloud) == number + 1)  # noqa: B023  # Used within the round.
        server.happen()
        assert account.runtime_data.hub.context.connection.is_connected
        server.stalled = None
        await eventually(lambda: len(cloud) == 4)


async def test_unloaded_while_a_camera_stalls(hass, server, account) -> None:
    server.stalled = CAM
    with patch(f"{READER}.PATIENCE_SECONDS", 0.05):
        await settled(account)
        assert await hass.config_entries.async_unload(account.entry_id)
    server.stalled = None


async def test_all_that_fail_are_no_answer(hass, server, account, cloud) -> None:
    server.failing |= {CAM: 500, "1": 500}
    await eventually(lambda: not account.runtime_data.hub.context.connection.is_connected)
    server.happen()
    server.failing.clear()
    await eventually(lambda: len(cloud) == 1)


async def test_all_at_once_that_fails_half_way(hass, server, cloud) -> None:
    """What the first pages told does not move the begin of what was not read."""
    entry = await add_account(hass, server)
    server.max_page, server.fails_at_offset = 2, 2
    for number in range(6):
        server.happen(at=server.now + timedelta(milliseconds=number))
    await eventually(lambda: len(cloud) == 2)
    await eventually(lambda: entry.runtime_data.hub.history.unread_since is not None)
    server.fails_at_offset = None
    await eventually(lambda: len(cloud) == 6)
    await eventually(lambda: entry.runtime_data.hub.history.unread_since is None)
