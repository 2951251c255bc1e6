"""Our own clock is set, by NTP, forward or back, or summer time ends: gates, alarms and pictures go on."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from custom_components.camera_push.domain.clock import ClockJumpDetector
from custom_components.camera_push.sources.ff.receivers import decode_file
from tests.common import NOW, configure, eventually, shown, state
from tests.config_flows import submit
from tests.emulators.ff_ftp import name, path
from tests.emulators.pictures import jpeg
from tests.vehicles import Watch, filled_in, start

VUID = "VC0000000ABCD"
JUMPS = {
    "an hour forward": timedelta(hours=1),
    "an hour back": timedelta(hours=-1),
    "years forward": timedelta(days=3650),
    "months back": timedelta(days=-300),
}

type Jump = Callable[[timedelta], None]


@pytest.fixture
def jump(freezer: FrozenDateTimeFactory) -> Iterator[Jump]:
    """Return a function that sets the clock, while no time passes."""
    freezer.move_to(NOW)
    with patch("custom_components.camera_push.domain.clock.monotonic", return_value=1000.0):
        yield lambda delta: freezer.move_to(datetime.now(UTC) + delta)


@pytest.fixture(params=list(JUMPS.values()), ids=list(JUMPS))
def delta(request: pytest.FixtureRequest) -> timedelta:
    """Return by how much the clock is set."""
    return request.param


@pytest.fixture
async def watch(hass: HomeAssistant, ff_entry) -> Watch:
    """Return what follows a known vehicle."""
    flow = await start(hass, ff_entry)
    await submit(hass, flow, filled_in())
    await hass.async_block_till_done()
    return Watch(hass, next(iter(ff_entry.subentries)))


async def test_a_read_of_now_is_not_late(hass, ff, plates, watch, jump: Jump, delta: timedelta) -> None:
    """Our clock was wrong, the camera's is right; then ours is put right."""
    await ff.read(at=NOW + delta, carID="1")
    await ff.read("lost", at=NOW + delta, carID="1")
    jump(delta)
    await ff.read(at=datetime.now(UTC), carID="2")
    # One that the camera kept is late still, whatever we thought of its clock before.
    await ff.read(at=datetime.now(UTC) - timedelta(minutes=59), carID="3")
    await hass.async_block_till_done()
    # Before, a camera that is behind could be one that delivers what it kept, or one that has no clock.
    assert [event.data["late"] for event in plates[2:]] == [False, True]
    assert watch.seen >= 1


async def test_a_vehicle_that_comes_again(hass, ff, watch, jump: Jump, delta: timedelta) -> None:
    """Its last visit, by a clock that was wrong, is not the present one."""
    await ff.read(at=NOW, carID=None)
    jump(delta)
    await ff.read(at=datetime.now(UTC), carID=None)
    await hass.async_block_till_done()
    assert watch.seen == 2


async def test_pictures_are_shown(hass, vstarcam, vstarcam_entry, jump: Jump, delta: timedelta) -> None:
    for text in ("before", "after"):
        assert (await vstarcam.alarm(picture=jpeg(text))).status == 200
        assert await shown(hass, vstarcam_entry, "snapshot", VUID) == jpeg(text)
        jump(delta)


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_a_camera_is_not_silent(hass, vstarcam, vstarcam_entry, jump: Jump, delta) -> None:
    camera = vstarcam_entry.runtime_data.hub.cameras
    await vstarcam.heartbeat()
    for _ in range(2):
        # The loop's own clock is set as well in these tests: only who says nothing is silent.
        jump(delta)
        await vstarcam.heartbeat()
    await hass.async_block_till_done()
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "motion").state == "off"
    # Nor does it learn that the camera is one of those that say something once an hour.
    assert camera[VUID].liveness.period == timedelta(seconds=180)
    assert state(hass, vstarcam_entry, "sensor", VUID, "last_seen").state


def an_hour_ago() -> datetime:
    """Return what a clock says that was set back."""
    return datetime.now(UTC) - timedelta(hours=1)


async def restarts_with_the_clock_set_back(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Load an entry again by a clock by which everything known happens in an hour."""
    with patch("homeassistant.util.dt.utcnow", an_hour_ago):
        assert await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()


async def test_an_alarm_does_not_stay_for_hours(hass, vstarcam, vstarcam_entry) -> None:
    """It is kept over a restart until a time; when the clock was set back meanwhile, that is far away."""
    await configure(hass, vstarcam_entry, hold_times={"motion": 1})
    await vstarcam.alarm()
    await restarts_with_the_clock_set_back(hass, vstarcam_entry)
    sensor = state(hass, vstarcam_entry, "binary_sensor", VUID, "motion").entity_id
    assert hass.states.get(sensor).state == "on"
    await eventually(lambda: hass.states.get(sensor).state == "off", 10)


async def test_a_vehicle_is_not_present_for_hours(hass, ff, ff_entry) -> None:
    flow = await start(hass, ff_entry)
    await submit(hass, flow, filled_in(hold_time=1))
    await hass.async_block_till_done()
    watch = Watch(hass, next(iter(ff_entry.subentries)))
    await ff.read()
    await restarts_with_the_clock_set_back(hass, ff_entry)
    assert hass.states.get(watch.presence).state == "on"
    await eventually(lambda: hass.states.get(watch.presence).state == "off", 10)


@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
async def test_the_hour_that_there_is_twice(hass, ff, ff_entry, plates, freezer, first: bool) -> None:
    """A camera that tells local time without a zone is not an hour late when summer time ends."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    berlin = ZoneInfo("Europe/Berlin")
    at = datetime(2026, 10, 25, 0 if first else 1, 30, tzinfo=UTC)
    freezer.move_to(at)
    local = at.astimezone(berlin)
    assert (local.hour, local.fold) == (2, 0 if first else 1)
    await ff.read(capture_timestamp=None, capture_ts=None, datetime=f"{local:%Y%m%d %H%M%S}000")
    await hass.async_block_till_done()
    assert plates[0].data["late"] is False
    assert plates[0].data["captured_at"] == at.isoformat(timespec="milliseconds")
    arrival = ff_entry.runtime_data.receiver.arrival("192.0.2.7")
    file_name = name(local.replace(tzinfo=None))
    read: Any = decode_file(arrival, PurePosixPath(path("gate", local, file_name)), jpeg())
    assert read.captured_at == at


def test_a_clock_that_runs(freezer) -> None:
    """Time that passes is no jump, and neither is a clock that is slowly put right."""
    clock, now = ClockJumpDetector(), NOW
    with patch("custom_components.camera_push.domain.clock.monotonic") as monotonic:
        for passed, wall in ((0, 0), (60, 60), (3600, 3603), (3600, 3597), (0.5, 0.5)):
            monotonic.return_value = (monotonic.return_value if passed else 0.0) + passed
            now += timedelta(seconds=wall)
            assert not clock.was_set(now)
        assert clock.was_set(now + timedelta(seconds=6))
        assert not clock.was_set(now + timedelta(seconds=6))
        assert clock.was_set(now)
