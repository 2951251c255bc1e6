"""Purpose-specific triggers, from YAML as a user writes it."""

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.event import EventDeviceClass
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    label_registry as lr,
)
from homeassistant.helpers.trigger import async_get_all_descriptions
from homeassistant.util.yaml import load_yaml_dict
import pytest
import voluptuous as vol

from custom_components.camera_push.domain.messages import AlarmType
from custom_components.camera_push.trigger import TRIGGERS
from tests.automations.helpers import automation, device_id
from tests.common import configure, entity_id, eventually
from tests.emulators.vstarcam import VStarcamCamera
from tests.repository.files import INTEGRATION
from tests.sources.omni.helpers import add_person

VUID = "VC0000000ABCD"


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
    # The camera entity has no name of its own, and so no area of its own.
    motion = entity_id(hass, vstarcam_entry, "binary_sensor", VUID, "motion")
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
        er.async_get(hass).async_update_entity(motion, area_id=area.id)
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
        fields = {str(field) for field in trigger.options_schema}
        assert set(descriptions[name].get("fields", {})) == fields
    offered = descriptions["alarm_raised"]["fields"]["alarm"]["selector"]["select"]["options"]
    assert set(offered) == {str(alarm) for alarm in AlarmType}
    assert automation("triggers: []")["alias"] == "Test"


async def test_targets_offer_what_fits(hass, hass_ws_client, gate, ff_entry, add_vehicle) -> None:
    """The editor offers for a camera the triggers of cameras, and for a vehicle those of vehicles."""
    vehicle = device_id(hass, ff_entry, await add_vehicle())
    client = await hass_ws_client()
    found = {}
    for device in (gate, vehicle):
        await client.send_json_auto_id({"type": "get_triggers_for_target", "target": {"device_id": [device]}})
        offered = (await client.receive_json())["result"]
        found[device] = {name.removeprefix("camera_push.") for name in offered if "camera_push." in name}
    of_vehicles = {"vehicle_arrived", "vehicle_left"}
    assert found == {gate: set(TRIGGERS) - of_vehicles, vehicle: of_vehicles}


DESCRIPTIONS = [INTEGRATION / "triggers.yaml", INTEGRATION / "conditions.yaml"]


@pytest.mark.parametrize(
    "path", [*DESCRIPTIONS, *(INTEGRATION / "blueprints").glob("*.yaml")], ids=lambda path: path.stem
)
def test_filters_name_device_classes_that_home_assistant_knows(path) -> None:
    """Nothing is found by a device class that only this integration would know."""
    known: dict[str, set[str]] = {
        "binary_sensor": set(BinarySensorDeviceClass),
        "event": set(EventDeviceClass),
        "sensor": set(SensorDeviceClass),
    }

    def check(node) -> None:
        if isinstance(node, dict):
            if "device_class" in node:
                assert node["device_class"] in known[node["domain"]]
            for value in node.values():
                check(value)
        elif isinstance(node, list):
            for value in node:
                check(value)

    check(load_yaml_dict(str(path)))
