"""Purpose-specific triggers, from YAML as a user writes it."""

from datetime import UTC, datetime, timedelta
import re
from typing import Any

from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    label_registry as lr,
)
from homeassistant.helpers.trigger import async_get_all_descriptions
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed
import voluptuous as vol

from custom_components.camera_push.core.messages import AlarmType
from custom_components.camera_push.sources import SOURCES
from custom_components.camera_push.trigger import TRIGGERS

from ..common import configure, entity_id, eventually, pass_time
from ..emulators.ff import FFCamera
from ..emulators.vstarcam import VStarcamCamera
from ..omni.helpers import add_person
from ..test_repository import INTEGRATION
from ..vehicles.helpers import visit
from .helpers import automation, device_id

VUID = "VC0000000ABCD"


@pytest.fixture
async def vstarcam_device(hass, vstarcam_entry, vstarcam) -> str:
    """Return the device of a camera that pushed before."""
    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    return device_id(hass, vstarcam_entry, VUID)


@pytest.fixture
async def gate(hass, ff_entry, ff) -> str:
    """Return the device of a licence plate camera that pushed before."""
    await visit(hass, ff, 99, "ZZ1")
    return device_id(hass, ff_entry, "gate")


async def test_alarm_raised(hass, vstarcam, vstarcam_device, automate) -> None:
    ran = await automate(
        f"""
        triggers:
          - trigger: camera_push.alarm_raised
            target:
              device_id: {vstarcam_device}
            options:
              alarm: [fire, smoke]
        """
    )
    await vstarcam.alarm(0x12)
    await vstarcam.alarm(0x6D)
    await vstarcam.alarm(0x6E)
    await hass.async_block_till_done()
    assert [trigger["alarm"] for trigger in ran] == ["fire", "smoke"]
    fire = ran[0]
    assert fire["platform"] == "camera_push.alarm_raised"
    assert fire["device_id"] == vstarcam_device
    assert fire["camera_id"] == VUID
    assert fire["picture"].startswith("media-source://camera_push/")
    assert fire["description"] == f"the fire alarm of VStarcam {VUID}"


async def test_any_alarm_of_any_camera(hass, vstarcam, vstarcam_device, vstarcam_entry, automate) -> None:
    other = VStarcamCamera("VC0000000EFGH", vstarcam.poster, vstarcam.webhook_id)
    ran = await automate("triggers: {trigger: camera_push.alarm_raised}")
    await vstarcam.alarm(0x12)
    await other.alarm("0x99")
    await hass.async_block_till_done()
    assert [(trigger["camera_id"], trigger["alarm"]) for trigger in ran] == [
        (VUID, "motion"),
        ("VC0000000EFGH", "unknown"),
    ]


@pytest.mark.parametrize("way", ["entity", "area", "entity's area", "label", "entity's label", "floor"])
async def test_targets(hass, vstarcam, vstarcam_device, vstarcam_entry, automate, way) -> None:
    """A camera is meant by itself, by an entity of it, by an area, a floor or a label; also later."""
    other = VStarcamCamera("VC0000000EFGH", vstarcam.poster, vstarcam.webhook_id)
    await other.heartbeat()
    await hass.async_block_till_done()
    area = ar.async_get(hass).async_create("Kitchen")
    label = lr.async_get(hass).async_create("Watched")
    camera = entity_id(hass, vstarcam_entry, "camera", VUID, "snapshot")
    floor = "ground" if way == "floor" else None
    target = {
        "entity": {"entity_id": camera},
        "area": {"area_id": area.id},
        "entity's area": {"area_id": area.id},
        "label": {"label_id": label.label_id},
        "entity's label": {"label_id": label.label_id},
        "floor": {"floor_id": floor},
    }[way]
    ran = await automate(f"triggers: {{trigger: camera_push.alarm_raised, target: {target}}}")

    if way != "entity":
        await vstarcam.alarm(0x12)
        await hass.async_block_till_done()
        assert len(ran) == 0
    if way in ("area", "floor"):
        dr.async_get(hass).async_update_device(vstarcam_device, area_id=area.id)
    if way == "floor":
        from homeassistant.helpers import floor_registry as fr  # noqa: PLC0415  # For this one only.

        ground = fr.async_get(hass).async_create("Ground")
        ar.async_get(hass).async_update(area.id, floor_id=ground.floor_id)
    if way == "label":
        dr.async_get(hass).async_update_device(vstarcam_device, labels={label.label_id})
    if way == "entity's area":
        er.async_get(hass).async_update_entity(camera, area_id=area.id)
    if way == "entity's label":
        er.async_get(hass).async_update_entity(camera, labels={label.label_id})
    await vstarcam.alarm(0x12)
    await other.alarm(0x12)
    await hass.async_block_till_done()
    assert [trigger["camera_id"] for trigger in ran] == [VUID]


