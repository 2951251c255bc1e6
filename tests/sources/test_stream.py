"""The live stream of a camera that is set up from Home Assistant: found, tried, typed, shown."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
import logging
from unittest.mock import patch

from homeassistant.components.camera import (
    CameraEntityFeature,
    CameraWebRTCProvider,
    async_get_image,
    async_get_stream_source,
    async_register_webrtc_provider,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from yarl import URL

from tests.common import entity_id, state
from tests.config_flows import Flow, start_subentry, submit, suggested_values
from tests.emulators.ff import image
from tests.emulators.ff_cgi import CHOICE, FFCgiServer
from tests.emulators.pictures import jpeg
from tests.emulators.rtsp import RtspServer
from tests.emulators.vstarcam_cgi import CgiServer
from tests.sources.set_up import login

VUID = "VC0000000ABCD"
CAMERA = CgiServer
FLOW = "custom_components.camera_push.sources.vstarcam.flow.STREAMS"
pytestmark = pytest.mark.usefixtures("address")


@pytest.fixture
async def rtsp(socket_enabled: None) -> AsyncIterator[RtspServer]:
    """Return the camera's RTSP server, which is looked for at its port."""
    server = RtspServer()
    async with server.serve():
        with patch(FLOW, ((server.port, "/tcp/av0_0"), (server.port, "/udp/av0_0"))):
            yield server


def shown(server: RtspServer, path: str = "/tcp/av0_0") -> str:
    return f"rtsp://127.0.0.1:{server.port}{path}"


def played(server: RtspServer, path: str = "/tcp/av0_0") -> str:
    return str(URL(shown(server, path)).with_user(server.user).with_password(server.password))


async def look(hass: HomeAssistant, entry: ConfigEntry, cgi: CgiServer) -> Flow:
    """Connect to the camera; returns the form that asks for its stream."""
    flow = await submit(hass, await start_subentry(hass, entry, "camera"), login(cgi))
    assert flow["step_id"] == "confirm", flow
    return flow


async def finish(hass: HomeAssistant, flow: Flow, stream: str | None = None) -> Flow:
    answer = {"heartbeat_seconds": 45.0} | ({"stream_source": stream} if stream is not None else {})
    result = await submit(hass, flow, answer)
    await hass.async_block_till_done()
    return result


async def source(hass: HomeAssistant, entry: ConfigEntry, camera_id: str = VUID) -> str | None:
    return await async_get_stream_source(hass, entity_id(hass, entry, "camera", camera_id, "snapshot"))


@asynccontextmanager
async def set_up(hass: HomeAssistant, entry: ConfigEntry, cgi: CgiServer, rtsp: RtspServer):
    """Have a camera with the stream that was found."""
    result = await finish(hass, await look(hass, entry, cgi), shown(rtsp))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    yield next(iter(entry.subentries.values()))


class TestFinding:
    """The set-up tries where such a camera has its stream."""

    @pytest.mark.parametrize(
        ("kind", "qop"), [("digest", False), ("digest", True), ("basic", False), ("none", False)]
    )
    async def test_found(self, hass, vstarcam_entry, cgi, rtsp, kind, qop) -> None:
        rtsp.login, rtsp.qop = kind, qop
        flow = await look(hass, vstarcam_entry, cgi)
        assert suggested_values(flow) == {"stream_source": shown(rtsp)}
        assert (await finish(hass, flow, shown(rtsp)))["type"] is FlowResultType.CREATE_ENTRY
        assert await source(hass, vstarcam_entry) == played(rtsp)
        found = state(hass, vstarcam_entry, "camera", VUID, "snapshot")
        assert found.attributes["supported_features"] == CameraEntityFeature.STREAM

    @pytest.mark.parametrize("hangs_up", [True, False])
    async def test_second_path(self, hass, vstarcam_entry, cgi, rtsp, hangs_up) -> None:
        rtsp.paths, rtsp.hangs_up = ("/udp/av0_0",), hangs_up
        flow = await look(hass, vstarcam_entry, cgi)
        assert suggested_values(flow) == {"stream_source": shown(rtsp, "/udp/av0_0")}

    @pytest.mark.parametrize(
        "changes",
        [
            {"paths": ()},
            {"password": "another"},
            {"greeting": b"HTTP/1.1 400 Bad Request\r\n\r\n"},
            {"greeting": b"x" * 100_000},
            {"greeting": b"SSH-2.0-x\r\n\r\n"},
        ],
    )
    async def test_none(self, hass, vstarcam_entry, cgi, rtsp, changes) -> None:
        for name, value in changes.items():
            setattr(rtsp, name, value)
        flow = await look(hass, vstarcam_entry, cgi)
        assert suggested_values(flow) == {}
        assert (await finish(hass, flow))["type"] is FlowResultType.CREATE_ENTRY
        assert await source(hass, vstarcam_entry) is None
        found = state(hass, vstarcam_entry, "camera", VUID, "snapshot")
        assert found.attributes["supported_features"] == 0

    async def test_axis(self, hass, ff_entry, ff, socket_enabled, plates) -> None:
        cgi, rtsp = FFCgiServer(), RtspServer(user="root", qop=True, paths=("/axis-media/media.amp",))
        streams = "custom_components.camera_push.sources.ff.flow.STREAMS"
        async with cgi.serve(), rtsp.serve():
            with patch(streams, ((rtsp.port, "/axis-media/media.amp"),)):
                flow = await submit(hass, await start_subentry(hass, ff_entry, "camera"), login(cgi))
            url = shown(rtsp, "/axis-media/media.amp")
            assert suggested_values(flow)["stream_source"] == url
            flow = await submit(hass, flow, CHOICE | {"stream_source": url})
            assert (await submit(hass, flow, {}))["type"] is FlowResultType.CREATE_ENTRY
        await ff.read(images=[image("image", jpeg("seen", (320, 200)))])
        await hass.async_block_till_done()
        assert await source(hass, ff_entry, "gate") == played(rtsp, "/axis-media/media.amp")
        still = await async_get_image(hass, entity_id(hass, ff_entry, "camera", "gate", "snapshot"))
        assert still.content == jpeg("seen", (320, 200))


