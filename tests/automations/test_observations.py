"""What a platform observes of persons: strangers, activities, zones, lines, hidden faces."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from homeassistant.const import CONF_WEBHOOK_ID
import pytest

from custom_components.camera_push.domain.platform_names import PlatformNames
from custom_components.camera_push.hub.strangers import SETTLES_AFTER_SECONDS
from tests.automations.helpers import device_id
from tests.common import eventually, pass_time
from tests.sources.omni.helpers import add_person, rows


def has(items: list[Any], number: int) -> Callable[[], bool]:
    return lambda: len(items) == number


@pytest.mark.parametrize(
    ("trigger", "kind", "details", "triggers"),
    [
        ("activity_detected", "har", {"activity": "person_fell"}, True),
        ("activity_detected, options: {activity: [fall, lies]}", "har", {"har_data": ["FALLEN"]}, True),
        ("activity_detected, options: {activity: [fight]}", "har", {"label": "has fallen"}, False),
        ("activity_detected, options: {activity: [sits]}", "har", {"label": "Sitting"}, True),
        ("activity_detected", "roi", {}, False),
        # The words of other things, and what is said not to be.
        ("activity_detected, options: {activity: [sits]}", "har", {"site": "Sitia, layer 2"}, False),
        ("activity_detected, options: {activity: [fall]}", "har", {"hasFallen": True, "fight": False}, True),
        (
            "activity_detected, options: {activity: [fight]}",
            "har",
            {"hasFallen": True, "fight": False},
            False,
        ),
        ("activity_detected, options: {activity: [fall]}", "har", {"fall": {"confidence": 0.9}}, True),
        ("zone_event, options: {event: left}", "roi", {"box": {"left": 10, "top": 0.7}}, False),
        ("zone_event", "roi", {"roi": 3}, True),
        ("zone_event, options: {event: entered}", "roi", {"action": "entered"}, True),
        ("zone_event, options: {event: left}", "roi", {"action": "entered"}, False),
        ("line_crossed", "crossing", {}, True),
        ("line_crossed, options: {direction: backwards}", "crossing", {"direction": "BACKWARDS"}, True),
        ("line_crossed, options: {direction: forwards}", "crossing", {"direction": "BACKWARDS"}, False),
        ("face_hidden", "face_hide_control", {}, True),
        ("face_hidden", "har", {}, False),
    ],
)
async def test_observed(
    hass, platform, omni_entry, people, automate, trigger, kind, details, triggers
) -> None:
    ran = await automate(f"triggers: {{trigger: camera_push.{trigger}}}")
    await platform.send(platform.event(kind, profile=None, **details))
    await eventually(lambda: len(people) == 1)
    await hass.async_block_till_done()
    assert [it["type"] for it in ran] == ([kind] if triggers else [])


async def test_late_over_an_open_connection(hass, platform, omni_entry, people, automate) -> None:
    """An agent kept it while it had no connection to the platform, whose connection to us was there."""
    await add_person(hass, omni_entry)
    ran = await automate(
        """
        triggers:
          - {trigger: camera_push.line_crossed, id: line}
          - {trigger: camera_push.line_crossed, id: late, options: {include_late: true}}
          - {trigger: camera_push.person_recognised, id: person}
        """
    )
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    await platform.send(
        platform.event("roi", profile=None),
        platform.event("crossing", profile=None, at=an_hour_ago),
        platform.event(at=an_hour_ago),
    )
    await eventually(has(people, 3))
    await hass.async_block_till_done()
    assert [event.data["late"] for event in people] == [False, True, True]
    assert [it["id"] for it in ran] == ["late"]
    assert hass.states.get("binary_sensor.ada_present").state == "off"


async def test_unknown_person(hass, platform, omni_entry, people, automate) -> None:
    await add_person(hass, omni_entry)
    ran = await automate(
        """
        triggers:
          - {trigger: camera_push.unknown_person, id: any}
          - {trigger: camera_push.unknown_person, id: first, options: {first_time: true}}
        """
    )
    # Known to the platform, in no list, and named by nobody.
    candidate = {"profile": {"id": "profile-9"}, "profile_groups": [], "confidence": 0.95}
    with patch("custom_components.camera_push.hub.strangers.SETTLES_AFTER_SECONDS", 0.2):
        # Not recognised at first, and then she is: no stranger.
        await platform.send(platform.event("non_identification", profile=None), platform.event())
        await platform.send(platform.event("non_identification", profile=None, camera="cam-2"))
        await eventually(lambda: len(ran) == 1)
        await platform.send(platform.event(candidates=[candidate], camera="cam-3"))
        await eventually(lambda: len(ran) == 3)
        await platform.send(platform.event(candidates=[candidate], camera="cam-3"))
        await eventually(lambda: len(ran) == 4)
    assert [it["camera_id"] for it in ran] == ["cam-2", *["cam-3"] * 3]
    assert [it["id"] for it in ran] == ["any", "any", "first", "any"]
    assert [it["visits"] for it in ran] == [None, 0, 0, 1]


async def test_options_of_unknown_person(hass, platform, omni_entry, people, automate) -> None:
    """`visits` are how often the person had been there before those visits that trigger."""
    ran = await automate(
        """
        triggers:
          - {trigger: camera_push.unknown_person, id: any}
          - {trigger: camera_push.unknown_person, id: again, options: {not_seen_for: 3}}
          - {trigger: camera_push.unknown_person, id: often, options: {more_than: 2}}
        """
    )
    candidate = {"profile": {"id": "profile-9"}, "profile_groups": [], "confidence": 0.95}
    with patch("custom_components.camera_push.hub.strangers.SETTLES_AFTER_SECONDS", 0.2):
        for count in (2, 3, 5):
            await platform.send(platform.event(candidates=[candidate]))
            await eventually(has(ran, count))
        # Of somebody in no list, nobody knows when they were there.
        await platform.send(platform.event("non_identification", profile=None))
        await eventually(lambda: len(ran) == 6)
        await hass.async_block_till_done()
    assert sorted((it["id"], it["visits"] or 0) for it in ran) == [
        *[("again", 0), ("any", 0), ("any", 0), ("any", 1), ("any", 2), ("often", 2)]
    ]


async def test_unknown_person_over_days(
    hass, platform, omni_webhook_entry, poster, people, automate, freezer
) -> None:
    """Over the webhook: a clock that stands still ends a websocket, and never opens it again."""
    webhook_id = omni_webhook_entry.data[CONF_WEBHOOK_ID]
    ran = await automate(
        """
        triggers:
          - {trigger: camera_push.unknown_person, id: any}
          - {trigger: camera_push.unknown_person, id: first, options: {first_time: true}}
          - {trigger: camera_push.unknown_person, id: again, options: {not_seen_for: 3}}
          - {trigger: camera_push.unknown_person, id: often, options: {more_than: 1}}
        """
    )
    candidate = {"profile": {"id": "profile-9"}, "profile_groups": [], "confidence": 0.95}
    for days in (0, 2, 4, 3, 0):
        freezer.tick(timedelta(days=days))
        event = platform.event(candidates=[candidate], pictures=False)
        assert (await platform.post(poster, webhook_id, event)).status == 200
        await pass_time(hass, freezer, SETTLES_AFTER_SECONDS + 1)
        await hass.async_block_till_done()
    assert not any(event.data["late"] for event in people)
    assert [(it["id"], it["visits"]) for it in ran] == [
        *[("any", 0), ("first", 0), ("again", 0)],
        ("any", 1),
        *[("any", 2), ("again", 2)],
        *[("any", 3), ("again", 3)],
        *[("any", 4), ("often", 4)],
    ]


async def test_at_a_camera_of_several(hass, platform, omni_entry, people, automate) -> None:
    for number, camera in enumerate(("cam-1", "cam-2"), 1):
        await platform.send(platform.event("har", profile=None, camera=camera))
        await eventually(has(people, number))
    door = device_id(hass, omni_entry, "cam-2")
    ran = await automate(
        f"triggers: {{trigger: camera_push.activity_detected, target: {{device_id: {door}}}}}",
        f"triggers: {{trigger: camera_push.face_hidden, target: {{device_id: {door}}}}}",
    )
    await platform.send(
        *(
            platform.event(kind, profile=None, camera=camera)
            for kind in ("har", "face_hide_control")
            for camera in ("cam-1", "cam-2")
        )
    )
    await eventually(lambda: len(people) == 6)
    await hass.async_block_till_done()
    assert [(it["type"], it["camera_id"]) for it in ran] == [("har", "cam-2"), ("face_hide_control", "cam-2")]


@pytest.mark.parametrize(("confidence", "ids"), [(0.93, ["any"]), (0.99, ["any", "certain"])])
async def test_confidence_of_a_recognised_person(
    hass, platform, omni_entry, people, automate, confidence, ids
) -> None:
    ran = await automate(
        """
        triggers:
          - {trigger: camera_push.person_recognised, id: any}
          - {trigger: camera_push.person_recognised, id: certain, options: {minimum_confidence: 95}}
        """
    )
    await platform.send(platform.event(confidence=confidence))
    await eventually(lambda: len(people) == 1)
    await hass.async_block_till_done()
    assert [it["id"] for it in ran] == ids


@pytest.mark.parametrize(
    ("kind", "details", "is_dangerous"),
    [
        ("har", {"action": "has_fallen"}, True),
        ("har", {"fight": 0.8}, True),
        ("har", {"activity": "sits"}, False),
        ("har", {"has_fallen": False}, False),
        ("roi", {"zone": "fallen trees"}, False),
        ("face_hide_control", {}, False),
        ("identification", {}, False),
    ],
)
async def test_danger_in_the_history(hass, platform, omni_entry, people, kind, details, is_dangerous) -> None:
    await platform.send(platform.event(kind, profile=None, **details))
    await eventually(lambda: omni_entry.runtime_data.traffic.received["Identification"] == 1)
    (row,) = await rows(hass, omni_entry)
    assert row["danger"] is is_dangerous


async def test_person_of_a_watchlist_by_its_id_or_name(hass, platform, omni_entry, people, automate) -> None:
    ran = await automate(
        """
        triggers:
          - {trigger: camera_push.person_recognised, id: by_id, options: {watchlist: [group-1]}}
          - {trigger: camera_push.person_recognised, id: by_name, options: {watchlist: [staff]}}
          - {trigger: camera_push.person_recognised, id: other, options: {watchlist: [guests]}}
        """
    )
    names = PlatformNames(watchlists={"group-1": "Staff"})
    omni_entry.runtime_data.hub.history.async_set_names(names)
    await platform.send(platform.event())
    await eventually(lambda: len(ran) == 2)
    await hass.async_block_till_done()
    assert {it["id"] for it in ran} == {"by_id", "by_name"}
    assert people[0].data["watchlists"] == ["Staff"]
