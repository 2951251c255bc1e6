"""Plates and vehicles: a gate opens once, and only for what is fresh and certain."""

from datetime import UTC, datetime, timedelta
import re
from typing import Any

import pytest

from tests.automations.helpers import device_id
from tests.common import pass_time
from tests.emulators.ff import FFCamera
from tests.vehicles import visit


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
        ran.clear()
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


async def test_trace_says_why_a_vehicle_did_not_arrive(
    hass, hass_ws_client, ff, gate, ff_entry, add_vehicle, automate
) -> None:
    pytest.importorskip("homeassistant.helpers.trigger.models", reason="newer than the oldest release")
    vehicle = device_id(
        hass, ff_entry, await add_vehicle(plates=["HH AB 8234"], directions=["in"], zones=["1"])
    )
    await add_vehicle(name="Ours", plates=["HH AB 8284"])
    ran = await automate(
        f"""
        id: gate
        trace: {{stored_traces: 30}}
        triggers:
          - {{trigger: camera_push.vehicle_arrived, target: {{device_id: {vehicle}}}}}
          - {{trigger: camera_push.plate_read, options: {{vehicle: {vehicle}}}}}
        """
    )
    at = datetime.now(UTC)

    async def read(car: str, plate: str = "HHAB8234", **changes) -> None:
        values = {"carMoveDirection": "in", "plateConfidence": "0.95", "plateCountry": "DEU"} | changes
        await ff.read("update", carID=car, plate=plate, **values)

    await read("1", plateConfidence="0.5")
    await read("2", roiID="2")
    await read("3", carMoveDirection="out")
    await read("4", "HHAB3234")
    await read("4", "HHABB234")
    await read("5", "HHABB2B4")
    await read("6", at=at - timedelta(minutes=5))
    await hass.async_block_till_done()
    assert ran == []
    await read("7")
    await hass.async_block_till_done()
    assert ran[0]["recognition"] == {
        "plate": "HHAB8234",
        "look_alikes": 0,
        "gaps": 0,
        "misfits": 0,
        "differences": 0,
        "vetoes": 0,
        "agreeing_reads": 1,
        "best_other_plate": "HHAB8284",
        "margin": 3,
    }
    client = await hass_ws_client()

    async def ask(**command) -> Any:
        await client.send_json_auto_id({"domain": "automation", "item_id": "gate", **command})
        return (await client.receive_json())["result"]

    reasons: set[str] = set()
    for short in await ask(type="trace/list"):
        if short["script_execution"] == "not_triggered":
            trace = await ask(type="trace/get", run_id=short["run_id"])
            reasons.update(re.findall(r"'reason': '(\w+)'", str(trace)))
    assert reasons == {
        *("not_certain_enough", "another_zone", "another_direction", "another_plate", "contradicted"),
        *("could_be_two", "late"),
    }


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


async def test_other_camera_id(hass, ff, gate, poster, ff_entry, automate) -> None:
    """The same car id at another camera is another car."""
    ran = await automate("triggers: {trigger: camera_push.plate_read}")
    await ff.read("new", carID="1")
    await FFCamera("exit", poster, ff.webhook_id, serial="ACCC8E000002").read("new", carID="1")
    await hass.async_block_till_done()
    assert [trigger["camera_id"] for trigger in ran] == ["gate", "exit"]
