"""The page "System information"."""

from datetime import UTC, datetime, timedelta

from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import get_system_health_info

from custom_components.camera_push.domain.errors import ProtocolError
from custom_components.camera_push.domain.traffic import Traffic
from tests.common import configure, free_port
from tests.emulators.http import Field
from tests.repository.files import ENGLISH


@pytest.fixture(autouse=True)
async def health(hass) -> None:
    """Have the component that asks."""
    assert await async_setup_component(hass, "system_health", {})


async def info(hass) -> dict:
    """Return what the page shows."""
    found = await get_system_health_info(hass, "camera_push")
    return {key: await value if hasattr(value, "__await__") else value for key, value in found.items()}


async def test_without_entries(hass, add_entry, vstarcam_entry) -> None:
    assert await hass.config_entries.async_unload(vstarcam_entry.entry_id)
    assert await info(hass) == {
        "cameras": "0 / 0",
        "receivers": "0 / 0",
        "last_push": None,
        "refused": 0,
        "stored": "0.0 MiB, 0",
    }


async def test_with_cameras(hass, socket_enabled, vstarcam, vstarcam_entry, ff_entry) -> None:
    port = free_port()
    await configure(hass, ff_entry, tcp={"port": port, "networks": ["127.0.0.0/8"]})
    await vstarcam.alarm()
    await vstarcam.send([Field("vuid", b"x")])
    found = await info(hass)
    assert found["cameras"] == "1 / 1"
    assert found["receivers"] == "3 / 3"
    assert found["last_push"] == vstarcam_entry.runtime_data.traffic.last_received_at
    assert found["refused"] == 1
    assert found["stored"].endswith(" MiB, 1")
    assert set(found) == set(ENGLISH["system_health"]["info"])


async def test_store_that_cannot_be_read(hass, vstarcam, vstarcam_entry) -> None:
    vstarcam_entry.runtime_data.store.library._address = lambda: "file:/nowhere/at/all?mode=ro"  # noqa: SLF001  # A fault is injected.
    assert "unable to open" in (await info(hass))["stored"]


def test_refusals_of_a_day() -> None:
    traffic = Traffic()
    start = datetime(2026, 11, 21, 3, 59, tzinfo=UTC)
    for hours in range(60):
        traffic.note_refused(ProtocolError("No."), start + timedelta(hours=hours))
        traffic.note_refused(ProtocolError("No."), start + timedelta(hours=hours))
    now = start + timedelta(hours=59)
    assert traffic.refused_lately(now) == 48
    assert traffic.refused_lately(now + timedelta(hours=30)) == 0
    assert traffic.refused == {"field": 120}
