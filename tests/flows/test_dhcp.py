"""A camera that was set up from Home Assistant, and then moved to another address."""

from homeassistant.config_entries import SOURCE_DHCP, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
from homeassistant.loader import async_get_integration
import pytest

from custom_components.camera_push.const import DOMAIN
from tests.config_flows import start_subentry, submit
from tests.emulators.ff_cgi import CHOICE, FFCgiServer
from tests.emulators.vstarcam_cgi import CgiServer
from tests.sources.set_up import BASE, login

CABLE, WIFI = "48022a000001", "48022a000002"


@pytest.fixture
async def camera(hass: HomeAssistant, vstarcam_entry: ConfigEntry, socket_enabled: None) -> ConfigEntry:
    """Return an entry with a camera that was set up."""
    hass.config.internal_url = BASE
    cgi = CgiServer()
    async with cgi.serve():
        flow = await submit(hass, await start_subentry(hass, vstarcam_entry, "camera"), login(cgi))
        await submit(hass, flow, {"heartbeat_seconds": 45.0})
    (subentry,) = vstarcam_entry.subentries.values()
    stream = {"stream_source": "rtsp://127.0.0.1:10554/tcp/av0_0"}
    hass.config_entries.async_update_subentry(vstarcam_entry, subentry, data={**subentry.data, **stream})
    await hass.async_block_till_done()
    return vstarcam_entry


async def seen(hass: HomeAssistant, mac: str, ip: str = "192.0.2.77") -> str:
    """Let Home Assistant see a device; returns the reason why no flow goes on."""
    info = DhcpServiceInfo(ip=ip, hostname="camera", macaddress=mac)
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_DHCP}, data=info)
    await hass.async_block_till_done()
    assert result["type"] is FlowResultType.ABORT
    return result["reason"]


def data(entry: ConfigEntry) -> dict:
    (subentry,) = entry.subentries.values()
    return dict(subentry.data)


async def test_manifest_asks_for_registered_devices(hass: HomeAssistant) -> None:
    integration = await async_get_integration(hass, DOMAIN)
    assert integration.dhcp == [{"registered_devices": True}]


@pytest.mark.parametrize("mac", [CABLE, WIFI])
async def test_new_address(hass: HomeAssistant, camera: ConfigEntry, mac: str) -> None:
    before = data(camera)
    assert await seen(hass, mac) == "camera_moved"
    changed = {"host": "192.0.2.77", "stream_source": "rtsp://192.0.2.77:10554/tcp/av0_0"}
    assert data(camera) == before | changed
    settings = camera.runtime_data.hub.context.configured["VC0000000ABCD"]
    assert "192.0.2.77" in settings.stream_source
    assert await seen(hass, mac) == "camera_has_not_moved"


async def test_name_stays(hass: HomeAssistant, camera: ConfigEntry) -> None:
    (subentry,) = camera.subentries.values()
    named = {**subentry.data, "host": "door.local", "stream_source": "rtsp://door.local/x"}
    hass.config_entries.async_update_subentry(camera, subentry, data=named)
    assert await seen(hass, CABLE) == "camera_has_not_moved"
    assert data(camera) == named


async def test_stream_of_another_host_stays(hass: HomeAssistant, camera: ConfigEntry) -> None:
    (subentry,) = camera.subentries.values()
    other = {**subentry.data, "stream_source": "rtsp://192.0.2.5/x"}
    hass.config_entries.async_update_subentry(camera, subentry, data=other)
    assert await seen(hass, CABLE) == "camera_moved"
    assert data(camera)["stream_source"] == "rtsp://192.0.2.5/x"


async def test_device_that_is_none_of_ours(hass: HomeAssistant, camera: ConfigEntry) -> None:
    before = data(camera)
    assert await seen(hass, "001122334455") == "camera_not_set_up"
    assert data(camera) == before


async def test_camera_that_only_pushes(hass: HomeAssistant, ff, ff_entry: ConfigEntry) -> None:
    await ff.read()
    assert await seen(hass, "accc8e000001") == "camera_not_set_up"


async def test_ff_camera_by_the_address_that_it_pushes(hass, ff, ff_entry, socket_enabled) -> None:
    hass.config.internal_url = BASE
    cgi = FFCgiServer()
    async with cgi.serve():
        flow = await submit(hass, await start_subentry(hass, ff_entry, "camera"), login(cgi))
        await submit(hass, await submit(hass, flow, CHOICE), {})
    assert await seen(hass, "accc8e000001") == "camera_not_set_up"
    await ff.read()
    assert await seen(hass, "accc8e000001") == "camera_moved"
    assert data(ff_entry)["host"] == "192.0.2.77"


async def test_while_the_entry_is_not_loaded(hass: HomeAssistant, camera: ConfigEntry) -> None:
    assert await hass.config_entries.async_unload(camera.entry_id)
    assert await seen(hass, CABLE) == "camera_moved"
    assert data(camera)["host"] == "192.0.2.77"