class TestTyping:
    """The user types a URL, or changes it in the camera's subentry."""

    @pytest.mark.parametrize(
        ("url", "error"),
        [
            ("rtsp://127.0.0.1:{port}/other", "stream_failed"),
            ("rtsp://127.0.0.1:1/tcp/av0_0", "stream_failed"),
            ("rtsp://who:wrong@127.0.0.1:{port}/tcp/av0_0", "stream_denied"),
            ("rtsp://localhost:{port}/tcp/av0_0", "stream_denied"),
            ("rtsp:///tcp/av0_0", "stream_invalid"),
            ("rtsp://127.0.0.1:99999/x", "stream_invalid"),
            ("ftp://127.0.0.1/x", "stream_invalid"),
            ("file:///etc/passwd", "stream_invalid"),
            ("-i /etc/passwd", "stream_invalid"),
            ("127.0.0.1", "stream_invalid"),
        ],
    )
    async def test_one_that_is_wrong(self, hass, vstarcam_entry, cgi, rtsp, url, error) -> None:
        flow = await look(hass, vstarcam_entry, cgi)
        flow = await finish(hass, flow, url.format(port=rtsp.port))
        assert flow["errors"] == {"stream_source": error}
        assert "set_alarm_push_cfg.cgi" not in cgi.calls
        assert (await finish(hass, flow, shown(rtsp)))["type"] is FlowResultType.CREATE_ENTRY

    async def test_changing_it(self, hass, vstarcam_entry, cgi, rtsp) -> None:
        async with set_up(hass, vstarcam_entry, cgi, rtsp) as subentry:
            cgi.status = 500
            rtsp.paths = ("/live",)
            flow = await start_subentry(hass, vstarcam_entry, "camera", subentry.subentry_id)
            assert flow["menu_options"] == ["again", "stream", "restore"]
            flow = await submit(hass, flow, {"next_step_id": "stream"})
            assert suggested_values(flow) == {"stream_source": shown(rtsp)}
            flow = await submit(hass, flow, {"stream_source": shown(rtsp, "/else")})
            assert flow["errors"] == {"stream_source": "stream_failed"}
            result = await submit(hass, flow, {"stream_source": shown(rtsp, "/live")})
            assert result["reason"] == "reconfigure_successful"
            assert await source(hass, vstarcam_entry) == played(rtsp, "/live")

    async def test_removing_it(self, hass, vstarcam_entry, cgi, rtsp) -> None:
        async with set_up(hass, vstarcam_entry, cgi, rtsp) as subentry:
            flow = await start_subentry(hass, vstarcam_entry, "camera", subentry.subentry_id)
            flow = await submit(hass, flow, {"next_step_id": "stream"})
            await submit(hass, flow, {})
            await hass.async_block_till_done()
            assert await source(hass, vstarcam_entry) is None
            found = state(hass, vstarcam_entry, "camera", VUID, "snapshot")
            assert found.attributes["supported_features"] == 0

    async def test_login_of_its_own_is_not_shown_and_stays(self, hass, vstarcam_entry, cgi, rtsp) -> None:
        rtsp.user, rtsp.password = "viewer", "geheim4711"
        flow = await look(hass, vstarcam_entry, cgi)
        await finish(hass, flow, played(rtsp))
        (subentry,) = vstarcam_entry.subentries.values()
        flow = await start_subentry(hass, vstarcam_entry, "camera", subentry.subentry_id)
        flow = await submit(hass, flow, {"next_step_id": "again"})
        flow = await submit(hass, flow, login(cgi))
        assert suggested_values(flow) == {"stream_source": shown(rtsp)}
        result = await finish(hass, flow, shown(rtsp))
        assert result["reason"] == "reconfigure_successful"
        assert await source(hass, vstarcam_entry) == played(rtsp)

    async def test_the_cameras_login_goes_to_nobody_else(self, hass, vstarcam_entry, cgi, rtsp) -> None:
        rtsp.login = "none"
        await finish(hass, await look(hass, vstarcam_entry, cgi), f"rtsp://localhost:{rtsp.port}/tcp/av0_0")
        assert await source(hass, vstarcam_entry) == f"rtsp://localhost:{rtsp.port}/tcp/av0_0"