async def test_removed_automation_waits_for_nothing(hass, vstarcam, vstarcam_device, automate) -> None:
    ran = await automate("triggers: {trigger: camera_push.alarm_raised}")
    await hass.services.async_call("automation", "turn_off", {"entity_id": "automation.test"}, blocking=True)
    await vstarcam.alarm(0x12)
    await hass.async_block_till_done()
    assert len(ran) == 0


async def test_gate_opens_once_for_a_car(hass, ff, gate, ff_entry, add_vehicle, automate) -> None:
    """A visit has four messages; the direction that is asked for comes with the second."""
    vehicle = device_id(hass, ff_entry, await add_vehicle())
    ran = await automate(
        f"""
        triggers:
          - trigger: camera_push.plate_read
            target:
              device_id: {gate}
            options:
              vehicle: {vehicle}
              direction: in
              minimum_confidence: 90
        """
    )
    await visit(hass, ff, 1)
    assert [(trigger["known_vehicle"], trigger["state"]) for trigger in ran] == [("My car", "update")]
    assert ran[0]["description"] == "My car, read by gate"
    await visit(hass, ff, 2, "BMK4711")
    await visit(hass, ff, 3, direction="out")
    await visit(hass, ff, 4, confidence="0.85")
    assert len(ran) == 1
    await visit(hass, ff, 5)
    assert len(ran) == 2


@pytest.mark.parametrize(
    ("options", "read", "triggers"),
    [
        ({"plate": "47 atd-pn"}, {}, True),
        ({"plate": ["BMK4711", "47ATD*"]}, {}, True),
        ({"plate": "4?ATDPN"}, {}, True),
        ({"plate": "47ATDP"}, {}, False),
        ({"plate": "47ATOPN"}, {}, False),
        ({"plate": "47АТДPN"}, {}, False),
        ({"plate": "47АТDРN"}, {}, True),
        ({}, {"plate": ""}, False),
        ({"zone": 1}, {}, True),
        ({"zone": ["1", "2"]}, {}, True),
        ({"zone": "2"}, {}, False),
        ({"list": "allow"}, {"plateList": "Family", "plateListMode": "allow"}, True),
        ({"list": "block"}, {"plateList": "Family", "plateListMode": "allow"}, False),
        ({"list": "allow"}, {}, False),
        ({"direction": "out"}, {"carMoveDirection": "out"}, True),
        ({"direction": "out"}, {"carMoveDirection": "in"}, False),
        ({"direction": "out"}, {}, False),
        ({"minimum_confidence": 91}, {}, True),
        ({"minimum_confidence": 92}, {}, False),
        ({"minimum_confidence": 1}, {"plateConfidence": None}, False),
        ({"minimum_confidence": 0}, {"plateConfidence": None}, True),
    ],
)
async def test_what_of_plates_can_be_asked_for(hass, ff, gate, automate, options, read, triggers) -> None:
    ran = await automate(f"triggers: {{trigger: camera_push.plate_read, options: {options}}}")
    await ff.read("new", carID="1", **read)
    await hass.async_block_till_done()
    assert len(ran) == triggers


