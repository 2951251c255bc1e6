"""When a camera was last heard of: shown at once when few say something, now and then when many do."""

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from tests.common import configure, pass_time, state
from tests.emulators.vstarcam import VStarcamCamera


@pytest.fixture
async def cameras(hass: HomeAssistant, vstarcam, vstarcam_entry, freezer) -> list[VStarcamCamera]:
    """Return cameras that sent as many heartbeats as are shown at once in a minute, and one more."""
    # Nobody is silent in these tests unless they want it.
    await configure(hass, vstarcam_entry, heartbeat_interval=200)
    webhook_id = vstarcam.webhook_id
    found = [VStarcamCamera(f"VC000000000{number}", vstarcam.poster, webhook_id) for number in range(8)]
    for camera in found:
        assert (await camera.heartbeat()).status == 200
    freezer.tick(20)
    for _ in range(37):
        for camera in found:
            assert (await camera.heartbeat()).status == 200
            assert last_seen(hass, vstarcam_entry, camera) == now()
    for camera in found[:5]:
        await camera.heartbeat()
    return found


def now() -> str:
    return dt_util.utcnow().isoformat(timespec="seconds")


def last_seen(hass: HomeAssistant, entry, camera: VStarcamCamera) -> str:
    return state(hass, entry, "sensor", camera.vuid, "last_seen").state


async def seconds(hass: HomeAssistant, freezer, count: int) -> None:
    """Let time pass, with a look at each second."""
    for _ in range(count):
        await pass_time(hass, freezer, 1)


async def test_many_are_shown_every_few_minutes(
    hass: HomeAssistant, vstarcam_entry, freezer, cameras
) -> None:
    shown = now()
    freezer.tick(1)
    for camera in cameras:
        assert (await camera.heartbeat()).status == 200
        assert last_seen(hass, vstarcam_entry, camera) == shown
    told = now()
    await seconds(hass, freezer, 298)
    assert {last_seen(hass, vstarcam_entry, camera) for camera in cameras} == {shown}
    await seconds(hass, freezer, 3)
    assert {last_seen(hass, vstarcam_entry, camera) for camera in cameras} == {told}


async def test_shown_at_once_again_when_there_are_few(
    hass: HomeAssistant, vstarcam_entry, freezer, cameras
) -> None:
    freezer.tick(61)
    shown = last_seen(hass, vstarcam_entry, cameras[0])
    await cameras[0].heartbeat()
    assert last_seen(hass, vstarcam_entry, cameras[0]) == shown
    freezer.tick(61)
    await cameras[0].heartbeat()
    assert last_seen(hass, vstarcam_entry, cameras[0]) == now()


async def test_shown_at_once_after_a_pause(hass: HomeAssistant, vstarcam_entry, freezer, cameras) -> None:
    freezer.tick(121)
    await cameras[0].heartbeat()
    assert last_seen(hass, vstarcam_entry, cameras[0]) == now()


async def test_who_goes_silent_tells_when_it_was_last_heard_of(
    hass: HomeAssistant, vstarcam_entry, freezer, cameras
) -> None:
    freezer.tick(5)
    await cameras[0].heartbeat()
    told = now()
    assert last_seen(hass, vstarcam_entry, cameras[0]) != told
    await pass_time(hass, freezer, 601)
    assert state(hass, vstarcam_entry, "image", cameras[0].vuid, "snapshot").state == "unavailable"
    assert last_seen(hass, vstarcam_entry, cameras[0]) == told


async def test_an_alarm_is_shown_at_once(hass: HomeAssistant, vstarcam_entry, freezer, cameras) -> None:
    freezer.tick(5)
    assert (await cameras[0].alarm()).status == 200
    assert last_seen(hass, vstarcam_entry, cameras[0]) == now()


async def test_nothing_is_shown_after_unloading(
    hass: HomeAssistant, vstarcam_entry, freezer, cameras
) -> None:
    freezer.tick(5)
    await cameras[0].heartbeat()
    assert await hass.config_entries.async_unload(vstarcam_entry.entry_id)
    await pass_time(hass, freezer, 310)
    assert last_seen(hass, vstarcam_entry, cameras[0]) == "unavailable"
