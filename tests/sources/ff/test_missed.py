"""Reads that were missed: the camera is asked for them when Home Assistant or the camera is back."""

import asyncio
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events, async_fire_time_changed

from custom_components.camera_push.const import EVENT_PLATE
from custom_components.camera_push.entry.receive import EntryReceiver
from tests.common import pass_time, shown, state
from tests.config_flows import start_subentry, submit
from tests.emulators.ff import FFCamera
from tests.emulators.ff_cgi import CHOICE, FFCgiServer, recorded
from tests.emulators.pictures import jpeg
from tests.sources.set_up import login

CAMERA = FFCgiServer
VIEW, CROP = jpeg("view", (320, 200)), jpeg("crop", (100, 30))
CLIENT = "custom_components.camera_push.sources.ff.client"


@pytest.fixture
async def entry(hass: HomeAssistant, address, ff: FFCamera, ff_entry: ConfigEntry, cgi) -> ConfigEntry:
    """Return an entry whose camera was set up, and was heard of."""
    flow = await submit(hass, await start_subentry(hass, ff_entry, "camera"), login(cgi))
    flow = await submit(hass, flow, CHOICE | {"period": "5"})
    await submit(hass, flow, {})
    await ff.send_json(ff.keepalive())
    await hass.async_block_till_done()
    return ff_entry


async def off_and_on(hass: HomeAssistant, entry: ConfigEntry, cgi: FFCgiServer) -> None:
    """Have Home Assistant off for a while; returns once the camera was asked."""
    before = len(cgi.searches)
    await hass.config_entries.async_reload(entry.entry_id)
    await settled(hass, entry)
    assert len(cgi.searches) == before + 1


async def settled(hass: HomeAssistant, entry: ConfigEntry) -> None:
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.runtime_data.hub.cameras["gate"].record.missed_since is None


def told(plates: list[Event]) -> list[tuple]:
    return [(it.data["plate"], it.data["late"]) for it in plates]


async def test_told_late_in_order_once(hass, entry, cgi, plates) -> None:
    now = datetime.now(UTC)
    cgi.reads = [
        recorded(now, "3", "CCC3"),
        recorded(now - timedelta(seconds=1), "2", "BBB2"),
        recorded(now - timedelta(seconds=2), "1", "AAA1"),
    ]
    await off_and_on(hass, entry, cgi)
    assert told(plates) == [("AAA1", True), ("BBB2", True), ("CCC3", True)]
    for _ in range(2):
        # Also over restarts.
        await off_and_on(hass, entry, cgi)
    assert len(plates) == 3
    assert state(hass, entry, "sensor", "gate", "plate").state == "unknown"


async def test_asks_from_when_it_was_heard_of(hass, entry, cgi) -> None:
    cgi.reads = []
    seen = entry.runtime_data.hub.cameras["gate"].record.last_seen
    await off_and_on(hass, entry, cgi)
    asked = datetime.fromtimestamp(int(cgi.searches[0]["TimestampFrom"]) / 1_000_000, UTC)
    # By the camera's clock, whose offset is next to nothing here.
    assert abs(asked - (seen - timedelta(minutes=1))) < timedelta(seconds=10)


async def test_what_a_row_says(hass, entry, cgi, plates) -> None:
    at = datetime.now(UTC)
    row = recorded(at, "7", "MSR1669", SPEED="43.5")
    cgi.reads = [row]
    names = [row[key].partition("name=")[2].strip() for key in ("LP_BMP", "ROI_BMP")]
    cgi.pictures = dict(zip(names, (CROP, VIEW), strict=True))
    await off_and_on(hass, entry, cgi)
    data = plates[0].data
    expected = {
        "camera_id": "gate",
        "state": "new",
        "plate": "MSR1669",
        "country": "DEU",
        "region": "München",
        "direction": "in",
        "zone": 1,
        "car_id": "7",
        "list_name": "Allow list",
        "list_mode": "allow",
        "late": True,
        "captured_at": at.isoformat(timespec="milliseconds"),
        "details": {"lp_description": "car_test_2", "car_conf": "55.8820610046387", "speed": "43.5"},
    }
    assert {key: data[key] for key in expected} == expected
    assert data["vehicle"]["color"] == "BLUE"
    assert data["vehicle"]["view"] == "front"
    assert None not in (data["picture"], data["plate_picture"])
    assert await shown(hass, entry, "plate") == CROP
    assert sorted(cgi.fetched) == sorted(names)


