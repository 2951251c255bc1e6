"""Purpose-specific conditions, from YAML as a user writes it."""

from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.condition import async_get_all_descriptions
import pytest

from custom_components.camera_push.condition import CONDITIONS
from tests.automations.helpers import device_id
from tests.common import configure, eventually, pass_time
from tests.emulators.vstarcam import VStarcamCamera
from tests.sources.omni.helpers import add_person
from tests.vehicles import visit

VUID = "VC0000000ABCD"


def asked(condition: str) -> str:
    """Return an automation that runs for an event if a condition is true."""
    return f"""
        triggers:
          - trigger: event
            event_type: ask
        conditions:
          - {condition}
    """


async def answer(hass, ran) -> bool:
    """Tell whether the automation runs now."""
    before = len(ran)
    hass.bus.async_fire("ask")
    await hass.async_block_till_done()
    return len(ran) > before


async def test_vehicle_is_present(hass, ff, ff_entry, add_vehicle, automate, freezer) -> None:
    mine = device_id(hass, ff_entry, await add_vehicle())
    ran = await automate(
        asked(f"{{condition: camera_push.vehicle_is_present, target: {{device_id: {mine}}}}}")
    )
    assert not await answer(hass, ran)
    await visit(hass, ff)
    assert await answer(hass, ran)
    await pass_time(hass, freezer, 61)
    assert not await answer(hass, ran)


@pytest.mark.parametrize(("behavior", "passes"), [("any", True), ("all", False)])
async def test_several_vehicles(hass, ff, ff_entry, add_vehicle, automate, behavior, passes) -> None:
    devices = [
        device_id(hass, ff_entry, await add_vehicle()),
        device_id(hass, ff_entry, await add_vehicle(name="Hers", plates=["BMK4711"])),
    ]
    ran = await automate(
        asked(
            f"{{condition: camera_push.vehicle_is_present, target: {{device_id: {devices}}},"
            f" options: {{behavior: {behavior}}}}}"
        )
    )
    await visit(hass, ff)
    assert await answer(hass, ran) is passes
    await visit(hass, ff, 2, "BMK4711")
    assert await answer(hass, ran)


