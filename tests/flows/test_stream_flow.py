"""The live stream of a camera that pushes, and is not set up from Home Assistant."""

from collections.abc import AsyncIterator
import json

from homeassistant.components.camera import CameraEntityFeature, async_get_stream_source
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from custom_components.camera_push.diagnostics import async_get_config_entry_diagnostics
from tests.common import device, entity_id, eventually, issues, state
from tests.config_flows import add_subentry, start_subentry, submit, suggested_values
from tests.emulators.rtsp import RtspServer
from tests.emulators.vstarcam_cgi import CgiServer
from tests.sources.omni.helpers import CAM
from tests.sources.set_up import BASE, login

VUID = "VC0000000ABCD"


@pytest.fixture
async def rtsp(socket_enabled: None) -> AsyncIterator[RtspServer]:
    """Return the RTSP server of a camera."""
    server = RtspServer(user="viewer", password="geheim4711", paths=("/live",))
    async with server.serve():
        yield server


def url(rtsp: RtspServer, login: str = "viewer:geheim4711@", path: str = "/live") -> str:
    return f"rtsp://{login}127.0.0.1:{rtsp.port}{path}"


async def source(hass: HomeAssistant, entry: ConfigEntry, camera_id: str = VUID) -> str | None:
    return await async_get_stream_source(hass, entity_id(hass, entry, "camera", camera_id, "snapshot"))


async def test_camera_that_only_pushes(hass, vstarcam_entry, vstarcam, rtsp) -> None:
    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    subentry_id = await add_subentry(hass, vstarcam_entry, "stream", camera_id=VUID, stream_source=url(rtsp))
    assert await source(hass, vstarcam_entry) == url(rtsp)
    found = state(hass, vstarcam_entry, "camera", VUID, "snapshot")
    assert found.attributes["supported_features"] == CameraEntityFeature.STREAM
    owner = device(hass, vstarcam_entry, VUID)
    assert owner is not None
    assert owner.config_subentry_id == subentry_id
    diagnostics = await async_get_config_entry_diagnostics(hass, vstarcam_entry)
    shown = [json.dumps(it.as_dict(), default=str) for it in hass.states.async_all()]
    assert "geheim" not in json.dumps([*shown, diagnostics])
    assert "geheim" not in repr(vstarcam_entry.runtime_data.hub.context)


async def test_changing_and_removing_it(hass, vstarcam_entry, vstarcam, rtsp) -> None:
    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    subentry_id = await add_subentry(hass, vstarcam_entry, "stream", camera_id=VUID, stream_source=url(rtsp))
    flow = await start_subentry(hass, vstarcam_entry, "stream", subentry_id)
    assert suggested_values(flow) == {"stream_source": url(rtsp, "")}
    result = await submit(hass, flow, {"stream_source": url(rtsp, "")})
    assert result["reason"] == "reconfigure_successful"
    assert await source(hass, vstarcam_entry) == url(rtsp)
    rtsp.paths, rtsp.login = ("/other",), "none"
    flow = await start_subentry(hass, vstarcam_entry, "stream", subentry_id)
    await submit(hass, flow, {"stream_source": url(rtsp, "", "/other")})
    assert await source(hass, vstarcam_entry) == url(rtsp, "", "/other")
    hass.config_entries.async_remove_subentry(vstarcam_entry, subentry_id)
    await hass.async_block_till_done()
    assert await source(hass, vstarcam_entry) is None
    # There is no set-up that could be undone.
    assert issues(hass) == set()


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("rtsp://127.0.0.1:{port}/live", "stream_denied"),
        ("rtsp://viewer:geheim4711@127.0.0.1:{port}/else", "stream_failed"),
        ("file:///etc/passwd", "stream_invalid"),
    ],
)
async def test_one_that_is_wrong(hass, vstarcam_entry, vstarcam, rtsp, typed, error) -> None:
    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    flow = await start_subentry(hass, vstarcam_entry, "stream")
    flow = await submit(hass, flow, {"camera_id": VUID, "stream_source": typed.format(port=rtsp.port)})
    assert flow["errors"] == {"stream_source": error}
    assert not vstarcam_entry.subentries


async def test_no_camera(hass, vstarcam_entry) -> None:
    assert (await start_subentry(hass, vstarcam_entry, "stream"))["reason"] == "no_camera"


async def test_set_up_afterwards(hass, vstarcam_entry, vstarcam, rtsp) -> None:
    """The set-up counts, with its heartbeats; the stream stays, as it found none."""
    hass.config.internal_url = BASE
    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    await add_subentry(hass, vstarcam_entry, "stream", camera_id=VUID, stream_source=url(rtsp))
    cgi = CgiServer()
    async with cgi.serve():
        flow = await submit(hass, await start_subentry(hass, vstarcam_entry, "camera"), login(cgi))
        await submit(hass, flow, {"heartbeat_seconds": 45})
    (set_up,) = (it for it in vstarcam_entry.subentries.values() if it.subentry_type == "camera")
    owner = device(hass, vstarcam_entry, VUID)
    assert owner is not None
    assert owner.config_subentry_id == set_up.subentry_id
    assert await source(hass, vstarcam_entry) == url(rtsp)


async def test_camera_of_a_platform(hass, omni_entry, platform, rtsp, people) -> None:
    await platform.send(platform.event())
    await eventually(lambda: people)
    await hass.async_block_till_done()
    await add_subentry(hass, omni_entry, "stream", camera_id=CAM, stream_source=url(rtsp))
    assert await source(hass, omni_entry, CAM) == url(rtsp)
    found = device(hass, omni_entry, CAM)
    assert found is not None
    assert found.via_device_id is not None
