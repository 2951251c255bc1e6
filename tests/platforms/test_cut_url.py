"""A camera that keeps only the first part of the URL."""

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.camera_push.entry.cut_url import cut_ids
from custom_components.camera_push.transports.urls import push_url
from tests.common import issues, states
from tests.emulators.vstarcam import VStarcamCamera
from tests.platforms.repair_flows import start, submit


@pytest.fixture(autouse=True)
async def components(hass: HomeAssistant) -> None:
    """Have what repairs need, before Home Assistant's server starts."""
    for component in ("repairs", "websocket_api"):
        assert await async_setup_component(hass, component, {})


async def test_is_noticed_and_mended(hass, hass_client, vstarcam, vstarcam_entry, poster) -> None:
    hass.config.internal_url = "http://192.168.1.5:8123"
    assert await hass.config_entries.async_reload(vstarcam_entry.entry_id)
    old = vstarcam_entry.data["webhook_id"]
    url = push_url(hass, old)
    cut = VStarcamCamera("VC0000000ABCD", poster, url[:63].rpartition("/")[2])
    before = states(hass)
    reply = await cut.heartbeat()
    assert reply.status == 404
    assert b"This URL is cut off" in reply.body
    assert states(hass) == before
    assert vstarcam_entry.runtime_data.hub.cameras == {}
    client = await hass_client()
    flow = await start(client, hass, "cut_url")
    assert flow["description_placeholders"]["length"] == "63"
    flow = await submit(client, hass, flow, "cut_url")
    assert flow["step_id"] == "paste"
    new = vstarcam_entry.data["webhook_id"]
    assert len(push_url(hass, new)) < 63
    assert f"`{push_url(hass, new)}`" in flow["description_placeholders"]["urls"]
    assert (await submit(client, hass, flow, "cut_url"))["type"] == "create_entry"
    assert issues(hass) == set()
    # The new one works; the old one, and what was left of it, no longer do anything.
    assert (await VStarcamCamera("VC0000000ABCD", poster, new).heartbeat()).status == 200
    assert set(vstarcam_entry.runtime_data.hub.cameras) == {"VC0000000ABCD"}
    for gone in (old, cut.webhook_id):
        await VStarcamCamera("VC0000000EFGH", poster, gone).heartbeat()
    assert set(vstarcam_entry.runtime_data.hub.cameras) == {"VC0000000ABCD"}
    assert issues(hass) == set()


async def test_first_push_with_the_whole_one_takes_it_back(hass, vstarcam, vstarcam_entry, poster) -> None:
    cut_id = next(iter(cut_ids(push_url(hass, vstarcam.webhook_id), vstarcam.webhook_id)))
    await VStarcamCamera("VC0000000ABCD", poster, cut_id).heartbeat()
    assert issues(hass) == {"cut_url"}
    await vstarcam.heartbeat()
    assert issues(hass) == set()


async def test_browser_that_it_was_typed_into(hass, vstarcam, hass_client_no_auth) -> None:
    """It is told what is wrong, and is no camera."""
    cut_id = next(iter(cut_ids(push_url(hass, vstarcam.webhook_id), vstarcam.webhook_id)))
    answer = await (await hass_client_no_auth()).get(f"/api/webhook/{cut_id}")
    assert answer.status == 404
    assert "cut off" in await answer.text()
    assert issues(hass) == set()


@pytest.mark.parametrize("base", ["http://10.0.0.1:8123", "http://homeassistant.local:8123", "https://a.b"])
def test_what_is_left_is_still_a_secret(base: str) -> None:
    webhook_id = "0123456789abcdef" * 2
    url = f"{base}/api/webhook/{webhook_id}"
    found = cut_ids(url, webhook_id)
    assert found
    for cut_id, length in found.items():
        assert url[:length].endswith(f"/{cut_id}")
        assert 12 <= len(cut_id) < len(webhook_id)
