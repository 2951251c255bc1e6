"""Fixtures: Home Assistant with an entry made through the config flow, and cameras that push to it."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from unittest.mock import PropertyMock, patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.amber import AmberSnapshotExtension

from custom_components.camera_push.const import DOMAIN, EVENT_ALARM, EVENT_PLATE
from tests.emulators.ff import FFCamera
from tests.emulators.http import Poster
from tests.emulators.vstarcam import VStarcamCamera
from tests.vehicles import AddVehicle, filled_in, start

NOW = datetime(2026, 11, 21, 3, 12, 45, 123000, tzinfo=UTC)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name long parameters by their beginning and their length: some have millions of characters."""
    if not isinstance(val, str | bytes) or len(val) <= 40:
        return None
    head = repr(val[:16]).removeprefix("b").strip("'\"")
    return f"{head}..{len(val)}"


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Leave asyncio's debug mode, which doubles the tests' time, to PYTHONASYNCIODEBUG=1.

    Replaces the fixture of the same name of Home Assistant's test package, which switches it on always.
    """


@pytest.fixture(autouse=True)
def _integrations(enable_custom_integrations: None) -> None:
    """Let Home Assistant find the integration in every test."""


@pytest.fixture(autouse=True)
def config_folder(hass: HomeAssistant, tmp_path) -> None:
    """Give every test a configuration folder of its own: pictures are real files there."""
    hass.config.config_dir = str(tmp_path)


@pytest.fixture
def entity_registry_enabled_by_default() -> Iterator[None]:
    """Enable entities that are disabled by default."""
    with patch(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default",
        new_callable=PropertyMock(return_value=True),
    ):
        yield


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Keep snapshots where syrupy does, whatever a release of the test package makes of that."""
    return snapshot.use_extension(AmberSnapshotExtension)


type Add = Callable[[str], Awaitable[ConfigEntry]]


@pytest.fixture
async def add_entry(hass: HomeAssistant) -> Add:
    """Return a function that adds an entry for a source through the config flow."""
    assert await async_setup_component(hass, "http", {})

    async def add(source: str) -> ConfigEntry:
        flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": "user"})
        result = await hass.config_entries.flow.async_configure(flow["flow_id"], {"next_step_id": source})
        await hass.async_block_till_done()
        return result["result"]

    return add


@pytest.fixture
async def poster(hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator) -> Poster:
    """Return what sends raw HTTP to Home Assistant's real server."""
    assert await async_setup_component(hass, "http", {})
    client = await hass_client_no_auth()
    return Poster(client.server.host, client.server.port)


@pytest.fixture
async def vstarcam_entry(add_entry: Add) -> ConfigEntry:
    """Return a VStarcam entry."""
    return await add_entry("vstarcam")


@pytest.fixture
async def ff_entry(add_entry: Add) -> ConfigEntry:
    """Return an FF entry."""
    return await add_entry("ff")


@pytest.fixture
async def vstarcam(vstarcam_entry: ConfigEntry, poster: Poster) -> VStarcamCamera:
    """Return a VStarcam camera that pushes to the entry."""
    return VStarcamCamera("VC0000000ABCD", poster, vstarcam_entry.data["webhook_id"])


@pytest.fixture
async def ff(ff_entry: ConfigEntry, poster: Poster) -> FFCamera:
    """Return an FF camera that pushes to the entry."""
    return FFCamera("gate", poster, ff_entry.data["webhook_id"])


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


@pytest.fixture
def alarms(hass: HomeAssistant) -> list[Event]:
    """Return the list of alarm events on the bus."""
    return async_capture_events(hass, EVENT_ALARM)


@pytest.fixture
def plates(hass: HomeAssistant) -> list[Event]:
    """Return the list of plate events on the bus."""
    return async_capture_events(hass, EVENT_PLATE)
