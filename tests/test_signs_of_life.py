"""When a camera was last heard of: at once when few say something, together when many do."""

import asyncio

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import async_capture_events

from .common import entity_id, eventually, state
from .emulators.vstarcam import VStarcamCamera


async def test_first_at_once_then_together(hass: HomeAssistant, vstarcam, vstarcam_entry) -> None:
    webhook_id = vstarcam.webhook_id
    cameras = [VStarcamCamera(f"VC000000000{number}", vstarcam.poster, webhook_id) for number in range(8)]
    for camera in cameras:
        assert (await camera.heartbeat()).status == 200
    seen = {
        camera.vuid: entity_id(hass, vstarcam_entry, "sensor", camera.vuid, "last_seen") for camera in cameras
    }
    # States tell seconds: nothing changes within one.
    await asyncio.sleep(1.1)
    known = vstarcam_entry.runtime_data.cameras
    changes = async_capture_events(hass, "state_changed")

    def shown() -> list[str]:
        return [event.data["entity_id"] for event in changes if event.data["entity_id"] in seen.values()]

    await asyncio.gather(*(camera.heartbeat() for camera in (*cameras, *cameras)))
    await hass.async_block_till_done()
    assert 0 < len(shown()) <= 5
    await eventually(lambda: set(shown()) == set(seen.values()))
    for camera in cameras:
        last = known[camera.vuid].record.last_seen
        assert state(hass, vstarcam_entry, "sensor", camera.vuid, "last_seen").state == last.isoformat(
            timespec="seconds"
        )


async def test_an_alarm_is_shown_at_once(hass: HomeAssistant, vstarcam, vstarcam_entry) -> None:
    for _ in range(10):
        await vstarcam.heartbeat()
    await asyncio.sleep(1.1)
    assert (await vstarcam.alarm()).status == 200
    last = vstarcam_entry.runtime_data.cameras[vstarcam.vuid].record.last_seen
    found = state(hass, vstarcam_entry, "sensor", vstarcam.vuid, "last_seen").state
    assert found == last.isoformat(timespec="seconds")


async def test_nothing_is_shown_after_unloading(hass: HomeAssistant, vstarcam, vstarcam_entry) -> None:
    for _ in range(10):
        await vstarcam.heartbeat()
    assert await hass.config_entries.async_unload(vstarcam_entry.entry_id)
    await asyncio.sleep(1.1)
    assert state(hass, vstarcam_entry, "sensor", vstarcam.vuid, "last_seen").state == "unavailable"