async def test_late_reads_trigger_only_if_asked_for(hass, ff, gate, automate) -> None:
    ran = await automate(
        "triggers: {trigger: camera_push.plate_read, id: fresh}",
        "{alias: All, triggers: {trigger: camera_push.plate_read, id: all, options: {include_late: true}}}",
    )
    await ff.read("new", at=datetime.now(UTC) - timedelta(minutes=5), carID="1")
    await hass.async_block_till_done()
    assert [(trigger["id"], trigger["late"]) for trigger in ran] == [("all", True)]
    await ff.read("new", carID="2")
    await hass.async_block_till_done()
    assert sorted(trigger["id"] for trigger in ran) == ["all", "all", "fresh"]


@pytest.mark.parametrize("kind", ["restart", "reload of the automation"])
async def test_restart_in_the_middle_of_a_visit(hass, ff, gate, ff_entry, automate, kind) -> None:
    """What was told of a car before counts: the gate does not open again for it."""
    if kind == "restart":
        await ff.read("new", carID="1")
        await hass.async_block_till_done()
        assert await hass.config_entries.async_reload(ff_entry.entry_id)
        ran = await automate("triggers: {trigger: camera_push.plate_read}")
    else:
        ran = await automate("triggers: {trigger: camera_push.plate_read}")
        await ff.read("new", carID="1")
        await hass.async_block_till_done()
        assert len(ran) == 1
        ran._events.clear()
        for action in ("turn_off", "turn_on"):
            await hass.services.async_call(
                "automation", action, {"entity_id": "automation.test"}, blocking=True
            )
    for state in ("update", "lost"):
        await ff.read(state, carID="1")
    await hass.async_block_till_done()
    assert len(ran) == 0
    await ff.read("new", carID="1")
    await hass.async_block_till_done()
    assert len(ran) == 1


async def test_restart_before_the_direction_was_known(hass, ff, gate, ff_entry, automate) -> None:
    """What did not trigger before the restart still can after it."""
    await ff.read("new", carID="1")
    await hass.async_block_till_done()
    assert await hass.config_entries.async_reload(ff_entry.entry_id)
    ran = await automate("triggers: {trigger: camera_push.plate_read, options: {direction: in}}")
    await ff.read("update", carID="1")
    await ff.read("update", carID="1")
    await hass.async_block_till_done()
    assert len(ran) == 1


async def test_two_triggers_of_one_visit(hass, ff, gate, automate) -> None:
    """Each trigger has a visit of its own: one does not use it up for the others."""
    ran = await automate(
        """
        triggers:
          - {trigger: camera_push.plate_read, id: any}
          - {trigger: camera_push.plate_read, id: inwards, options: {direction: in}}
        """
    )
    await visit(hass, ff)
    assert [trigger["id"] for trigger in ran] == ["any", "inwards"]


async def test_trace_says_why_a_gate_stayed_shut(hass, hass_ws_client, ff, gate, automate) -> None:
    pytest.importorskip("homeassistant.helpers.trigger.models", reason="newer than the oldest release")
    await automate(
        "{id: gate, triggers: {trigger: camera_push.plate_read, options: {minimum_confidence: 95}}}"
    )
    await ff.read("new", carID="1", plateConfidence="0.5")
    await ff.read("new", carID="2", at=datetime.now(UTC) - timedelta(minutes=5), plateConfidence="0.99")
    await ff.read("new", carID="3", plateConfidence="0.99")
    await ff.read("update", carID="3", plateConfidence="0.99")
    await hass.async_block_till_done()
    client = await hass_ws_client()

    async def ask(**command) -> Any:
        await client.send_json_auto_id({"domain": "automation", "item_id": "gate", **command})
        return (await client.receive_json())["result"]

    reasons = []
    for short in await ask(type="trace/list"):
        if short["script_execution"] == "not_triggered":
            trace = await ask(type="trace/get", run_id=short["run_id"])
            reasons += re.findall(r"'reason': '(\w+)'", str(trace))
    assert reasons == ["not_certain_enough", "late", "same_visit"]