@pytest.mark.parametrize("behavior", ["any", "all"])
async def test_unavailable_is_not_present(hass, ff, ff_entry, add_vehicle, automate, behavior) -> None:
    """A gate must not open because the entry is not loaded."""
    mine = device_id(hass, ff_entry, await add_vehicle())
    ran = await automate(
        asked(
            f"{{condition: camera_push.vehicle_is_present, target: {{device_id: {mine}}},"
            f" options: {{behavior: {behavior}}}}}"
        )
    )
    await visit(hass, ff)
    assert await answer(hass, ran)
    await hass.config_entries.async_unload(ff_entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.get("binary_sensor.my_car_present").state == "unavailable"
    assert not await answer(hass, ran)


@pytest.mark.parametrize(("behavior", "passes"), [("any", True), ("all", False)])
async def test_one_of_several_is_unavailable(
    hass, ff, ff_entry, add_vehicle, automate, behavior, passes
) -> None:
    """With "all", an unavailable vehicle is not left out, as Home Assistant would do."""
    devices = [
        device_id(hass, ff_entry, await add_vehicle()),
        device_id(hass, ff_entry, await add_vehicle(name="Hers", plates=["BMK4711"])),
    ]
    await visit(hass, ff)
    hers = hass.states.get("binary_sensor.hers_present")
    hass.states.async_set(hers.entity_id, "unavailable", hers.attributes)
    ran = await automate(
        asked(
            f"{{condition: camera_push.vehicle_is_present, target: {{device_id: {devices}}},"
            f" options: {{behavior: {behavior}}}}}"
        )
    )
    assert await answer(hass, ran) is passes


async def test_disabled_entity_is_not_present(hass, ff, ff_entry, add_vehicle, automate) -> None:
    await add_vehicle()
    await visit(hass, ff)
    ran = await automate(
        asked(
            "{condition: camera_push.vehicle_is_present,"
            " target: {entity_id: binary_sensor.my_car_present}, options: {behavior: all}}"
        )
    )
    assert await answer(hass, ran)
    registry = er.async_get(hass)
    registry.async_update_entity("binary_sensor.my_car_present", disabled_by=er.RegistryEntryDisabler.USER)
    await hass.async_block_till_done()
    assert hass.states.get("binary_sensor.my_car_present") is None
    assert not await answer(hass, ran)


@pytest.mark.parametrize("behavior", ["any", "all"])
async def test_camera_that_is_silent_is_not_sending(
    hass, vstarcam, vstarcam_entry, automate, freezer, behavior
) -> None:
    await configure(hass, vstarcam_entry, heartbeat_interval=60)
    await vstarcam.heartbeat()
    other = VStarcamCamera("VC0000000EFGH", vstarcam.poster, vstarcam.webhook_id)
    await other.heartbeat()
    await hass.async_block_till_done()
    devices = [device_id(hass, vstarcam_entry, camera.vuid) for camera in (vstarcam, other)]
    ran = await automate(
        asked(
            f"{{condition: camera_push.camera_is_sending, target: {{device_id: {devices}}},"
            f" options: {{behavior: {behavior}}}}}"
        )
    )
    assert await answer(hass, ran)
    await pass_time(hass, freezer, 100)
    await vstarcam.heartbeat()
    await pass_time(hass, freezer, 100)
    assert await answer(hass, ran) is (behavior == "any")
    await pass_time(hass, freezer, 100)
    assert not await answer(hass, ran)


@pytest.mark.parametrize("behavior", ["any", "all"])
@pytest.mark.parametrize("registered", [True, False])
async def test_others_occupancy_is_no_vehicle(
    hass, ff_entry, add_vehicle, automate, behavior, registered
) -> None:
    """Nor is a target without any vehicle one whose vehicles are all present."""
    await add_vehicle()
    if registered:
        er.async_get(hass).async_get_or_create("binary_sensor", "other", "1", suggested_object_id="hall")
    hass.states.async_set("binary_sensor.hall", "on", {"device_class": "occupancy"})
    targets = {"any": ["binary_sensor.hall", "binary_sensor.my_car_present"], "all": ["binary_sensor.hall"]}
    ran = await automate(
        asked(
            "{condition: camera_push.vehicle_is_present,"
            f" target: {{entity_id: {targets[behavior]}}}, options: {{behavior: {behavior}}}}}"
        )
    )
    assert not await answer(hass, ran)


async def test_present_for_a_while(hass, ff, ff_entry, add_vehicle, automate, freezer) -> None:
    mine = device_id(hass, ff_entry, await add_vehicle(hold_time=600))
    ran = await automate(
        asked(
            f"{{condition: camera_push.vehicle_is_present, target: {{device_id: {mine}}},"
            " options: {for: {minutes: 5}}}"
        )
    )
    await visit(hass, ff)
    assert not await answer(hass, ran)
    await pass_time(hass, freezer, 301)
    assert await answer(hass, ran)


async def test_person_is_present(hass, platform, omni_entry, people, automate, add_vehicle, ff_entry) -> None:
    ada = device_id(hass, omni_entry, await add_person(hass, omni_entry))
    mine = device_id(hass, ff_entry, await add_vehicle())
    await eventually(lambda: len(platform.sockets) == 1)
    ran = await automate(
        asked(f"{{condition: camera_push.person_is_present, target: {{device_id: [{ada}, {mine}]}}}}")
    )
    assert not await answer(hass, ran)
    await platform.send(platform.event())
    await eventually(lambda: len(people) == 1)
    await hass.async_block_till_done()
    assert await answer(hass, ran)


async def test_person_is_no_vehicle(hass, platform, omni_entry, people, automate) -> None:
    ada = device_id(hass, omni_entry, await add_person(hass, omni_entry))
    await eventually(lambda: len(platform.sockets) == 1)
    ran = await automate(
        asked(f"{{condition: camera_push.vehicle_is_present, target: {{device_id: {ada}}}}}")
    )
    await platform.send(platform.event())
    await eventually(lambda: len(people) == 1)
    await hass.async_block_till_done()
    assert hass.states.get("binary_sensor.ada_present").state == "on"
    assert not await answer(hass, ran)


async def test_camera_is_sending(hass, vstarcam, vstarcam_entry, automate, freezer) -> None:
    await configure(hass, vstarcam_entry, heartbeat_interval=60)
    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    camera = device_id(hass, vstarcam_entry, VUID)
    ran = await automate(
        asked(f"{{condition: camera_push.camera_is_sending, target: {{device_id: {camera}}}}}")
    )
    assert await answer(hass, ran)
    await pass_time(hass, freezer, 181)
    assert not await answer(hass, ran)
    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    assert await answer(hass, ran)


async def test_descriptions_offer_what_there_is(hass, ff_entry) -> None:
    descriptions = {
        name: description
        for name, description in (await async_get_all_descriptions(hass)).items()
        if name.startswith("camera_push.")
    }
    assert set(descriptions) == {f"camera_push.{name}" for name in CONDITIONS}
    # Nothing can be chosen of all vehicles.
    assert descriptions.pop("camera_push.any_vehicle_is_present")["fields"] == {}
    assert all(set(it["fields"]) == {"behavior", "for"} for it in descriptions.values())
