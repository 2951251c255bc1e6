"""Repairs that are done from Home Assistant, through the flows that the frontend uses."""

import re
import socket
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest

from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.entry.cut_url import cut_ids
from custom_components.camera_push.repairs import async_create_fix_flow
from custom_components.camera_push.transports.urls import push_url
from tests.common import configure, eventually, free_port, issues, states
from tests.credentials import BASIC, HEADER, basic
from tests.emulators.ff import FFCamera
from tests.emulators.http import Field
from tests.emulators.pictures import jpeg
from tests.emulators.vstarcam import VStarcamCamera
from tests.repository.files import ENGLISH


@pytest.fixture(autouse=True)
async def repairs(hass: HomeAssistant) -> None:
    """Have what repairs need, before Home Assistant's server starts."""
    assert await async_setup_component(hass, "repairs", {})


async def start(hass: HomeAssistant, kind: str):
    """Start the repair of the one issue of a kind, and return its first form."""
    (issue,) = [issue for issue in ir.async_get(hass).issues.values() if issue.translation_key == kind]
    assert issue.is_fixable
    manager = hass.data["repairs"]["flow_manager"]
    result = await manager.async_init(DOMAIN, data={"issue_id": issue.issue_id})
    check_texts(kind, result)
    return result


async def submit(hass: HomeAssistant, flow, kind: str, user_input: dict):
    """Submit a form."""
    result = await hass.data["repairs"]["flow_manager"].async_configure(flow["flow_id"], user_input)
    await hass.async_block_till_done()
    if result["type"] is FlowResultType.FORM:
        check_texts(kind, result)
    return result


def check_texts(kind: str, result) -> None:
    """Everything in a form has its text, and every placeholder its value."""
    texts = ENGLISH["issues"][kind]["fix_flow"]
    step = texts["step"][result["step_id"]]
    placeholders = set(re.findall(r"{(\w+)}", step["description"] + step["title"]))
    assert placeholders <= set(result["description_placeholders"] or {})
    fields = {key.schema for key in result["data_schema"].schema}
    assert fields <= set(step.get("data", {})) == set(step.get("data_description", {}))
    assert set((result["errors"] or {}).values()) <= set(texts.get("error", {}))


async def test_limit_of_cameras(hass, ff, ff_entry, poster) -> None:
    await configure(hass, ff_entry, max_cameras=1)
    await ff.read()
    second = FFCamera("exit", poster, ff.webhook_id, serial="ACCC8E000002")
    assert (await second.read()).status == 403
    flow = await start(hass, "max_cameras")
    assert flow["description_placeholders"]["cap"] == "1"
    result = await submit(hass, flow, "max_cameras", {"max_cameras": 2.0})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert ff_entry.options["max_cameras"] == 2
    assert (await second.read()).status == 200
    assert issues(hass) == set()


async def test_disk_that_is_full(hass, ff, ff_entry) -> None:
    images = [Field("image", jpeg(), "plate.jpg", "image/jpeg")]
    with patch("os.fsync", side_effect=OSError("No space left on device")):
        assert (await ff.send_form(ff.event(), images=images)).status == 200
    flow = await start(hass, "storage")
    assert "No space left" in flow["description_placeholders"]["error"]
    result = await submit(hass, flow, "storage", {"store": True, "keep_days": 3, "keep_gib": 0.5})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert (ff_entry.options["keep_days"], ff_entry.options["keep_gib"]) == (3, 0.5)
    await ff.send_form(ff.event("update"), images=images)
    assert issues(hass) == set()


async def test_port_in_use(hass, socket_enabled, ff_entry) -> None:
    port, taken, other = free_port(), free_port(), free_port()
    await configure(hass, ff_entry, tcp={"port": port, "networks": ["127.0.0.0/8"]})
    assert await hass.config_entries.async_unload(ff_entry.entry_id)
    with socket.create_server(("", port)), socket.create_server(("", taken)):
        assert await hass.config_entries.async_setup(ff_entry.entry_id)
        flow = await start(hass, "port")
        assert flow["description_placeholders"]["transport"] == "TCP"
        flow = await submit(hass, flow, "port", {"port": taken})
        assert flow["errors"] == {"base": "port_in_use"}
        result = await submit(hass, flow, "port", {"port": other})
        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert ff_entry.options["tcp"] == {"port": other, "networks": ["127.0.0.0/8"]}
        await eventually(lambda: issues(hass) == set())
    with socket.create_connection(("127.0.0.1", other), timeout=5):
        pass