async def test_vehicle_arrived_and_left(hass, ff, gate, ff_entry, add_vehicle, automate, freezer) -> None:
    mine = device_id(hass, ff_entry, await add_vehicle())
    await add_vehicle(name="Hers", plates=["BMK4711"])
    ran = await automate(
        f"""
        triggers:
          - trigger: camera_push.vehicle_arrived
            target: {{device_id: {mine}}}
          - trigger: camera_push.vehicle_left
            target: {{entity_id: binary_sensor.my_car_present}}
        """
    )
    await visit(hass, ff, 1)
    await visit(hass, ff, 2, "BMK4711")
    assert [trigger["platform"] for trigger in ran] == ["camera_push.vehicle_arrived"]
    assert ran[0]["name"] == "My car"
    assert ran[0]["plate"] == "47ATDPN"
    assert ran[0]["device_id"] == gate
    assert ran[0]["description"] == "the arrival of My car"
    await pass_time(hass, freezer, 61)
    assert [trigger["platform"] for trigger in ran][1:] == ["camera_push.vehicle_left"]
    assert ran[1]["description"] == "the departure of My car"


async def test_camera_went_silent_and_is_back(hass, vstarcam, vstarcam_device, automate, freezer) -> None:
    await vstarcam.heartbeat()
    ran = await automate(
        f"""
        triggers:
          - trigger: camera_push.camera_went_silent
            target: {{device_id: {vstarcam_device}}}
          - trigger: camera_push.camera_is_back
            target: {{device_id: {vstarcam_device}}}
        """
    )
    await pass_time(hass, freezer, 181)
    assert [trigger["platform"] for trigger in ran] == ["camera_push.camera_went_silent"]
    assert ran[0]["camera_id"] == VUID
    assert ran[0]["description"] == f"VStarcam {VUID}, which went silent"
    await pass_time(hass, freezer, 600)
    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    assert [trigger["platform"] for trigger in ran][1:] == ["camera_push.camera_is_back"]
    assert ran[1]["description"] == f"VStarcam {VUID}, which is back"


async def test_silence_has_to_last(
    hass, vstarcam, vstarcam_device, vstarcam_entry, automate, freezer
) -> None:
    await configure(hass, vstarcam_entry, heartbeat_interval=60)
    await vstarcam.heartbeat()
    ran = await automate(
        """
        triggers:
          - trigger: camera_push.camera_went_silent
            options:
              for: "00:10:00"
          - trigger: camera_push.camera_is_back
            options:
              for: {minutes: 5}
        """
    )
    await pass_time(hass, freezer, 181)
    await pass_time(hass, freezer, 590)
    await vstarcam.heartbeat()
    await pass_time(hass, freezer, 20)
    assert len(ran) == 0
    await pass_time(hass, freezer, 170)
    await pass_time(hass, freezer, 601)
    assert [trigger["platform"] for trigger in ran] == ["camera_push.camera_went_silent"]
    for _ in range(6):
        await vstarcam.heartbeat()
        await pass_time(hass, freezer, 60)
    assert [trigger["platform"] for trigger in ran][1:] == ["camera_push.camera_is_back"]

    # Neither a reload of the entry nor one of the automation is silence.
    await pass_time(hass, freezer, 181)
    assert await hass.config_entries.async_reload(vstarcam_entry.entry_id)
    await hass.services.async_call("automation", "turn_off", {"entity_id": "automation.test"}, blocking=True)
    await pass_time(hass, freezer, 700)
    assert len(ran) == 2


async def test_reload_is_not_silence(hass, vstarcam, vstarcam_device, vstarcam_entry, automate) -> None:
    ran = await automate(
        """
        triggers:
          - trigger: camera_push.camera_went_silent
          - trigger: camera_push.camera_is_back
        """
    )
    assert await hass.config_entries.async_reload(vstarcam_entry.entry_id)
    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    assert len(ran) == 0


