"""The set-up of an FF camera that does not answer, or not as it is asked to."""

import gc
from unittest.mock import patch

from homeassistant.data_entry_flow import FlowResultType
import pytest

from tests.common import eventually
from tests.config_flows import submit as step
from tests.emulators.ff_cgi import CHOICE, FFCgiServer, b64, profile
from tests.emulators.tls import elsewhere, self_signed
from tests.sources.ff.helpers import set_up, start
from tests.sources.set_up import login, url

CAMERA = FFCgiServer
CLIENT = "custom_components.camera_push.sources.ff.client"
ELSEWHERE = "http://parking.example/events"

pytestmark = pytest.mark.usefixtures("address")


async def test_camera_with_a_certificate_of_its_own_making(hass, ff_entry, socket_enabled, tmp_path) -> None:
    cgi = FFCgiServer()
    async with elsewhere(cgi.serve(self_signed(tmp_path))):
        result = await step(hass, await start(hass, ff_entry), login(cgi, ssl=True))
        assert result["errors"] == {"base": "certificate_invalid"}
        result = await step(hass, result, login(cgi, ssl=True, verify_ssl=False))
        assert result["step_id"] == "ff_profile"


@pytest.mark.parametrize(
    "envelope",
    ['\n<?xml version="1.0"?>\n{}', '<answer xmlns="http://camera.example/settings">{}</answer>'],
    ids=["white space", "namespace"],
)
async def test_answers_in_another_shape(hass, ff_entry, cgi, envelope) -> None:
    """They hold the same settings."""
    cgi.envelope, cgi.line_length = envelope, 64
    await set_up(hass, ff_entry, cgi)
    assert cgi.url(1) == url(ff_entry)
    assert len(ff_entry.subentries) == 1


class TestPassword:
    """A login that shows the password to whoever listens comes last."""

    @pytest.mark.parametrize("order", [("Basic", "Digest"), ("Digest", "Basic")])
    async def test_digest_before_basic(self, hass, ff_entry, cgi, order) -> None:
        cgi.offers = order
        flow = await step(hass, await start(hass, ff_entry), login(cgi))
        assert flow["step_id"] == "ff_profile"
        assert set(cgi.logins) == {"Digest"}

    async def test_tls_before_basic(self, hass, ff_entry, cgi, socket_enabled, tmp_path) -> None:
        cgi.login = "basic"
        secure = FFCgiServer(login="basic")
        async with secure.serve(self_signed(tmp_path)):
            with patch.multiple(CLIENT, HTTP_PORT=cgi.port, HTTPS_PORT=secure.port):
                flow = await step(hass, await start(hass, ff_entry), login(cgi, verify_ssl=False))
                assert flow["step_id"] == "ff_profile"
        assert set(secure.logins) == {"Basic"}
        assert cgi.logins == []

    async def test_basic_where_there_is_nothing_else(self, hass, ff_entry, cgi) -> None:
        cgi.login = "basic"
        with patch.multiple(CLIENT, HTTP_PORT=cgi.port, HTTPS_PORT=1):
            flow = await step(hass, await start(hass, ff_entry), login(cgi))
        assert flow["step_id"] == "ff_profile"
        assert set(cgi.logins) == {"Basic"}


class TestReplacing:
    """A profile that points elsewhere is not replaced by accident."""

    @pytest.mark.parametrize("what", ["profile", "heartbeat"])
    async def test_asks(self, hass, ff_entry, cgi, what) -> None:
        if what == "profile":
            cgi.profiles[1] = profile(ELSEWHERE, enable="true", user="me", password=b64("theirs"))
        else:
            cgi.heartbeat |= {"url": b64(ELSEWHERE), "enable": "true"}
        flow = await step(hass, await start(hass, ff_entry), login(cgi))
        flow = await step(hass, flow, CHOICE)
        shown = flow["description_placeholders"]
        assert ELSEWHERE in shown["current" if what == "profile" else "heartbeat"]
        flow = await step(hass, flow, {"replace": False})
        assert flow["errors"] == {"replace": "not_confirmed"}
        assert cgi.writes == []
        result = await step(hass, flow, {"replace": True})
        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert cgi.url(1) == cgi.heartbeat_url == url(ff_entry)
        # Nor does their password come to us.
        assert (cgi.profiles[1]["user"], cgi.profiles[1]["password"]) == ("", "")

    @pytest.mark.parametrize("what", ["off", "nowhere", "ours"])
    async def test_does_not_ask(self, hass, ff_entry, cgi, what) -> None:
        cgi.profiles[1] = {
            "off": profile(ELSEWHERE, enable="false"),
            "nowhere": profile(enable="true"),
            "ours": profile(url(ff_entry), enable="true"),
        }[what]
        assert (await set_up(hass, ff_entry, cgi))["type"] is FlowResultType.CREATE_ENTRY

    async def test_url_that_is_no_base64(self, hass, ff_entry, cgi) -> None:
        cgi.profiles[1] = profile(enable="true") | {"url": ELSEWHERE}
        flow = await step(hass, await start(hass, ff_entry), login(cgi))
        flow = await step(hass, flow, CHOICE)
        assert ELSEWHERE in flow["description_placeholders"]["current"]
        assert "replace" in flow["data_schema"].schema