class TestPlaying:
    """Home Assistant's players get the URL; people and logs do not."""

    async def test_webrtc_provider_gets_it(self, hass, vstarcam_entry, cgi, rtsp, hass_ws_client) -> None:
        """As go2rtc does."""

        class Provider(CameraWebRTCProvider):
            played: str | None = None

            @property
            def domain(self) -> str:
                return "go2rtc"

            def async_is_supported(self, stream_source: str) -> bool:
                return stream_source.startswith("rtsp")

            async def async_handle_async_webrtc_offer(
                self, camera, offer_sdp, session_id, send_message
            ) -> None:
                self.played = await camera.stream_source()

            async def async_on_webrtc_candidate(self, session_id, candidate) -> None:
                """Nothing to do."""

        provider = Provider()
        assert await async_setup_component(hass, "camera", {})
        async_register_webrtc_provider(hass, provider)
        async with set_up(hass, vstarcam_entry, cgi, rtsp):
            client = await hass_ws_client(hass)
            camera = entity_id(hass, vstarcam_entry, "camera", VUID, "snapshot")
            await client.send_json_auto_id({"type": "camera/capabilities", "entity_id": camera})
            assert "web_rtc" in (await client.receive_json())["result"]["frontend_stream_types"]
            await client.send_json_auto_id(
                {"type": "camera/webrtc/offer", "entity_id": camera, "offer": "v=0"}
            )
            assert (await client.receive_json())["success"]
            await hass.async_block_till_done()
            assert provider.played == played(rtsp)

    async def test_picture_stays_the_last_one(self, hass, vstarcam_entry, vstarcam, cgi, rtsp) -> None:
        async with set_up(hass, vstarcam_entry, cgi, rtsp):
            await vstarcam.alarm(0x12, jpeg("alarm"))
            await hass.async_block_till_done()
            count = len(rtsp.requests)
            camera = entity_id(hass, vstarcam_entry, "camera", VUID, "snapshot")
            assert (await async_get_image(hass, camera)).content == jpeg("alarm")
            assert len(rtsp.requests) == count

    async def test_login_is_shown_nowhere(self, hass, vstarcam_entry, cgi, rtsp, hass_client, caplog) -> None:
        caplog.set_level(logging.DEBUG)
        cgi.password = rtsp.password = "geheim4711"
        async with set_up(hass, vstarcam_entry, cgi, rtsp):
            states = json.dumps([it.as_dict() for it in hass.states.async_all()], default=str)
            diagnostics = await get_diagnostics_for_config_entry(hass, hass_client, vstarcam_entry)
            assert '"stream_source": "**REDACTED**"' in json.dumps(diagnostics)
            for text in (states, json.dumps(diagnostics), repr(vstarcam_entry.runtime_data.hub.context)):
                assert "geheim" not in text
            ours = [it for it in caplog.records if "access" not in it.name]
            assert not any("geheim" in it.getMessage() for it in ours)
            assert "rtsp" not in states

    async def test_stream_goes_with_the_set_up(self, hass, vstarcam_entry, cgi, rtsp) -> None:
        async with set_up(hass, vstarcam_entry, cgi, rtsp) as subentry:
            hass.config_entries.async_remove_subentry(vstarcam_entry, subentry.subentry_id)
            await hass.async_block_till_done()
            assert await source(hass, vstarcam_entry) is None
