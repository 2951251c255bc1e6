"""Fixtures that all tests share: Home Assistant, entries made through their flows, and who pushes to them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
import logging
from pathlib import Path
from unittest.mock import PropertyMock, patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.amber import AmberSnapshotExtension

from custom_components.camera_push.const import (
    DOMAIN,
    EVENT_ALARM,
    EVENT_CLOUD,
    EVENT_IDENTIFICATION,
    EVENT_PLATE,
)
from tests.common import eventually
from tests.config_flows import add_subentry, start_flow, submit
from tests.emulators.ff import FFCamera
from tests.emulators.http import Poster
from tests.emulators.omni import OmniPlatform
from tests.emulators.vstarcam import VStarcamCamera
from tests.emulators.vxg import VxgServer
from tests.sources.omni import helpers as omni
from tests.sources.vxg import helpers as vxg
from tests.vehicles import AddVehicle, filled_in


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


class _Complaints(logging.Handler):
    """What Home Assistant says of how the integration uses it: deprecated, blocking, from a wrong thread."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if DOMAIN in text and (record.name == "homeassistant.helpers.frame" or "deprecated" in text):
            self.found.append(text)


@pytest.fixture(autouse=True)
def _complaints() -> Iterator[None]:
    """Fail each test in which Home Assistant complains of the integration."""
    complaints, root = _Complaints(), logging.getLogger()
    root.addHandler(complaints)
    try:
        yield
    finally:
        root.removeHandler(complaints)
    assert complaints.found == []


@pytest.fixture
def hass(hass: HomeAssistant, tmp_path: Path) -> HomeAssistant:
    """Return a Home Assistant that finds the integration, with a configuration folder of the test's own."""
    hass.data.pop(DATA_CUSTOM_COMPONENTS)
    hass.config.config_dir = str(tmp_path)
    hass.config.media_dirs = {"local": str(tmp_path / "media")}
    return hass


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


# Over HTTP

type Add = Callable[[str], Awaitable[ConfigEntry]]


@pytest.fixture
async def add_entry(hass: HomeAssistant) -> Add:
    """Return a function that adds an entry for a source through the config flow."""
    assert await async_setup_component(hass, "http", {})

    async def add(source: str) -> ConfigEntry:
        result = await start_flow(hass, source)
        if result["type"] is FlowResultType.FORM:
            result = await submit(hass, result, {})
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
        return await add_subentry(hass, ff_entry, "vehicle", **filled_in(**changes))

    return add


# An OMNI Platform


@pytest.fixture
def quick_omni() -> Iterator[None]:
    """Shorten what waits."""
    with (
        patch.multiple(
            omni.WEBSOCKET, FIRST_DELAY_SECONDS=0.02, LAST_DELAY_SECONDS=0.1, DENIED_DELAY_SECONDS=0.1
        ),
        patch(f"{omni.STEPS}._CLOSES_WITHIN_SECONDS", 0.1),
        patch.multiple(omni.GAP, FIRST_RETRY_SECONDS=0.01, LAST_RETRY_SECONDS=0.1, LIVE_WITHIN_SECONDS=0.05),
        patch(f"{omni.NAMES}.LOOK_EVERY_SECONDS", 0.02),
        patch(f"{omni.CLIENT}._RETRY_PICTURE_SECONDS", 0.01),
    ):
        yield


@pytest.fixture
async def platform(socket_enabled: None, quick_omni: None) -> AsyncIterator[OmniPlatform]:
    """Return a platform that is running."""
    it = OmniPlatform()
    async with it.serve():
        yield it


@pytest.fixture
async def omni_entry(hass: HomeAssistant, platform: OmniPlatform) -> ConfigEntry:
    """Return an entry that is connected."""
    return await omni.add(hass, platform)


@pytest.fixture
async def omni_webhook_entry(hass: HomeAssistant, quick_omni: None) -> ConfigEntry:
    """Return an entry that the platform pushes to."""
    assert await async_setup_component(hass, "http", {})
    result = await omni.start(hass, "omni_webhook")
    await hass.async_block_till_done()
    return result["result"]


# A VXG server


@pytest.fixture
def quick_vxg() -> Iterator[None]:
    """Shorten what waits."""
    with (
        patch(f"{vxg.COORDINATOR}.poll_interval", return_value=timedelta(seconds=0.05)),
        patch(f"{vxg.COORDINATOR}.LONGEST_INTERVAL", timedelta(seconds=0.2)),
        patch(f"{vxg.REST}.FIRST_RETRY_SECONDS", 0.01),
    ):
        yield


@pytest.fixture
async def server(socket_enabled: None, quick_vxg: None) -> AsyncIterator[VxgServer]:
    """Return a server that is running."""
    it = VxgServer()
    async with it.serve():
        yield it


@pytest.fixture
async def vxg_entry(hass: HomeAssistant, server: VxgServer) -> ConfigEntry:
    """Return an entry for one channel that polls."""
    flow = await submit(hass, await vxg.start(hass), {"api_key": server.access_token()})
    assert flow["step_id"] == "vxg_address"
    result = await submit(hass, flow, {"url": server.url})
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await eventually(lambda: vxg.CAM in result["result"].runtime_data.hub.cameras)
    await vxg.settled(result["result"])
    return result["result"]


# What is told


@pytest.fixture
def alarms(hass: HomeAssistant) -> list[Event]:
    """Return the list of alarm events on the bus."""
    return async_capture_events(hass, EVENT_ALARM)


@pytest.fixture
def plates(hass: HomeAssistant) -> list[Event]:
    """Return the list of plate events on the bus."""
    return async_capture_events(hass, EVENT_PLATE)


@pytest.fixture
def people(hass: HomeAssistant) -> list[Event]:
    """Return the list of identification events on the bus."""
    return async_capture_events(hass, EVENT_IDENTIFICATION)


@pytest.fixture
def cloud(hass: HomeAssistant) -> list[Event]:
    """Return the list of cloud events on the bus."""
    return async_capture_events(hass, EVENT_CLOUD)