@pytest.mark.parametrize(
    ("authentication", "sent", "entered"),
    [
        (BASIC, basic("camera", "other"), {"username": "camera", "password": "other"}),
        (BASIC, basic("door", "pass:wörd"), {"username": "door"}),
        (HEADER, "X-Auth-Key: other", {"header_value": "other"}),
    ],
)
async def test_other_credentials(hass, ff, ff_entry, authentication, sent, entered) -> None:
    await configure(hass, ff_entry, authentication=authentication)
    for _ in range(10):
        assert (await ff.send_json(ff.event(), headers=[sent])).status == 401
    flow = await start(hass, "wrong_credentials")
    result = await submit(hass, flow, "wrong_credentials", entered)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert ff_entry.options["authentication"] == authentication | entered
    assert (await ff.send_json(ff.event(), headers=[sent])).status == 200


async def test_credentials_that_are_none(hass, ff, ff_entry) -> None:
    await configure(hass, ff_entry, authentication=BASIC)
    for _ in range(10):
        await ff.send_json(ff.event())
    flow = await start(hass, "wrong_credentials")
    shown = [key.description for key in flow["data_schema"].schema]
    assert shown == [{"suggested_value": "camera"}, None]
    flow = await submit(hass, flow, "wrong_credentials", {"username": ""})
    assert flow["errors"] == {"base": "login_missing"}


class TestCutUrl:
    """A camera that keeps only the first part of the URL."""

    async def test_is_noticed_and_mended(self, hass, vstarcam, vstarcam_entry, poster) -> None:
        hass.config.internal_url = "http://192.168.1.5:8123"
        assert await hass.config_entries.async_reload(vstarcam_entry.entry_id)
        old = vstarcam_entry.data["webhook_id"]
        url = push_url(hass, old)
        cut = VStarcamCamera("VC0000000ABCD", poster, url[:63].rpartition("/")[2])
        before = states(hass)
        reply = await cut.heartbeat()
        assert reply.status == 404
        assert b"cut this URL off" in reply.body
        assert states(hass) == before
        assert vstarcam_entry.runtime_data.cameras == {}
        flow = await start(hass, "cut_url")
        assert flow["description_placeholders"]["length"] == "63"
        flow = await submit(hass, flow, "cut_url", {})
        assert flow["step_id"] == "paste"
        new = vstarcam_entry.data["webhook_id"]
        assert len(push_url(hass, new)) < 63
        assert f"`{push_url(hass, new)}`" in flow["description_placeholders"]["urls"]
        assert (await submit(hass, flow, "cut_url", {}))["type"] is FlowResultType.CREATE_ENTRY
        assert issues(hass) == set()
        # The new one works; the old one, and what was left of it, no longer do anything.
        assert (await VStarcamCamera("VC0000000ABCD", poster, new).heartbeat()).status == 200
        assert set(vstarcam_entry.runtime_data.cameras) == {"VC0000000ABCD"}
        for gone in (old, cut.webhook_id):
            await VStarcamCamera("VC0000000EFGH", poster, gone).heartbeat()
        assert set(vstarcam_entry.runtime_data.cameras) == {"VC0000000ABCD"}
        assert issues(hass) == set()

    async def test_first_push_with_the_whole_one_takes_it_back(
        self, hass, vstarcam, vstarcam_entry, poster
    ) -> None:
        cut_id = next(iter(cut_ids(push_url(hass, vstarcam.webhook_id), vstarcam.webhook_id)))
        await VStarcamCamera("VC0000000ABCD", poster, cut_id).heartbeat()
        assert issues(hass) == {"cut_url"}
        await vstarcam.heartbeat()
        assert issues(hass) == set()

    @pytest.mark.parametrize(
        "base", ["http://10.0.0.1:8123", "http://homeassistant.local:8123", "https://a.b"]
    )
    def test_what_is_left_is_still_a_secret(self, base: str) -> None:
        webhook_id = "0123456789abcdef" * 2
        url = f"{base}/api/webhook/{webhook_id}"
        found = cut_ids(url, webhook_id)
        assert found
        for cut_id, length in found.items():
            assert url[:length].endswith(f"/{cut_id}")
            assert 12 <= len(cut_id) < len(webhook_id)


async def test_entry_that_is_gone(hass, ff, ff_entry) -> None:
    """A repair that is open while its entry is removed ends."""
    await configure(hass, ff_entry, max_cameras=1)
    data = {"kind": "max_cameras", "entry_id": ff_entry.entry_id}
    await hass.config_entries.async_remove(ff_entry.entry_id)
    flow = await async_create_fix_flow(hass, "max_cameras", data)
    assert type(flow).__name__ == "ConfirmRepairFlow"