async def test_person_recognised(hass, platform, omni_entry, people, automate) -> None:
    ada = await add_person(hass, omni_entry)
    await eventually(lambda: len(platform.sockets) == 1)
    ran = await automate(
        f"""
        triggers:
          - trigger: camera_push.person_recognised
            id: ada
            options:
              person: {device_id(hass, omni_entry, ada)}
          - trigger: camera_push.person_recognised
            id: staff
            options:
              watchlist: GROUP-1
          - trigger: camera_push.person_recognised
            id: anybody
            options:
              minimum_confidence: 50
        """
    )

    async def happens(**changes) -> list[str]:
        before, told = len(ran), len(people)
        await platform.send(platform.event(**changes))
        await eventually(lambda: len(people) > told)
        await hass.async_block_till_done()
        return [trigger["id"] for trigger in ran][before:]

    nobody = [{"profile": {"id": "profile-9"}, "profile_groups": [], "confidence": 0.9}]
    assert await happens() == ["ada", "staff", "anybody"]
    assert ran[0]["person"] == "Ada"
    assert ran[0]["description"] == "Ada, recognised by Lobby"
    assert await happens(profile="profile-8") == ["staff", "anybody"]
    assert await happens(profile="profile-8", confidence=0.2) == ["staff"]
    assert await happens(candidates=nobody) == ["anybody"]
    assert await happens(kind="non_identification", profile=None) == []


async def test_person_triggers_once_in_an_activity(hass, platform, omni_entry, people, automate) -> None:
    ran = await automate("triggers: {trigger: camera_push.person_recognised}")
    for activity in ("same", "same", "same", "other"):
        await platform.send(platform.event(activity_id=activity))
    await eventually(lambda: len(people) == 4)
    await hass.async_block_till_done()
    assert [trigger["activity_id"] for trigger in ran] == ["same", "other"]
    assert await hass.config_entries.async_reload(omni_entry.entry_id)
    await eventually(lambda: len(platform.sockets) == 1)
    await platform.send(platform.event(activity_id="other"), platform.event(activity_id="third"))
    await eventually(lambda: len(people) == 6)
    await hass.async_block_till_done()
    assert [trigger["activity_id"] for trigger in ran] == ["same", "other", "third"]


async def test_who_is_not_certain_is_nobody(hass, platform, omni_entry, people, automate) -> None:
    """The entry's minimum confidence counts for triggers as well."""
    await configure(hass, omni_entry, minimum_person_confidence=95)
    await eventually(lambda: len(platform.sockets) == 1)
    ran = await automate("triggers: {trigger: camera_push.person_recognised}")
    await platform.send(platform.event(confidence=0.9), platform.event(confidence=0.96))
    await eventually(lambda: len(people) == 2)
    await hass.async_block_till_done()
    assert [trigger["confidence"] for trigger in ran] == [0.96]


async def test_cloud_event(hass, server, vxg_entry, automate) -> None:
    ran = await automate(
        """
        triggers:
          - trigger: camera_push.cloud_event
            id: motion
            options:
              event: motion
          - trigger: camera_push.cloud_event
            id: any
        """
    )
    server.happen("motion")
    server.happen("sound")
    await eventually(lambda: len(ran) == 3)
    assert sorted((trigger["id"], trigger["name"]) for trigger in ran) == [
        ("any", "motion"),
        ("any", "sound"),
        ("motion", "motion"),
    ]
    assert ran[0]["description"].startswith("the event motion of ")


BOTH_WAYS = """
    triggers:
      - trigger: camera_push.camera_went_silent
      - trigger: camera_push.camera_is_back
"""


async def test_platform_that_cannot_be_heard_is_silence(hass, platform, omni_entry, people, automate) -> None:
    await platform.send(platform.event())
    await eventually(lambda: len(people) == 1)
    ran = await automate(BOTH_WAYS)
    await platform.drop()
    await eventually(lambda: len(ran) == 2)
    assert [trigger["platform"] for trigger in ran] == [
        "camera_push.camera_went_silent",
        "camera_push.camera_is_back",
    ]
    assert await hass.config_entries.async_reload(omni_entry.entry_id)
    await eventually(lambda: len(platform.sockets) == 1)
    await hass.async_block_till_done()
    assert len(ran) == 2


