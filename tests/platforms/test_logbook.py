"""Events as sentences."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from homeassistant.components.logbook import EVENT_LOGBOOK_ENTRY
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_load_integrations
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events, async_fire_time_changed

from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.domain.history import EventFilter
from custom_components.camera_push.logbook import async_describe_events
from custom_components.camera_push.web import visit_log
from tests.automations.helpers import device_id
from tests.common import eventually
from tests.config_flows import add_subentry
from tests.sources.omni.helpers import add_person
from tests.vehicles import visit

VUID = "VC0000000ABCD"


def sentences(hass: HomeAssistant, events: list[Event]) -> list[str]:
    """Return what the activity list shows for events."""
    describe: dict[Any, Callable[[Any], dict[str, str]]] = {}
    async_describe_events(hass, lambda domain, event_type, how: describe.update({event_type: how}))
    found = [describe[event.event_type](event) for event in events]
    return [f"{it['name']} {it['message']}" for it in found]


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (0x12, "raised an alarm: Motion"),
        (0x14, "rang the doorbell"),
        (0x26, "raised an alarm: Smoke alarm"),
        (0x29, "saw a person"),
        ("0x99", "raised an unknown alarm (code 153)"),
    ],
)
async def test_alarms(hass, vstarcam, vstarcam_entry, alarms, code, sentence) -> None:
    await vstarcam.alarm(code)
    registry = dr.async_get(hass)
    registry.async_update_device(device_id(hass, vstarcam_entry, VUID), name_by_user="Front door")
    assert sentences(hass, alarms) == [f"Front door {sentence}"]


async def test_language_of_home_assistant(hass, vstarcam, vstarcam_entry, alarms) -> None:
    # As Home Assistant does when it starts, and when its language is changed.
    hass.config.language = "de"
    await async_load_integrations(hass, {DOMAIN})
    await vstarcam.alarm(0x12)
    dr.async_get(hass).async_remove_device(alarms[0].data["device_id"])
    await hass.async_block_till_done()
    assert sentences(hass, alarms) == ["Entfernte Kamera hat einen Alarm ausgel\u00f6st: Bewegung"]


@pytest.fixture
async def lines(hass: HomeAssistant) -> list[Event]:
    """Return the lines that are written into the activity list from now on."""
    async_describe_events(hass, lambda *_: None)
    return async_capture_events(hass, EVENT_LOGBOOK_ENTRY)


def said(lines: list[Event]) -> list[str]:
    """Return what lines say."""
    return [f"{it.data['name']}: {it.data['message']}" for it in lines]


async def test_visit_is_one_line(hass, lines, ff, ff_entry) -> None:
    """It is about the best of its readings, when it is over; misreads are not told."""
    await ff.read("new", plate="47ATDPH", confidence="0.5")
    await ff.read("update", plate="47 ATD-PN", confidence="0.97", direction="in")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert said(lines) == []
    await ff.read("lost", plate="47ATDPN", confidence="0.8", direction="in")
    await eventually(lambda: len(lines) == 1)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert said(lines) == ["gate: 47ATDPN \u00b7 In"]
    # So that it is in the activity of its device.
    assert lines[0].data["entity_id"] == "camera.gate"


async def test_known_vehicle_is_told_at_once(hass, lines, ff, ff_entry, add_vehicle) -> None:
    await add_vehicle()
    await ff.read("new")
    await eventually(lambda: len(lines) == 1)
    await ff.read("update")
    await ff.read("lost")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert said(lines) == ["gate: My car \u00b7 47ATDPN"]


async def test_visit_without_an_end(hass, lines, ff, ff_entry) -> None:
    """It is told after a minute, in Home Assistant's language."""
    hass.config.language = "de"
    await ff.read("new", plate="")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert said(lines) == []
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61))
    await eventually(lambda: len(lines) == 1)
    assert said(lines) == ["gate: Kein Kennzeichen gelesen"]


async def test_old_visits_are_not_told_again(hass, lines, ff, ff_entry, monkeypatch) -> None:
    """A change that a user makes is no news, also after a restart."""
    await visit(hass, ff)
    await eventually(lambda: len(lines) == 1)
    monkeypatch.setattr(visit_log, "_RECENT", timedelta(0))
    async_describe_events(hass, lambda *_: None)
    (event,) = await ff_entry.runtime_data.store.library.events(EventFilter(), 1)
    await ff_entry.runtime_data.store.history.set_favourite(event.id, favourite=True)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(lines) == 1


async def test_camera_that_is_gone(hass, vstarcam, vstarcam_entry, alarms) -> None:
    await vstarcam.alarm(0x12)
    registry = dr.async_get(hass)
    registry.async_remove_device(alarms[0].data["device_id"])
    await hass.async_block_till_done()
    assert sentences(hass, alarms) == ["Removed camera raised an alarm: Motion"]


async def test_persons(hass, platform, omni_entry, people) -> None:
    await add_person(hass, omni_entry)
    await add_subentry(hass, omni_entry, "watchlist", name="Staff", groups=["group-1"])
    await eventually(lambda: len(platform.sockets) == 1)
    await platform.send(
        platform.event(),
        platform.event(profile="stranger", candidates=[{"profile": {"id": "x"}, "confidence": 0.9}]),
        platform.event("non_identification", profile=None),
        platform.event("har", profile=None),
        platform.event("something_new", profile=None),
    )
    await eventually(lambda: len(people) == 5)
    assert sentences(hass, people) == [
        "Lobby recognized Ada (watchlist: Staff)",
        "Lobby recognized an unnamed person",
        "Lobby saw an unknown person",
        "Lobby detected an activity",
        "Lobby reported an event: something_new",
    ]


async def test_cloud_events(hass, server, vxg_entry, cloud) -> None:
    server.happen("motion")
    await eventually(lambda: len(cloud) == 1)
    (sentence,) = sentences(hass, cloud)
    assert sentence.endswith(" recorded a cloud event: motion")
