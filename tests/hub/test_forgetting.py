"""Cameras whose device a user deletes."""

import asyncio
from http import HTTPStatus
import threading
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, HomeAssistant

from custom_components.camera_push import async_remove_config_entry_device
from custom_components.camera_push.storage import files
from custom_components.camera_push.storage.store import Store, StoreError
from tests.common import device, eventually, state
from tests.emulators.vstarcam import VStarcamCamera
from tests.entry.helpers import restart

VUID = "VC0000000ABCD"


async def test_forgotten_while_its_message_was_being_written(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, alarms: list[Event]
) -> None:
    """It was told; but the camera does not come back with it, not after a restart either."""
    await vstarcam.heartbeat()
    hub = vstarcam_entry.runtime_data.hub
    write, go_on, reached = files.write, threading.Event(), threading.Event()

    def slowly(*args):
        reached.set()
        assert go_on.wait(60)
        return write(*args)

    with patch("custom_components.camera_push.storage.files.write", slowly):
        alarm = asyncio.create_task(vstarcam.alarm(0x12))
        await eventually(reached.is_set)
        forgetting = asyncio.create_task(hub.async_forget_camera(VUID))
        await asyncio.sleep(0)
        go_on.set()
        assert (await alarm).status == HTTPStatus.OK
        await forgetting
    assert len(alarms) == 1
    assert hub.cameras == {}
    await restart(hass, vstarcam_entry)
    assert vstarcam_entry.runtime_data.hub.cameras == {}


async def test_device_that_cannot_be_forgotten_is_kept(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry
) -> None:
    """And its entities go on."""
    await vstarcam.heartbeat()
    found = device(hass, vstarcam_entry, VUID)
    assert found is not None
    with patch.object(Store, "forget_camera", side_effect=StoreError("read-only")):
        assert not await async_remove_config_entry_device(hass, vstarcam_entry, found)
    await vstarcam.alarm(0x6D)
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "fire").state == "on"


async def test_device_that_is_deleted_twice_at_once(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, alarms
) -> None:
    """What its camera sends meanwhile is told after that, and the entry can be unloaded."""
    await vstarcam.heartbeat()
    hub, store = vstarcam_entry.runtime_data.hub, vstarcam_entry.runtime_data.store
    go_on, forget = asyncio.Event(), store.forget_camera

    async def slowly(camera_id: str) -> None:
        await go_on.wait()
        await forget(camera_id)

    with patch.object(store, "forget_camera", slowly):
        forgetting = [asyncio.create_task(hub.async_forget_camera(VUID)) for _ in range(2)]
        await asyncio.sleep(0)
        alarm = asyncio.create_task(vstarcam.alarm(0x12))
        await eventually(lambda: vstarcam_entry.runtime_data.context.limiter.state()["inside"] == 1)
        go_on.set()
        await asyncio.gather(*forgetting)
    assert (await alarm).status == HTTPStatus.OK
    assert len(alarms) == 1
    assert await hass.config_entries.async_unload(vstarcam_entry.entry_id)
