"""What helps to understand an FF camera: counters, clocks, and what could not be decoded."""

from datetime import UTC, datetime, timedelta
import json

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest

from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.diagnostics import async_get_config_entry_diagnostics
from custom_components.camera_push.domain.errors import ProtocolError
from tests.common import configure, device, entity_id, free_port, issues, pass_time, state, states
from tests.config_flows import start_subentry, submit
from tests.emulators.ff import FFCamera
from tests.vehicles import Watch

UTMC = b"""<?xml version="1.0"?>
<utmc:ANPR xmlns:utmc="urn:x"><camera id='Gate-7'>192.0.2.7</camera>
<vrm confidence="87">AB12 CDE</vrm><!-- Secret --></utmc:ANPR>"""


async def diagnostics(hass: HomeAssistant, entry: ConfigEntry) -> dict:
    found = await async_get_config_entry_diagnostics(hass, entry)
    # It must be fit for a download.
    return json.loads(json.dumps(found))


class TestCounters:
    """Frames and reads, from keepalives."""

    async def test_disabled_by_default(self, hass, ff: FFCamera, ff_entry) -> None:
        await ff.send_json(ff.keepalive())
        await hass.async_block_till_done()
        for key in ("frames", "plate_reads"):
            found = er.async_get(hass).async_get(entity_id(hass, ff_entry, "sensor", "gate", key))
            assert found is not None
            assert found.disabled_by is er.RegistryEntryDisabler.INTEGRATION
            assert found.entity_category == "diagnostic"

    async def test_values(self, hass, ff, ff_entry) -> None:
        await ff.send_json(ff.keepalive())
        await hass.async_block_till_done()
        for key in ("frames", "plate_reads"):
            er.async_get(hass).async_update_entity(
                entity_id(hass, ff_entry, "sensor", "gate", key), disabled_by=None
            )
        await hass.config_entries.async_reload(ff_entry.entry_id)
        await hass.async_block_till_done()
        assert state(hass, ff_entry, "sensor", "gate", "frames").state == "120034"
        assert state(hass, ff_entry, "sensor", "gate", "plate_reads").state == "321"
        keepalive = ff.keepalive()
        keepalive["ALPV"] |= {"numFrames": 120100, "numberOfReads": "many"}
        await ff.send_json(keepalive)
        await hass.async_block_till_done()
        assert state(hass, ff_entry, "sensor", "gate", "frames").state == "120100"
        assert state(hass, ff_entry, "sensor", "gate", "plate_reads").state == "321"
        for no_count in (10**15, -1, 10**300, "1" * 16, True, 1.5):
            keepalive = ff.keepalive()
            keepalive["ALPV"] |= {"numFrames": 120101, "numberOfReads": no_count}
            assert (await ff.send_json(keepalive)).status == 200
            await hass.async_block_till_done()
            assert state(hass, ff_entry, "sensor", "gate", "plate_reads").state == "321"


class TestSoftware:
    """Versions on the device page."""

    @pytest.mark.parametrize(
        ("keepalive", "expected"),
        [
            ({"device id": "gate", "OS version": "11.9", "App version": "3.1"}, "11.9 (app 3.1)"),
            ({"device id": "gate", "App version": "3.1"}, "app 3.1"),
            ({"device id": "gate", "OS version": "11.9"}, "11.9"),
            ({"device id": "gate"}, None),
        ],
    )
    async def test_versions(self, hass, ff, ff_entry, keepalive, expected) -> None:
        await ff.send_json(keepalive)
        found = device(hass, ff_entry, "gate")
        assert found is not None
        assert found.sw_version == expected


