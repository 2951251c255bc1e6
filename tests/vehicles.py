"""Vehicles in tests: their form, their entities, and cars that pass."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.camera_push.const import DOMAIN
from tests.config_flows import start_subentry
from tests.emulators.ff import FFCamera

SECTIONS: dict[str, dict[str, Any]] = {
    "certainty": {"misreads": "cautious", "agreeing_reads": False, "minimum_confidence": 80.0},
    "places": {"cameras": [], "zones": []},
}


type AddVehicle = Callable[..., Awaitable[str]]


def filled_in(**changes) -> dict:
    """Return the form filled in for a vehicle."""
    form: dict[str, Any] = {
        "name": "My car",
        "plates": ["47 ATD-PN"],
        "directions": [],
        "hold_time": 60.0,
    } | SECTIONS
    for key, value in changes.items():
        section = next((name for name, content in SECTIONS.items() if key in content), None)
        if section is None:
            form[key] = value
        else:
            form[section] = form[section] | {key: value}
    return form


async def start(hass: HomeAssistant, entry: ConfigEntry):
    return await start_subentry(hass, entry, "vehicle")


def of_vehicle(hass: HomeAssistant, vehicle: str, platform: str, key: str) -> State:
    found = er.async_get(hass).async_get_entity_id(platform, DOMAIN, f"{vehicle}_{key}")
    assert found is not None
    it = hass.states.get(found)
    assert it is not None
    return it


class Watch:
    """Follows what a gate would act on."""

    def __init__(self, hass: HomeAssistant, vehicle: str) -> None:
        registry = er.async_get(hass)
        self.presence = registry.async_get_entity_id("binary_sensor", DOMAIN, f"{vehicle}_present")
        self.seen_id = registry.async_get_entity_id("event", DOMAIN, f"{vehicle}_seen")
        self.changes = async_capture_events(hass, "state_changed")

    @property
    def arrivals(self) -> int:
        """How often `present` went on."""
        return sum(
            event.data["entity_id"] == self.presence
            and event.data["new_state"].state == "on"
            and event.data["old_state"].state == "off"
            for event in self.changes
        )

    @property
    def seen(self) -> int:
        """How often `seen` fired."""
        return len(
            {
                event.data["new_state"].state
                for event in self.changes
                if event.data["entity_id"] == self.seen_id and event.data["old_state"] is not None
            }
        )


async def visit(hass, ff: FFCamera, car: int = 1, plate: str = "47ATDPN", **changes) -> None:
    """Have a car pass: new without a direction, two updates, lost."""
    for number, carstate in enumerate(("new", "update", "update", "lost")):
        direction = "unknown" if carstate == "new" else changes.get("direction", "in")
        await ff.read(
            carstate,
            at=datetime.now(UTC) + timedelta(milliseconds=number),
            carID=str(car),
            plate=plate,
            carMoveDirection=direction,
            plateConfidence=changes.get("confidence", "0.95"),
            roiID=changes.get("zone", "1"),
        )
    await hass.async_block_till_done()