class TestErrors:
    """What can go wrong, and that nothing is written then."""

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"password": "wrong"}, "invalid_auth"),
            ({"username": "other"}, "invalid_auth"),
            ({"username": "with:colon"}, "cannot_connect"),
            ({"port": 1.0}, "cannot_connect"),
            ({"host": "host name"}, "cannot_connect"),
            ({"ssl": True}, "cannot_connect"),
            ({"ssl": True, "verify_ssl": False}, "cannot_connect"),
        ],
    )
    @pytest.mark.parametrize("scheme", ["digest", "basic"])
    async def test_address_and_login(self, hass, ff_entry, cgi, changes, error, scheme) -> None:
        cgi.login = scheme
        result = await step(hass, await start(hass, ff_entry), login(cgi, **changes))
        assert result["errors"] == {"base": error}
        result = await step(hass, result, login(cgi))
        assert result["step_id"] == "ff_profile"

    @pytest.mark.parametrize(
        ("status", "body"),
        [
            (404, b""),
            (302, b""),
            (500, b""),
            (200, b""),
            (200, b"OK"),
            (200, b"<html><body>Router</body></html>"),
            (200, b"<cloud_config>"),
            (200, b"<!DOCTYPE a [<!ENTITY b 'c'>]><cloud_config><url>&b;</url></cloud_config>"),
            (200, b"<a>" + b"x" * 300_000 + b"</a>"),
        ],
    )
    async def test_what_answers(self, hass, ff_entry, cgi, status, body) -> None:
        cgi.status, cgi.body = status, body
        result = await step(hass, await start(hass, ff_entry), login(cgi))
        assert result["errors"] == {"base": "not_lpr"}

    @pytest.mark.parametrize("status", [401, 403])
    async def test_no_rights(self, hass, ff_entry, cgi, status) -> None:
        cgi.status, cgi.body = status, b""
        result = await step(hass, await start(hass, ff_entry), login(cgi))
        assert result["errors"] == {"base": "invalid_auth"}

    async def test_port_of_the_protocol(self, hass, ff_entry, cgi) -> None:
        values = login(cgi)
        del values["port"]
        result = await step(hass, await start(hass, ff_entry), values)
        assert result["errors"] == {"base": "cannot_connect"}

    @pytest.mark.parametrize(
        ("choice", "errors"),
        [
            ({"device_id": "defaultID"}, {"device_id": "device_id_default"}),
            ({"device_id": "a/b"}, {"device_id": "device_id_invalid"}),
            ({"device_id": "x" * 65}, {"device_id": "device_id_invalid"}),
            ({"events": []}, {"events": "events_missing"}),
        ],
    )
    async def test_choice(self, hass, ff_entry, cgi, choice, errors) -> None:
        flow = await step(hass, await start(hass, ff_entry), login(cgi))
        result = await step(hass, flow, CHOICE | choice)
        assert result["errors"] == errors
        assert cgi.writes == []

    async def test_id_of_another_camera(self, hass, ff_entry, cgi) -> None:
        await set_up(hass, ff_entry, cgi)
        flow = await step(hass, await start(hass, ff_entry), login(cgi))
        result = await step(hass, flow, CHOICE)
        assert result["errors"] == {"device_id": "device_id_taken"}

    async def test_camera_cuts_the_url(self, hass, ff_entry, cgi) -> None:
        cgi.cut_at = 30
        result = await set_up(hass, ff_entry, cgi)
        assert result["errors"] == {"base": "url_cut"}
        assert result["description_placeholders"]["got"] == f"`{url(ff_entry)[:30]}`"
        cgi.cut_at = None
        assert (await step(hass, result, {}))["type"] is FlowResultType.CREATE_ENTRY

    @pytest.mark.parametrize("ignored", ["url", "enable", "sensorProviderID", "event_lost", "user", "period"])
    async def test_camera_takes_not_all(self, hass, ff_entry, cgi, ignored) -> None:
        cgi.profiles[1] |= {"event_lost": "false", "user": "other"}
        cgi.heartbeat["user"] = "other"
        cgi.ignores = frozenset({ignored})
        result = await set_up(hass, ff_entry, cgi)
        assert result["errors"] == {"base": "not_taken"}
        assert not ff_entry.subentries

    async def test_older_software_knows_less(self, hass, ff_entry, cgi) -> None:
        for values in cgi.profiles.values():
            del values["send_second_image"]
        cgi.ignores = frozenset({"send_second_image"})
        assert (await set_up(hass, ff_entry, cgi))["type"] is FlowResultType.CREATE_ENTRY

    async def test_camera_that_does_not_tell_its_heartbeat(self, hass, ff_entry, cgi) -> None:
        cgi.tells_heartbeat = False
        assert (await set_up(hass, ff_entry, cgi))["type"] is FlowResultType.CREATE_ENTRY
        assert cgi.heartbeat_url == url(ff_entry)

    async def test_camera_goes_away_meanwhile(self, hass, ff_entry, cgi) -> None:
        flow = await step(hass, await start(hass, ff_entry), login(cgi))
        flow = await step(hass, flow, CHOICE)
        with patch("custom_components.camera_push.sources.ff.client._TIMEOUT_SECONDS", 0):
            result = await step(hass, flow, {})
        assert result["errors"] == {"base": "cannot_connect"}

    async def test_what_a_camera_says_is_shown_as_it_is(self, hass, ff_entry, cgi) -> None:
        cgi.profiles[1] = profile("http://x/`![x](http://evil.example)\u202e" + "y" * 500, enable="true")
        flow = await step(hass, await start(hass, ff_entry), login(cgi))
        flow = await step(hass, flow, CHOICE)
        shown = flow["description_placeholders"]["current"]
        assert shown.startswith("`on: http://x/![x](http://evil.example)y")
        assert shown.endswith("`")
        assert len(shown) < 210


async def test_login_that_is_cut_off_leaves_no_connection_open(hass, ff_entry, cgi) -> None:
    cgi.cuts_login_off = True
    gc.disable()
    try:
        flow = await step(hass, await start(hass, ff_entry), login(cgi))
        assert flow["errors"] == {"base": "cannot_connect"}
        await eventually(lambda: cgi.challenges == 0, 5)
    finally:
        gc.enable()
