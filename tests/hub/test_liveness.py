"""Cameras that fall silent, and come back."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from tests.common import entity_id, pass_time, state
from tests.emulators.ff import FFCamera
from tests.emulators.vstarcam import VStarcamCamera

VUID = "VC0000000ABCD"


def availability(hass: HomeAssistant) -> dict[str, bool]:
    """Return which entities are available."""
    return {it.entity_id: it.state != "unavailable" for it in hass.states.async_all()}


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_missed_heartbeats_make_all_entities_unavailable(
    hass: HomeAssistant,
    vstarcam: VStarcamCamera,
    vstarcam_entry: ConfigEntry,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await vstarcam.heartbeat()
    await pass_time(hass, freezer, 60)
    await vstarcam.alarm(0x12)
    await pass_time(hass, freezer, 179)
    assert all(availability(hass).values())
    last_seen = state(hass, vstarcam_entry, "sensor", VUID, "last_seen")

    await pass_time(hass, freezer, 2)
    found = availability(hass)
    # What is about the past or about the link itself stays.
    for platform, key in (
        ("sensor", "last_seen"),
        ("sensor", "alarms"),
        ("sensor", "alarms_today"),
        ("image", "snapshot"),
        ("binary_sensor", "connectivity"),
    ):
        assert found.pop(entity_id(hass, vstarcam_entry, platform, VUID, key)) is True
    assert len(found) == 10
    assert not any(found.values())
    assert state(hass, vstarcam_entry, "sensor", VUID, "last_seen") is last_seen
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "connectivity").state == "off"
    for _ in range(5):
        await pass_time(hass, freezer, 60)
    assert caplog.text.count("unavailable now") == 1

    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    assert all(availability(hass).values())
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "motion").state == "off"
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "connectivity").state == "on"
    for _ in range(5):
        await pass_time(hass, freezer, 60)
        await vstarcam.heartbeat()
    assert caplog.text.count("is sending again") == 1
    assert caplog.text.count("unavailable now") == 1


async def test_any_message_is_a_sign_of_life(
    hass: HomeAssistant, vstarcam: VStarcamCamera, freezer: FrozenDateTimeFactory
) -> None:
    await vstarcam.heartbeat()
    for _ in range(5):
        await pass_time(hass, freezer, 170)
        await vstarcam.alarm(0x12)
    assert all(availability(hass).values())


async def test_refused_push_is_no_sign_of_life(
    hass: HomeAssistant, vstarcam: VStarcamCamera, freezer: FrozenDateTimeFactory
) -> None:
    await vstarcam.heartbeat()
    await pass_time(hass, freezer, 170)
    await vstarcam.alarm("motion")
    await pass_time(hass, freezer, 11)
    assert not all(availability(hass).values())


async def test_camera_never_armed_stays_available(
    hass: HomeAssistant, vstarcam: VStarcamCamera, freezer: FrozenDateTimeFactory
) -> None:
    await vstarcam.alarm(0x12)
    await pass_time(hass, freezer, 30 * 24 * 3600)
    assert all(availability(hass).values())


async def test_one_silent_camera_does_not_concern_another(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    other = VStarcamCamera("VE123456", vstarcam.poster, vstarcam.webhook_id)
    await vstarcam.heartbeat()
    await other.heartbeat()
    for _ in range(4):
        await pass_time(hass, freezer, 50)
        await other.heartbeat()
    await hass.async_block_till_done()
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "motion").state == "unavailable"
    assert state(hass, vstarcam_entry, "binary_sensor", "VE123456", "motion").state == "off"


async def test_restart_gives_a_full_period_again(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await vstarcam.heartbeat()
    await pass_time(hass, freezer, 1000)
    await hass.config_entries.async_reload(vstarcam_entry.entry_id)
    await pass_time(hass, freezer, 179)
    assert all(availability(hass).values())
    await pass_time(hass, freezer, 2)
    assert not all(availability(hass).values())


async def test_rarer_heartbeats_are_learned(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    """A camera set to 10 minutes would go and come for ever if it were held to one."""
    for _ in range(4):
        await vstarcam.heartbeat()
        await pass_time(hass, freezer, 600)
    await vstarcam.heartbeat()
    await pass_time(hass, freezer, 1790)
    assert all(availability(hass).values())
    await pass_time(hass, freezer, 20)
    assert not all(availability(hass).values())
    await hass.config_entries.async_reload(vstarcam_entry.entry_id)
    await pass_time(hass, freezer, 1790)
    assert all(availability(hass).values())


async def test_late_read_is_a_sign_of_life(
    hass: HomeAssistant, ff: FFCamera, freezer: FrozenDateTimeFactory
) -> None:
    event = ff.event()
    await ff.send_json(ff.keepalive())
    await pass_time(hass, freezer, 1000)
    assert not all(availability(hass).values())
    await ff.send_json(event)
    await hass.async_block_till_done()
    assert all(availability(hass).values())