class TestClock:
    """A camera whose clock is wrong."""

    @pytest.mark.parametrize(("seconds", "is_issue"), [(0, False), (59, False), (90, True), (-3600, True)])
    async def test_offset(self, hass, ff, ff_entry, seconds, is_issue) -> None:
        await ff.send_json(ff.keepalive(at=datetime.now(UTC) + timedelta(seconds=seconds)))
        await hass.async_block_till_done()
        shown = float(state(hass, ff_entry, "sensor", "gate", "clock_offset").state)
        assert abs(shown - seconds) <= 1
        assert ("clock_offset" in issues(hass)) is is_issue

    async def test_issue_goes_when_the_clock_is_set(self, hass, ff, ff_entry) -> None:
        await ff.send_json(ff.keepalive(at=datetime.now(UTC) - timedelta(hours=1)))
        assert "clock_offset" in issues(hass)
        (issue,) = [issue for issue in ir.async_get(hass).issues.values() if issue.domain == DOMAIN]
        assert issue.translation_placeholders["camera"] == "gate"
        await ff.send_json(ff.keepalive())
        assert issues(hass) == set()

    async def test_issue_goes_with_the_camera(self, hass, ff, ff_entry) -> None:
        await ff.send_json(ff.keepalive(at=datetime.now(UTC) - timedelta(hours=1)))
        await ff_entry.runtime_data.hub.async_forget_camera("gate")
        assert issues(hass) == set()

    async def test_clock_that_is_ahead_shows_in_events(self, hass, ff, ff_entry, plates, freezer) -> None:
        """Without a keepalive: what is from the future tells, and old events are not taken for fresh."""
        ahead = timedelta(hours=1)
        await ff.read("new", at=datetime.now(UTC) + ahead)
        await hass.async_block_till_done()
        assert issues(hass) == {"clock_offset"}
        assert abs(float(state(hass, ff_entry, "sensor", "gate", "clock_offset").state) - 3600) <= 1
        for number in range(8):
            await ff.read("update", at=datetime.now(UTC) + ahead - timedelta(minutes=30, seconds=-number))
        await hass.config_entries.async_reload(ff_entry.entry_id)
        await ff.read("lost", at=datetime.now(UTC) + ahead - timedelta(minutes=2))
        await ff.read("new", at=datetime.now(UTC) + ahead, carID="2")
        assert [event.data["late"] for event in plates] == [True] * 11
        await pass_time(hass, freezer, 90)
        await ff.read("new", at=datetime.now(UTC) + ahead, carID="3")
        await hass.config_entries.async_reload(ff_entry.entry_id)
        await ff.read("new", at=datetime.now(UTC) + ahead, carID="4")
        await ff.read("new", at=datetime.now(UTC) + ahead - timedelta(minutes=2), carID="5")
        assert [event.data["late"] for event in plates[11:]] == [False, False, True]

    async def test_backlog_by_a_clock_that_is_ahead(
        self, hass, ff, ff_entry, add_vehicle, plates, freezer
    ) -> None:
        """It has dates of the future, and each is further ahead: nobody can tell how old that is."""
        vehicle = Watch(hass, await add_vehicle(directions=[]))
        begin = datetime.now(UTC) + timedelta(minutes=10)
        for number in range(30):
            await ff.read("new", at=begin + timedelta(seconds=3 * number), carID=str(number))
            await pass_time(hass, freezer, 0.1)
        assert {event.data["late"] for event in plates} == {True}
        assert vehicle.seen == 0

    async def test_clock_that_is_behind_shows_in_events(self, hass, ff, ff_entry, plates, freezer) -> None:
        """Without a keepalive, and however many cars there are."""
        for number in range(40):
            await ff.read("new", at=datetime.now(UTC) - timedelta(hours=1), carID=str(number))
            await pass_time(hass, freezer, 10)
        assert [event.data["late"] for event in plates] == [True] * 30 + [False] * 10

    async def test_clock_that_was_set_back(self, hass, ff, ff_entry, plates, freezer) -> None:
        await ff.read("new", at=datetime.now(UTC) + timedelta(hours=1), carID="0")
        for number in range(1, 7):
            await pass_time(hass, freezer, 90)
            await ff.read("new", at=datetime.now(UTC) - timedelta(seconds=1), carID=str(number))
        assert [event.data["late"] for event in plates] == [True, True, True, True, True, False, False]
        assert issues(hass) == set()

    async def test_clock_that_is_not_set_at_all(self, hass, ff, ff_entry, plates) -> None:
        """What cannot be judged is not taken for fresh."""
        await ff.read("new", at=datetime.now(UTC) + timedelta(days=400))
        await ff.read("new", carID="2")
        assert [event.data["late"] for event in plates] == [True, False]

    async def test_no_time_stamp_no_offset(self, hass, ff, ff_entry) -> None:
        await ff.send_json({"device id": "gate"})
        await hass.async_block_till_done()
        assert state(hass, ff_entry, "sensor", "gate", "clock_offset").state == "unknown"
        assert issues(hass) == set()