class TestOnce:
    """What was pushed is not told again, nor what is pushed after it was asked for."""

    async def test_pushed_before(self, hass, entry, ff, cgi, plates) -> None:
        at = datetime.now(UTC)
        await ff.read("new", at=at, plate="AAA1", carID="1")
        await ff.read("lost", at=at, plate="AAA1", carID="1")
        cgi.reads = [recorded(at + timedelta(seconds=3), "1", "AAA1")]
        cgi.reads[0]["TS"] = str(int(cgi.reads[0]["TS"]) - 4000)
        await off_and_on(hass, entry, cgi)
        assert [it.data["state"] for it in plates] == ["new", "lost"]

    async def test_pushed_from_the_buffer_afterwards(self, hass, entry, ff, cgi, plates, freezer) -> None:
        at = datetime.now(UTC)
        cgi.reads = [recorded(at, "1", "AAA1")]
        await off_and_on(hass, entry, cgi)
        freezer.tick(timedelta(minutes=2))
        for number, kind in enumerate(("new", "update", "lost")):
            reply = await ff.read(kind, at=at + timedelta(seconds=number), plate="AAA1", carID="1")
            assert reply.status == 200
        await hass.config_entries.async_reload(entry.entry_id)
        assert (await ff.read("lost", at=at, plate="AAA1", carID="1")).status == 200
        assert told(plates) == [("AAA1", True)]

    async def test_car_that_is_there_opens_the_gate(self, hass, entry, ff, cgi, plates) -> None:
        """Its visit goes on: what is pushed now is about now."""
        at = datetime.now(UTC)
        cgi.reads = [recorded(at, "1", "AAA1")]
        await off_and_on(hass, entry, cgi)
        await ff.read("update", at=datetime.now(UTC), plate="AAA1", carID="1")
        assert told(plates) == [("AAA1", True), ("AAA1", False)]

    async def test_car_id_that_comes_back(self, hass, entry, ff, cgi, plates, freezer) -> None:
        """Ids start anew when the camera's software does."""
        at = datetime.now(UTC)
        await ff.read("new", at=at, plate="AAA1", carID="1")
        freezer.tick(timedelta(minutes=10))
        cgi.reads = [recorded(at + timedelta(minutes=5), "1", "BBB2")]
        await off_and_on(hass, entry, cgi)
        assert told(plates) == [("AAA1", False), ("BBB2", True)]


