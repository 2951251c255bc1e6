"""Traces say why nothing was set off."""

from datetime import UTC, datetime, timedelta
import re
from typing import Any

import pytest

from tests.automations.helpers import add_automations, automation, device_id
from tests.config_flows import add_subentry
from tests.vehicle_lists import FORM, act
from tests.vehicles import visit


async def test_trace_says_why(hass, hass_ws_client, ff, ff_entry, add_vehicle) -> None:
    """Another camera is chosen, or the row does not count at this time."""
    pytest.importorskip("homeassistant.helpers.trigger.models", reason="newer than the oldest release")
    vehicle = await add_vehicle(cameras=["exit"])
    guests = await add_subentry(hass, ff_entry, "vehicle_list", **FORM)
    past = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    await act(hass, ff_entry, guests, "add_vehicle", plate="HH AB 1234", valid_until=past)
    ids = [device_id(hass, ff_entry, it) for it in (vehicle, guests)]
    await add_automations(
        hass,
        [
            {
                **automation(
                    f"triggers: {{trigger: camera_push.vehicle_arrived, target: {{device_id: {ids}}}}}"
                ),
                "id": "gate",
                "trace": {"stored_traces": 30},
            }
        ],
    )
    await visit(hass, ff, 1)
    await visit(hass, ff, 2, "HHAB1234")
    client = await hass_ws_client()

    async def ask(**command) -> Any:
        await client.send_json_auto_id({"domain": "automation", "item_id": "gate", **command})
        return (await client.receive_json())["result"]

    reasons: set[str] = set()
    for short in await ask(type="trace/list"):
        trace = await ask(type="trace/get", run_id=short["run_id"])
        reasons.update(re.findall(r"'reason': '(\w+)'", str(trace)))
    assert reasons == {"another_camera", "another_time"}