class TestUndecoded:
    """UTMC: refused with a sentence, its structure kept for diagnostics, and a capture asked for."""

    @pytest.mark.parametrize(
        "content_type",
        ["text/xml", "application/soap+xml; charset=utf-8", "text/plain", "application/json", None],
    )
    async def test_refused(self, hass, ff, ff_entry, plates, content_type) -> None:
        before = states(hass)
        reply = await ff.poster.post(ff.webhook_id, UTMC, content_type)
        assert reply.status == 415
        assert reply.json["message"].startswith("UTMC is not decoded")
        assert plates == []
        assert states(hass) == before
        assert issues(hass) == {"undecoded"}
        (kept,) = (await diagnostics(hass, ff_entry))["last_refused"]
        assert kept["reason"] == "undecoded"
        assert kept["structure"]["bytes"] == len(UTMC)
        assert kept["structure"]["text"] == (
            '<?xml version="9.9"?>\n'
            "<utmc:ANPR xmlns:utmc=\"aaa:a\"><camera id='Aaaa-9'>999.9.9.9</camera>\n"
            '<vrm confidence="99">AA99 AAA</vrm><!-- Aaaaaa --></utmc:ANPR>'
        )

    async def test_last_five_kinds(self, hass, ff, ff_entry) -> None:
        """A flood of one kind leaves the others; the latest one of a kind is shown."""
        await ff.poster.post(ff.webhook_id, b"hello", "text/plain")
        for number in range(7):
            await ff.poster.post(ff.webhook_id, f"<a>{'x' * number}</a>".encode(), "text/xml")
        await ff.send_json({"hello": "world"})
        kept = (await diagnostics(hass, ff_entry))["last_refused"]
        assert [(item["reason"], item["count"]) for item in kept] == [
            ("field", 1),
            ("undecoded", 7),
            ("format", 1),
        ]
        assert kept[1]["structure"]["text"] == "<a>aaaaaa</a>"
        assert kept[2]["structure"] == {"type": "text/plain", "bytes": 5, "text": "aaaaa"}
        for number in range(9):
            ff_entry.runtime_data.receiver.async_refused(ProtocolError(f"Number {number}."), None)
        kept = (await diagnostics(hass, ff_entry))["last_refused"]
        assert [item["sentence"] for item in kept] == [f"Number {number}." for number in (8, 7, 6, 5, 4)]
        assert len([issue for issue in ir.async_get(hass).issues.values() if issue.domain == DOMAIN]) == 1

    async def test_bounded(self, hass, ff, ff_entry) -> None:
        await ff.poster.post(ff.webhook_id, b"<a>" + b"secret " * 100_000 + b"</a>", "text/xml")
        (kept,) = (await diagnostics(hass, ff_entry))["last_refused"]
        assert kept["structure"]["bytes"] == 700_007
        assert len(kept["structure"]["text"]) == 4096
        reply = await ff.poster.post(ff.webhook_id, b"<a>" + b"x" * 1024 * 1024, "text/xml")
        assert reply.status == 413

    async def test_json_that_is_called_xml(self, hass, ff, ff_entry) -> None:
        reply = await ff.poster.post(ff.webhook_id, json.dumps(ff.event()).encode(), "text/xml")
        assert reply.status == 200
        assert issues(hass) == set()

    async def test_issue_goes_with_the_entry(self, hass, ff, ff_entry) -> None:
        await ff.poster.post(ff.webhook_id, UTMC, "text/xml")
        await hass.config_entries.async_remove(ff_entry.entry_id)
        assert issues(hass) == set()


async def test_diagnostics_hold_no_secrets(hass, ff, ff_entry) -> None:
    ftp_port, tcp_port = free_port(), free_port()
    await configure(
        hass,
        ff_entry,
        authentication={"kind": "basic", "username": "SECRETUSER", "password": "SECRETPASS"},
        ftp={"port": ftp_port, "username": "SECRETFTP", "password": "SECRETWORD"},
        tcp={"port": tcp_port},
    )
    await ff.read()
    await submit(
        hass,
        await start_subentry(hass, ff_entry, "vehicle"),
        {
            "name": "SECRETNAME",
            "plates": ["SECRETPLATE"],
            "hold_time": 60,
            "certainty": {"misreads": "1", "minimum_confidence": 80},
            "places": {},
        },
    )
    await hass.async_block_till_done()
    await ff.read()
    found = await diagnostics(hass, ff_entry)
    assert "SECRET" not in json.dumps(found)
    assert ff_entry.data["webhook_id"] not in json.dumps(found)
    assert found["refused"] == {"credentials": 2}
    assert found["transports"]["tcp"]["open"] is True
    assert found["transports"]["ftp"]["port"] == ftp_port


async def test_diagnostics_of_cameras(hass, ff, ff_entry) -> None:
    await ff.read()
    await ff.send_json(ff.keepalive())
    (camera,) = (await diagnostics(hass, ff_entry))["cameras"]
    assert camera["model"] == "AXIS P1447-LE"
    assert camera["app"] == "2.9.19"
    assert camera["armed"] is True
    assert camera["silent_after_seconds"] == 900
    assert camera["last_seen"] is not None
