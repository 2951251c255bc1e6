"""Silence that an entry's reload falls into: what a camera was before it is not forgotten."""

from homeassistant.helpers import device_registry as dr
import pytest

from tests.automations.helpers import device_id
from tests.common import configure, pass_time

VUID = "VC0000000ABCD"
# Three heartbeats of a minute each, and a bit.
SILENCE = 181


@pytest.fixture
async def watched(hass, freezer, vstarcam, vstarcam_entry) -> str:
    """Return the device of a camera whose heartbeats are expected; time stands still from before that."""
    await configure(hass, vstarcam_entry, heartbeat_interval=60)
    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    return device_id(hass, vstarcam_entry, VUID)


def on(trigger: str, minutes: int | None = None) -> str:
    """Return an automation on a liveness trigger, with `for` if there are minutes."""
    options = f"{{for: {{minutes: {minutes}}}}}" if minutes is not None else "{}"
    return f"triggers: {{trigger: camera_push.{trigger}, options: {options}}}"


async def reload(hass, entry) -> None:
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


async def test_camera_is_back_after_a_reload(
    hass, vstarcam, vstarcam_entry, watched, automate, freezer
) -> None:
    """A camera that was silent before the reload is back with its first message after it."""
    ran = await automate(on("camera_is_back"))
    await pass_time(hass, freezer, SILENCE)
    await reload(hass, vstarcam_entry)
    assert len(ran) == 0
    await pass_time(hass, freezer, 30)
    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    assert [trigger["camera_id"] for trigger in ran] == [VUID]
    await vstarcam.heartbeat()
    await reload(hass, vstarcam_entry)
    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    assert len(ran) == 1


async def test_camera_that_goes_on_being_silent_went_silent_once(
    hass, vstarcam, vstarcam_entry, watched, automate, freezer
) -> None:
    ran = await automate(on("camera_went_silent"))
    await pass_time(hass, freezer, SILENCE)
    assert len(ran) == 1
    await reload(hass, vstarcam_entry)
    await pass_time(hass, freezer, 2 * SILENCE)
    assert len(ran) == 1


@pytest.mark.parametrize("minutes", [2, 10])
async def test_for_goes_on_over_a_reload(
    hass, vstarcam, vstarcam_entry, watched, automate, freezer, minutes
) -> None:
    """Whether or not it ends within the time that a start gives cameras to be heard."""
    ran = await automate(on("camera_went_silent", minutes))
    await pass_time(hass, freezer, SILENCE)
    await reload(hass, vstarcam_entry)
    await pass_time(hass, freezer, minutes * 60 - 10)
    assert len(ran) == 0
    await pass_time(hass, freezer, 11)
    assert [trigger["camera_id"] for trigger in ran] == [VUID]


async def test_for_ends_if_the_camera_sends_after_a_reload(
    hass, vstarcam, vstarcam_entry, watched, automate, freezer
) -> None:
    ran = await automate(on("camera_went_silent", 10))
    await pass_time(hass, freezer, SILENCE)
    await reload(hass, vstarcam_entry)
    for _ in range(12):
        await vstarcam.heartbeat()
        await pass_time(hass, freezer, 60)
    assert len(ran) == 0
    # The next silence is one of its own.
    await pass_time(hass, freezer, SILENCE)
    await pass_time(hass, freezer, 590)
    assert len(ran) == 0
    await pass_time(hass, freezer, 11)
    assert len(ran) == 1


async def test_for_ends_even_if_the_trigger_does_not_hear_that_the_camera_sends(
    hass, vstarcam, watched, automate, freezer, monkeypatch
) -> None:
    """When `for` ends, the camera is asked whether it is still silent."""
    subscribe = "custom_components.camera_push.automations.liveness.async_dispatcher_connect"
    monkeypatch.setattr(subscribe, lambda hass, signal, target: lambda: None)
    ran = await automate(on("camera_went_silent", 5))
    await pass_time(hass, freezer, SILENCE)
    for _ in range(6):
        await vstarcam.heartbeat()
        await pass_time(hass, freezer, 60)
    assert len(ran) == 0


async def test_for_goes_on_while_the_entry_is_not_loaded(
    hass, vstarcam_entry, watched, automate, freezer
) -> None:
    """A camera that was silent cannot be back: its pushes are refused."""
    ran = await automate(on("camera_went_silent", 10))
    await pass_time(hass, freezer, SILENCE)
    assert await hass.config_entries.async_unload(vstarcam_entry.entry_id)
    await pass_time(hass, freezer, 601)
    assert [trigger["camera_id"] for trigger in ran] == [VUID]


async def test_for_ends_with_the_camera(hass, vstarcam_entry, watched, automate, freezer) -> None:
    ran = await automate(on("camera_went_silent", 10))
    await pass_time(hass, freezer, SILENCE)
    registry = dr.async_get(hass)
    registry.async_remove_device(watched)
    await pass_time(hass, freezer, 601)
    assert len(ran) == 0


async def test_back_has_to_last(hass, vstarcam, vstarcam_entry, watched, automate, freezer) -> None:
    ran = await automate(on("camera_is_back", 5))
    await pass_time(hass, freezer, SILENCE)
    await vstarcam.heartbeat()
    await pass_time(hass, freezer, SILENCE)
    await pass_time(hass, freezer, 301)
    assert len(ran) == 0
    for _ in range(6):
        await vstarcam.heartbeat()
        await pass_time(hass, freezer, 60)
    assert [trigger["camera_id"] for trigger in ran] == [VUID]
