"""What some models of VStarcam cameras want or say, in their set-up and when they are asked for a picture."""

from unittest.mock import patch

from homeassistant.components.image import async_get_image
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.translation import async_get_translations
import pytest

from custom_components.camera_push.const import DOMAIN
from tests.common import device, entity_id
from tests.config_flows import start_subentry, submit, suggested_values
from tests.emulators.pictures import jpeg
from tests.emulators.tls import elsewhere, self_signed
from tests.emulators.vstarcam_cgi import CgiServer
from tests.sources.set_up import login

VUID = "VC0000000ABCD"
CAMERA = CgiServer
FLOW = "custom_components.camera_push.sources.vstarcam.flow"
pytestmark = pytest.mark.usefixtures("address")


async def connect(hass, entry, form):
    return await submit(hass, await start_subentry(hass, entry, "camera"), form)


async def set_up(hass, entry, cgi):
    flow = await connect(hass, entry, login(cgi))
    result = await submit(hass, flow, {"heartbeat_seconds": 45.0})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    return result


async def test_http_basic_beside_the_query(hass, vstarcam_entry, cgi) -> None:
    cgi.wants_basic = True
    await set_up(hass, vstarcam_entry, cgi)
    assert "set_alarm_push_cfg.cgi" in cgi.calls
    cgi.wants_basic = False
    flow = await connect(hass, vstarcam_entry, login(cgi, username="with:colon"))
    assert flow["errors"] == {"base": "invalid_auth"}


class TestHttpsOnly:
    """A model that answers HTTPS only is found without the user's knowing it."""

    @pytest.fixture
    async def secure(self, socket_enabled, tmp_path):
        """Return a camera that speaks HTTPS only."""
        server = CgiServer()
        async with elsewhere(server.serve(self_signed(tmp_path))):
            yield server

    async def test_at_the_same_port(self, hass, vstarcam_entry, secure) -> None:
        flow = await connect(hass, vstarcam_entry, login(secure, verify_ssl=False))
        assert flow["step_id"] == "confirm"
        await submit(hass, flow, {"heartbeat_seconds": 45.0})
        (subentry,) = vstarcam_entry.subentries.values()
        assert (subentry.data["ssl"], subentry.data["port"]) == (True, secure.port)

    async def test_at_the_usual_port(self, hass, vstarcam_entry, secure) -> None:
        with patch.multiple(FLOW, HTTP_PORT=1, HTTPS_PORT=secure.port):
            flow = await connect(hass, vstarcam_entry, login(secure, port=1.0, verify_ssl=False))
        assert flow["step_id"] == "confirm"
        await submit(hass, flow, {"heartbeat_seconds": 45.0})
        (subentry,) = vstarcam_entry.subentries.values()
        assert (subentry.data["ssl"], subentry.data["port"]) == (True, secure.port)

    async def test_with_a_certificate_of_its_own_making(self, hass, vstarcam_entry, secure) -> None:
        flow = await connect(hass, vstarcam_entry, login(secure))
        assert flow["errors"] == {"base": "certificate_invalid"}
        assert suggested_values(flow)["ssl"] is True
        assert secure.calls == []
        flow = await submit(hass, flow, login(secure, ssl=True, verify_ssl=False))
        assert flow["step_id"] == "confirm"


@pytest.mark.parametrize("refuses_status", [True, False])
async def test_two_factor_login_has_a_sentence_of_its_own(hass, vstarcam_entry, cgi, refuses_status) -> None:
    cgi.dual_authentication, cgi.refuses_status = True, refuses_status
    flow = await connect(hass, vstarcam_entry, login(cgi))
    assert flow["errors"] == {"base": "dual_authentication"}
    texts = await async_get_translations(hass, "en", "config_subentries", [DOMAIN])
    text = texts[f"component.{DOMAIN}.config_subentries.camera.error.dual_authentication"]
    assert "DualAuthentication" in text
    cgi.dual_authentication = False
    assert (await submit(hass, flow, login(cgi)))["step_id"] == "confirm"


async def test_firmware_is_no_model(hass, vstarcam_entry, cgi) -> None:
    await set_up(hass, vstarcam_entry, cgi)
    found = device(hass, vstarcam_entry, VUID)
    assert found is not None
    assert (found.manufacturer, found.model, found.sw_version) == ("VStarcam", None, "48.53.75.92")


async def test_what_to_do_next(hass, vstarcam_entry, cgi) -> None:
    result = await set_up(hass, vstarcam_entry, cgi)
    texts = await async_get_translations(hass, "en", "config_subentries", [DOMAIN])
    text = texts[f"component.{DOMAIN}.config_subentries.camera.create_entry.{result['description']}"]
    assert text.format(**result["description_placeholders"]).startswith("Front door now pushes")


class TestSnapshot:
    """The largest picture that the model has."""

    @pytest.mark.parametrize(
        "pictures",
        [
            {"2": jpeg("large", (320, 180)), None: jpeg("small")},
            {None: jpeg("large", (320, 180))},
            {"2": b"<html>no such size</html>", None: jpeg("large", (320, 180))},
            {"2": b"", None: jpeg("large", (320, 180))},
        ],
        ids=["knows sizes", "refuses sizes", "answers a page", "answers nothing"],
    )
    async def test_size(self, hass, vstarcam_entry, cgi, pictures) -> None:
        await set_up(hass, vstarcam_entry, cgi)
        cgi.pictures = pictures
        button = entity_id(hass, vstarcam_entry, "button", VUID, "fetch_snapshot")
        await hass.services.async_call("button", "press", {"entity_id": button}, blocking=True)
        await hass.async_block_till_done()
        shown = await async_get_image(hass, entity_id(hass, vstarcam_entry, "image", VUID, "snapshot"))
        assert shown.content == jpeg("large", (320, 180))