async def test_platform_that_is_gone_at_the_start(hass, platform, omni_entry, people, automate) -> None:
    """Nobody would be told otherwise that the cameras behind it are not heard since then."""
    await platform.send(platform.event())
    await eventually(lambda: len(people) == 1)
    ran = await automate(BOTH_WAYS)
    platform.refuses_websocket = True
    assert await hass.config_entries.async_reload(omni_entry.entry_id)
    async_fire_time_changed(hass, datetime.now(UTC) + timedelta(seconds=59))
    await hass.async_block_till_done()
    assert len(ran) == 0
    async_fire_time_changed(hass, datetime.now(UTC) + timedelta(seconds=61))
    await hass.async_block_till_done()
    assert [trigger["platform"] for trigger in ran] == ["camera_push.camera_went_silent"]
    platform.refuses_websocket = False
    await eventually(lambda: len(ran) == 2)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("alarm_raised", {"alarm": ["flood"]}),
        ("plate_read", {"plate": "--"}),
        ("plate_read", {"direction": "up"}),
        ("plate_read", {"zone": "left"}),
        ("plate_read", {"list": "grey"}),
        ("plate_read", {"minimum_confidence": 101}),
        ("camera_went_silent", {"for": "soon"}),
        ("vehicle_arrived", {"plate": "47ATDPN"}),
    ],
)
async def test_wrong_options_are_refused(hass, name, options) -> None:
    with pytest.raises(vol.Invalid):
        await TRIGGERS[name].async_validate_config(hass, {"options": options})


async def test_descriptions_offer_what_there_is(hass, ff_entry) -> None:
    """The frontend gets a description of every trigger, with the names of all that can be chosen."""
    descriptions = {
        name.removeprefix("camera_push."): description
        for name, description in (await async_get_all_descriptions(hass)).items()
        if name.startswith("camera_push.")
    }
    assert set(descriptions) == set(TRIGGERS)
    for name, trigger in TRIGGERS.items():
        fields = {str(field.schema) for field in trigger.options_schema}
        assert set(descriptions[name].get("fields", {})) == fields
    offered = descriptions["alarm_raised"]["fields"]["alarm"]["selector"]["select"]["options"]
    assert set(offered) == {str(alarm) for alarm in AlarmType}
    assert automation("triggers: []")["alias"] == "Test"


async def test_targets_offer_the_cameras_that_can_do_it(
    hass, hass_ws_client, ff, gate, ff_entry, add_vehicle
):
    """The editor offers for a camera the triggers of its system, and for a vehicle those of vehicles."""
    vehicle = device_id(hass, ff_entry, await add_vehicle())
    yaml = load_yaml_dict(str(INTEGRATION / "triggers.yaml"))
    systems = {
        name: yaml[name]["target"]["entity"][0]["device_class"]
        for name in ("alarm_raised", "plate_read", "person_recognised", "cloud_event")
    }
    assert list(systems.values()) == list(SOURCES)
    client = await hass_ws_client()
    found = {}
    for device in (gate, vehicle):
        await client.send_json_auto_id({"type": "get_triggers_for_target", "target": {"device_id": [device]}})
        offered = (await client.receive_json())["result"]
        found[device] = {name for name in offered if name.startswith("camera_push.")}
    assert found == {
        gate: {"camera_push.plate_read", "camera_push.camera_went_silent", "camera_push.camera_is_back"},
        vehicle: {"camera_push.vehicle_arrived", "camera_push.vehicle_left"},
    }


async def test_other_camera_id(hass, ff, gate, poster, ff_entry, automate) -> None:
    """The same car id at another camera is another car."""
    ran = await automate("triggers: {trigger: camera_push.plate_read}")
    await ff.read("new", carID="1")
    await FFCamera("exit", poster, ff.webhook_id, serial="ACCC8E000002").read("new", carID="1")
    await hass.async_block_till_done()
    assert [trigger["camera_id"] for trigger in ran] == ["gate", "exit"]
