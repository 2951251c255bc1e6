"""Fixtures of automations' tests: what they ran for, and devices that pushed before."""

from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_mock_service,
)

from tests.automations.helpers import RAN, Automate, add_automations, automation, complaints, device_id
from tests.vehicles import visit


@pytest.fixture(autouse=True)
async def _components(hass: HomeAssistant) -> None:
    """Have what the frontend asks before Home Assistant's server starts."""
    for component in ("websocket_api", "trace"):
        assert await async_setup_component(hass, component, {})


@pytest.fixture
def automate(hass: HomeAssistant, caplog: pytest.LogCaptureFixture) -> Automate:
    """Return what loads automations from YAML and returns the list of what they were triggered by."""

    async def load(*texts: str) -> list[dict[str, Any]]:
        ran = async_capture_events(hass, RAN)
        await add_automations(hass, [automation(text) for text in texts])
        assert not complaints(caplog)
        return _Triggers(ran)

    return load


class _Triggers(list):
    """What the automations ran for, as their templates saw it."""

    def __init__(self, events: list) -> None:
        super().__init__()
        self._events = events

    def __iter__(self):
        return iter([event.data["trigger"] for event in self._events])

    def __len__(self) -> int:
        return len(self._events)

    def __getitem__(self, index):
        return list(self)[index]

    def clear(self) -> None:
        self._events.clear()


@pytest.fixture
async def vstarcam_device(hass, vstarcam_entry, vstarcam) -> str:
    """Return the device of a camera that pushed before."""
    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    return device_id(hass, vstarcam_entry, vstarcam.vuid)


@pytest.fixture
async def gate(hass, ff_entry, ff) -> str:
    """Return the device of a licence plate camera that pushed before."""
    await visit(hass, ff, 99, "ZZ1")
    return device_id(hass, ff_entry, "gate")


@pytest.fixture
def phone(hass: HomeAssistant) -> str:
    """Return the device of a phone with Home Assistant's app."""
    entry = MockConfigEntry(domain="mobile_app")
    entry.add_to_hass(hass)
    registry = dr.async_get(hass)
    return registry.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("mobile_app", "1")}, name="Ada's phone"
    ).id


@pytest.fixture
def told(hass: HomeAssistant) -> list[ServiceCall]:
    """Return the list of what the phone is told."""
    return async_mock_service(hass, "notify", "mobile_app_ada_s_phone")
