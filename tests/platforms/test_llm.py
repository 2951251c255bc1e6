"""Assistants look into the history of what is exposed to them."""

from datetime import timedelta
from typing import Any

from homeassistant.components.homeassistant.const import DATA_EXPOSED_ENTITIES
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er, llm
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from custom_components.camera_push.const import DOMAIN
from tests.common import entity_id
from tests.emulators.ff import FFCamera
from tests.emulators.vstarcam import VStarcamCamera
from tests.vehicles import visit

ASSISTANT = "conversation"


@pytest.fixture(autouse=True)
async def assistants(hass: HomeAssistant) -> None:
    """Set up assistants before the server starts; nothing is exposed by itself."""
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "llm", {})
    hass.data[DATA_EXPOSED_ENTITIES].async_set_expose_new_entities(ASSISTANT, False)


async def tools(hass: HomeAssistant) -> dict[str, llm.Tool]:
    context = llm.LLMContext(
        platform="test", context=Context(), language="en", assistant=ASSISTANT, device_id=None
    )
    api = await llm.async_get_api(hass, llm.LLM_API_ASSIST, context)
    return {tool.name: tool for tool in api.tools if tool.name.startswith(DOMAIN)}


async def call(hass: HomeAssistant, tool: llm.Tool, **arguments) -> Any:
    context = llm.LLMContext(
        platform="test", context=Context(), language="en", assistant=ASSISTANT, device_id=None
    )
    return await tool.async_call(hass, llm.ToolInput(tool_name=tool.name, tool_args=arguments), context)


async def test_events(
    hass, ff_entry, ff: FFCamera, vstarcam_entry, vstarcam: VStarcamCamera, add_vehicle
) -> None:
    vehicle = await add_vehicle(name="Plumber", plates=["PL 1234"])
    await visit(hass, ff, car=1, plate="PL1234")
    await visit(hass, ff, car=2, plate="AB12CD")
    await vstarcam.alarm(0x14)
    await hass.async_block_till_done()
    assert await tools(hass) == {}
    # What Home Assistant exposes by itself does not give the history away.
    motion = entity_id(hass, vstarcam_entry, "binary_sensor", vstarcam.vuid, "motion")
    async_expose_entity(hass, ASSISTANT, motion, True)
    assert await tools(hass) == {}
    async_expose_entity(hass, ASSISTANT, entity_id(hass, ff_entry, "camera", "gate", "snapshot"), True)
    tool = (await tools(hass))["camera_push__get_events"]
    assert tool.annotations.read_only
    everything = (await call(hass, tool)).data
    assert [(it["plate"], it.get("who"), it["camera"]) for it in everything["events"]] == [
        ("AB12CD", None, "gate"),
        ("PL1234", None, "gate"),
    ]
    assert everything["events"][0] == {
        "time": everything["events"][0]["time"],
        "kind": "visit",
        "camera": "gate",
        "plate": "AB12CD",
        "direction": "in",
        "vehicle": "BLACK Ford Explorer",
        "earlier_visits": 0,
    }
    assert everything["there_are_more"] is False
    # Somebody who is not exposed is not found by name, either.
    assert (await call(hass, tool, search="plumber")).data["events"] == []
    seen = er.async_get(hass).async_get_entity_id("binary_sensor", DOMAIN, f"{vehicle}_present")
    async_expose_entity(hass, ASSISTANT, seen, True)
    (found,) = (await call(hass, tool, search="plumber")).data["events"]
    assert found["who"] == "Plumber"
    start = (dt_util.now() + timedelta(minutes=5)).isoformat()
    assert (await call(hass, tool, camera="gate", start=start)).data["events"] == []
    assert len((await call(hass, tool, camera="gate", end=start)).data["events"]) == 2
    assert (await call(hass, tool, kind="alarm")).data["events"] == []
    assert (await call(hass, tool, start="yesterday")).error
    known = (await call(hass, (await tools(hass))["camera_push__get_known"])).data["known"]
    assert [(it["name"], it["present"]) for it in known] == [("Plumber", True)]
