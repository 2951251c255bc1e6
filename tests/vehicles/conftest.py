"""Fixtures of this folder's tests."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from .helpers import AddVehicle, filled_in, start


@pytest.fixture
async def add_vehicle(hass: HomeAssistant, ff_entry: ConfigEntry) -> AddVehicle:
    """Return what adds a vehicle through the flow and returns the subentry's id."""

    async def add(**changes) -> str:
        before = set(ff_entry.subentries)
        flow = await start(hass, ff_entry)
        result = await hass.config_entries.subentries.async_configure(flow["flow_id"], filled_in(**changes))
        assert result["type"] is FlowResultType.CREATE_ENTRY, result["errors"]
        await hass.async_block_till_done()
        (vehicle,) = set(ff_entry.subentries) - before
        return vehicle

    return add
