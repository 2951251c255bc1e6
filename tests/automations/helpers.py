"""What the tests of this folder share."""

from collections.abc import Awaitable, Callable
from pathlib import Path
import shutil
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml
import pytest

from custom_components.camera_push.const import DOMAIN
from tests.repository.files import ROOT

RAN = "automation_ran"
BLUEPRINTS = ROOT / "custom_components" / "camera_push" / "blueprints"

type Automate = Callable[..., Awaitable[list[dict[str, Any]]]]


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what Home Assistant's automations warned about."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelname in ("WARNING", "ERROR") and "automation" in record.name
    ]


async def add_automations(hass: HomeAssistant, automations: list[dict[str, Any]]) -> None:
    """Have Home Assistant load automations; it must find nothing wrong with them."""
    assert await async_setup_component(hass, "automation", {"automation": automations})
    await hass.async_block_till_done()
    assert len(hass.states.async_entity_ids("automation")) == len(automations)
    for state in hass.states.async_all("automation"):
        assert state.state == "on", f"{state.entity_id} is {state.state}"


def automation(text: str) -> dict[str, Any]:
    """Return an automation that says what it was triggered by; `text` is the rest of it, in YAML."""
    head = parse_yaml(text)
    assert isinstance(head, dict)
    return {
        "alias": "Test",
        "mode": "queued",
        "actions": [{"event": RAN, "event_data": {"trigger": "{{ trigger }}"}}],
        **head,
    }


def device_id(hass: HomeAssistant, entry: ConfigEntry, identifier: str) -> str:
    """Return the device of a camera (by the id that it gives itself) or of a subentry (by its id)."""
    wanted = {(DOMAIN, identifier), (DOMAIN, f"{entry.entry_id}_{identifier}")}
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    (found,) = [device.id for device in devices if wanted & device.identifiers]
    return found


async def use(hass: HomeAssistant, caplog, name: str, **inputs: Any) -> None:
    """Have an automation made of a blueprint, as the frontend does it."""
    folder = Path(hass.config.path("blueprints/automation/camera_push"))
    shutil.copytree(BLUEPRINTS, folder)
    automation = {"alias": "Test", "use_blueprint": {"path": f"camera_push/{name}.yaml", "input": inputs}}
    await add_automations(hass, [automation])
    assert not complaints(caplog)
