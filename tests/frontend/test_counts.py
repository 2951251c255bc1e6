"""The counts that the dashboard's graph draws."""

from datetime import timedelta

from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

from custom_components.camera_push.frontend.counts import async_update_counts
from tests.emulators.http import Poster
from tests.emulators.vstarcam import ALARMS, VStarcamCamera


async def changes(hass: HomeAssistant) -> dict[str, float]:
    """Return how many events there were in the last two days, by statistic."""
    await async_wait_recording_done(hass)
    now = dt_util.utcnow()
    found = await get_instance(hass).async_add_executor_job(
        statistics_during_period,
        hass,
        now - timedelta(days=2),
        now + timedelta(hours=1),
        {"camera_push:alarm", "camera_push:visit"},
        "hour",
        None,
        {"change"},
    )
    return {name: sum(row["change"] for row in rows) for name, rows in found.items()}


async def test_alarms_are_counted_once_however_often_they_are_looked_at(
    recorder_mock: Recorder, hass: HomeAssistant, vstarcam_entry: ConfigEntry, poster: Poster
) -> None:
    camera = VStarcamCamera("VC0001", poster, vstarcam_entry.data["webhook_id"])
    for _ in range(3):
        await camera.alarm(ALARMS["motion"])
    await hass.async_block_till_done()
    await async_update_counts(hass, dt_util.utcnow())
    assert await changes(hass) == {"camera_push:alarm": 3, "camera_push:visit": 0}

    await camera.alarm(ALARMS["humanoid"])
    await hass.async_block_till_done()
    await async_update_counts(hass, dt_util.utcnow())
    assert await changes(hass) == {"camera_push:alarm": 4, "camera_push:visit": 0}


async def test_sums_go_on_from_before_what_is_counted_anew(
    recorder_mock: Recorder, hass: HomeAssistant, vstarcam_entry: ConfigEntry, poster: Poster
) -> None:
    camera = VStarcamCamera("VC0001", poster, vstarcam_entry.data["webhook_id"])
    await camera.alarm(ALARMS["motion"])
    await hass.async_block_till_done()
    now = dt_util.utcnow()
    await async_update_counts(hass, now)
    await async_wait_recording_done(hass)
    later = now + timedelta(hours=60)
    await async_update_counts(hass, later)
    await async_wait_recording_done(hass)
    found = await get_instance(hass).async_add_executor_job(
        statistics_during_period,
        hass,
        now - timedelta(hours=1),
        None,
        {"camera_push:alarm"},
        "hour",
        None,
        {"sum"},
    )
    sums = [row["sum"] for row in found["camera_push:alarm"]]
    assert sums[-1] == 1
    assert sums == sorted(sums)
