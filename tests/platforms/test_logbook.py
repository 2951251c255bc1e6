"""Events as sentences."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.camera_push.logbook import async_describe_events
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
        (0x12, "raised an alarm: motion"),
        (0x14, "rang the doorbell"),
        (0x26, "raised an alarm: smoke alarm"),
        (0x29, "saw a person"),
        ("0x99", "raised an unknown alarm (code 153)"),
    ],
)
async def test_alarms(hass, vstarcam, vstarcam_entry, alarms, code, sentence) -> None:
    await vstarcam.alarm(code)
    registry = dr.async_get(hass)
    registry.async_update_device(device_id(hass, vstarcam_entry, VUID), name_by_user="Front door")
    assert sentences(hass, alarms) == [f"Front door {sentence}"]


async def test_plates(hass, ff, ff_entry, plates, add_vehicle) -> None:
    await add_vehicle()
    await visit(hass, ff)
    await ff.read("new", carID="7", plate="", at=datetime.now(UTC) - timedelta(minutes=10))
    assert sentences(hass, plates) == [
        "gate read My car (47ATDPN)",
        "gate read again My car (47ATDPN), moving in",
        "gate read again My car (47ATDPN), moving in",
        "gate lost sight of My car (47ATDPN)",
        "gate saw a car without a readable plate (late)",
    ]


async def test_camera_that_is_gone(hass, ff, ff_entry, plates) -> None:
    await ff.read("new")
    registry = dr.async_get(hass)
    registry.async_remove_device(plates[0].data["device_id"])
    await hass.async_block_till_done()
    assert sentences(hass, plates) == ["Removed camera read 47ATDPN"]


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
        "Lobby recognised Ada (watchlist: Staff)",
        "Lobby recognised an unnamed person",
        "Lobby saw an unknown person",
        "Lobby detected an activity",
        "Lobby reported an event: something_new",
    ]


async def test_cloud_events(hass, server, vxg_entry, cloud) -> None:
    server.happen("motion")
    await eventually(lambda: len(cloud) == 1)
    (sentence,) = sentences(hass, cloud)
    assert sentence.endswith(" recorded a cloud event: motion")
