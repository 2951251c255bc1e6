"""The triggers of one device, as the device's page offers them."""

from homeassistant.components.device_automation import DeviceAutomationType, InvalidDeviceAutomationConfig
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_get_device_automations
from syrupy.assertion import SnapshotAssertion

from custom_components.camera_push.device_trigger import async_attach_trigger
from tests.automations.helpers import device_id
from tests.common import configure, eventually, pass_time
from tests.repository.files import ENGLISH
from tests.sources.omni.helpers import add_person
from tests.vehicles import visit

VUID = "VC0000000ABCD"


@pytest.fixture(autouse=True)
async def device_automation(hass) -> None:
    """Have what device triggers need."""
    assert await async_setup_component(hass, "device_automation", {})


async def offered(hass, device: str) -> list[tuple[str, str | None]]:
    """Return the types and subtypes of the triggers of ours that a device offers."""
    triggers = await async_get_device_automations(hass, DeviceAutomationType.TRIGGER, device)
    return [(it["type"], it.get("subtype")) for it in triggers if it["domain"] == "camera_push"]


def trigger(device: str, **config) -> str:
    """Return an automation with a device trigger."""
    config = {"trigger": "device", "domain": "camera_push", "device_id": device, **config}
    return f"triggers: [{config}]"


async def test_every_device_offers_its_triggers(
    hass,
    vstarcam,
    vstarcam_entry,
    ff,
    ff_entry,
    add_vehicle,
    platform,
    omni_entry,
    people,
    server,
    vxg_entry,
    snapshot: SnapshotAssertion,
) -> None:
    await vstarcam.heartbeat()
    await ff.read("new")
    car = await add_vehicle()
    ada = await add_person(hass, omni_entry)
    await eventually(lambda: len(platform.sockets) == 1)
    await platform.send(platform.event())
    await eventually(lambda: len(people) == 1)
    await hass.async_block_till_done()
    devices = {
        "VStarcam": device_id(hass, vstarcam_entry, VUID),
        "FF": device_id(hass, ff_entry, "gate"),
        "vehicle": device_id(hass, ff_entry, car),
        "OMNI": device_id(hass, omni_entry, "cam-1"),
        "OMNI Platform": device_id(hass, omni_entry, omni_entry.entry_id),
        "person": device_id(hass, omni_entry, ada),
        "VXG": device_id(hass, vxg_entry, "237863"),
    }
    found = {name: await offered(hass, device) for name, device in devices.items()}
    assert found == snapshot
    types = {kind for triggers in found.values() for kind, _ in triggers}
    assert types == set(ENGLISH["device_automation"]["trigger_type"])
    subtypes = {subtype for triggers in found.values() for _, subtype in triggers if subtype is not None}
    assert subtypes == set(ENGLISH["device_automation"]["trigger_subtype"])


async def test_alarm(hass, vstarcam, vstarcam_entry, automate) -> None:
    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    camera = device_id(hass, vstarcam_entry, VUID)
    ran = await automate(trigger(camera, type="alarm_raised", subtype="smoke"))
    await vstarcam.alarm(0x12)
    await vstarcam.alarm(0x6E)
    await hass.async_block_till_done()
    assert [(it["platform"], it["alarm"]) for it in ran] == [("device", "smoke")]


async def test_plate_with_extra_fields(hass, ff, ff_entry, automate) -> None:
    await visit(hass, ff, 9)
    camera = device_id(hass, ff_entry, "gate")
    ran = await automate(trigger(camera, type="plate_read", direction="in", minimum_confidence=90))
    await visit(hass, ff, 1)
    await visit(hass, ff, 2, direction="out")
    await visit(hass, ff, 3, confidence="0.5")
    assert [(it["car_id"], it["state"]) for it in ran] == [("1", "update")]


async def test_extra_fields(hass, hass_ws_client, ff, ff_entry) -> None:
    await ff.read("new")
    await hass.async_block_till_done()
    client = await hass_ws_client()
    found = {}
    for kind in ("plate_read", "camera_is_back", "vehicle_arrived"):
        config = {
            "platform": "device",
            "domain": "camera_push",
            "device_id": device_id(hass, ff_entry, "gate"),
            "type": kind,
        }
        await client.send_json_auto_id({"type": "device_automation/trigger/capabilities", "trigger": config})
        result = (await client.receive_json())["result"]
        found[kind] = {field["name"] for field in result.get("extra_fields", [])}
    assert found == {
        "plate_read": {"direction", "minimum_confidence"},
        "camera_is_back": {"for"},
        "vehicle_arrived": set(),
    }


async def test_vehicle_and_camera(hass, ff, ff_entry, add_vehicle, automate) -> None:
    mine = device_id(hass, ff_entry, await add_vehicle())
    ran = await automate(trigger(mine, type="vehicle_arrived"))
    await visit(hass, ff)
    await visit(hass, ff, 2, "BMK4711")
    assert [it["name"] for it in ran] == ["My car"]


async def test_silence(hass, vstarcam, vstarcam_entry, automate, freezer) -> None:
    await configure(hass, vstarcam_entry, heartbeat_interval=60)
    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    camera = device_id(hass, vstarcam_entry, VUID)
    ran = await automate(trigger(camera, type="camera_went_silent", **{"for": {"minutes": 5}}))
    await pass_time(hass, freezer, 181)
    assert len(ran) == 0
    await pass_time(hass, freezer, 301)
    assert [it["camera_id"] for it in ran] == [VUID]


async def test_person_and_platform_camera(hass, platform, omni_entry, people, automate) -> None:
    """At a person's device it is about the person wherever, at a camera's about anybody there."""
    ada = device_id(hass, omni_entry, await add_person(hass, omni_entry))
    await eventually(lambda: len(platform.sockets) == 1)
    ran = await automate(trigger(ada, type="person_recognised", minimum_confidence=50))
    await platform.send(platform.event(), platform.event(profile="profile-2"), platform.event(confidence=0.2))
    await eventually(lambda: len(people) == 3)
    await hass.async_block_till_done()
    assert [it["person"] for it in ran] == ["Ada"]


async def test_subtype_that_does_not_fit(hass, ff, ff_entry, caplog) -> None:
    await visit(hass, ff, 9)
    camera = device_id(hass, ff_entry, "gate")
    config = {"platform": "device", "domain": "camera_push", "device_id": camera}
    with pytest.raises(InvalidDeviceAutomationConfig) as error:
        await async_attach_trigger(
            hass,
            {**config, "type": "plate_read", "subtype": "fire"},
            lambda *args: None,
            {"trigger_data": {"id": "0", "idx": "0", "alias": None}},
        )
    assert error.value.translation_key == "device_trigger_invalid"


async def test_trigger_of_an_unknown_type(hass, vstarcam, vstarcam_entry, caplog) -> None:
    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    camera = device_id(hass, vstarcam_entry, VUID)
    config = {
        "alias": "Test",
        "triggers": [
            {"trigger": "device", "domain": "camera_push", "device_id": camera, "type": "door_opened"}
        ],
        "actions": [],
    }
    assert await async_setup_component(hass, "automation", {"automation": [config]})
    await hass.async_block_till_done()
    assert hass.states.get("automation.test").state == "unavailable"
    assert "door_opened" in caplog.text or "type" in caplog.text