class TestConnection:
    """When the camera is asked, and what if it does not answer."""

    async def test_camera_was_silent(self, hass, entry, ff, cgi, plates, freezer) -> None:
        cgi.reads = []
        await pass_time(hass, freezer, 15 * 60 + 1)
        assert state(hass, entry, "event", "gate", "plate").state == "unavailable"
        at = datetime.now(UTC) - timedelta(minutes=5)
        cgi.reads = [recorded(at, "1", "AAA1")]
        assert cgi.searches == []
        await ff.send_json(ff.keepalive())
        await settled(hass, entry)
        assert told(plates) == [("AAA1", True)]

    async def test_camera_that_comes_back_later(self, hass, entry, ff, cgi, plates, freezer) -> None:
        at = datetime.now(UTC)
        with patch(f"{CLIENT}._TIMEOUT_SECONDS", 0):
            await hass.config_entries.async_reload(entry.entry_id)
            await hass.async_block_till_done(wait_background_tasks=True)
        record = entry.runtime_data.hub.cameras["gate"].record
        assert record.missed_since is not None
        cgi.reads = [recorded(at, "1", "AAA1")]
        await pass_time(hass, freezer, 5 * 60 + 1)
        await settled(hass, entry)
        assert told(plates) == [("AAA1", True)]

    async def test_camera_falls_silent_while_it_is_asked(self, hass, entry, ff, cgi, plates, freezer) -> None:
        """What it read then is asked for when it is back."""
        cgi.reads = [recorded(datetime.now(UTC), "1", "AAA1")]
        receive = EntryReceiver.async_receive

        async def receive_and_fall_silent(receiver, messages, complete=None) -> None:
            await receive(receiver, messages, complete)
            freezer.tick(timedelta(minutes=15, seconds=1))
            async_fire_time_changed(hass)
            await asyncio.sleep(0)

        with patch.object(EntryReceiver, "async_receive", receive_and_fall_silent):
            await hass.config_entries.async_reload(entry.entry_id)
            await hass.async_block_till_done(wait_background_tasks=True)
        assert state(hass, entry, "event", "gate", "plate").state == "unavailable"
        cgi.reads.insert(0, recorded(datetime.now(UTC) - timedelta(minutes=5), "2", "BBB2"))
        await ff.send_json(ff.keepalive())
        await settled(hass, entry)
        assert told(plates) == [("AAA1", True), ("BBB2", True)]

    @pytest.mark.parametrize(
        ("status", "body"),
        [
            (404, b""),
            (401, b""),
            (200, b""),
            (200, b"<html/>"),
            (200, b"<!DOCTYPE a [<!ENTITY b 'c'>]><events>&b;</events>"),
            (200, b"<events><event/><event><TS>x</TS></event><event><TS>1</TS></event></events>"),
            (200, b"<events>" + b"x" * 5_000_000),
        ],
        ids=["404", "401", "nothing", "page", "entity", "odd rows", "large"],
    )
    async def test_camera_that_cannot_tell(self, hass, entry, ff, cgi, plates, status, body) -> None:
        cgi.status, cgi.body = status, body
        await hass.config_entries.async_reload(entry.entry_id)
        await settled(hass, entry)
        assert plates == []
        await ff.read()
        assert len(plates) == 1

    async def test_camera_without_the_picture(self, hass, entry, cgi, plates) -> None:
        cgi.reads = [recorded(datetime.now(UTC), "1", "AAA1")]
        await off_and_on(hass, entry, cgi)
        assert (told(plates), plates[0].data["picture"]) == ([("AAA1", True)], None)

    async def test_camera_that_is_new_is_not_asked(self, hass, address, ff_entry, cgi) -> None:
        cgi.reads = [recorded(datetime.now(UTC), "1", "AAA1")]
        flow = await submit(hass, await start_subentry(hass, ff_entry, "camera"), login(cgi))
        await submit(hass, await submit(hass, flow, CHOICE), {})
        plates = async_capture_events(hass, EVENT_PLATE)
        await hass.config_entries.async_reload(ff_entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        assert (cgi.searches, plates) == ([], [])


@pytest.mark.parametrize("kind", ["microseconds", "local time with a zone's name", "local time"])
async def test_times(hass, entry, cgi, plates, kind) -> None:
    at = datetime.now(UTC).replace(microsecond=0)
    local = f"{dt_util.as_local(at):%Y-%m-%d %H:%M:%S}"
    changes = {
        "microseconds": {"TS": str(round(at.timestamp() * 1_000_000))},
        "local time with a zone's name": {"TS": "CAR", "MOD_TS": f"{local} PST"},
        "local time": {"TS": "", "MOD_TS": local},
    }
    cgi.searches_all = True
    cgi.reads = [recorded(at, "1", "AAA1") | changes[kind]]
    await off_and_on(hass, entry, cgi)
    assert [it.data["captured_at"] for it in plates] == [at.isoformat(timespec="milliseconds")]
