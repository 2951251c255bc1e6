"""Cameras and servers that we ask, and whose answers are damaged: an error for the user, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
import json
from random import Random
from unittest.mock import patch

from aiohttp.resolver import AsyncResolver
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from tests.common import eventually
from tests.config_flows import start_subentry, submit
from tests.emulators.ff_cgi import CHOICE, FFCgiServer
from tests.emulators.hostile import damaged, damaged_value
from tests.emulators.hostile_answers import DamagingProxy
from tests.emulators.omni import OmniPlatform
from tests.emulators.vstarcam_cgi import CgiServer
from tests.emulators.vxg import VxgServer
from tests.fuzzing import check_that_all_can_be_read, complaints
from tests.sources.omni import helpers as omni
from tests.sources.vxg import helpers as vxg

SEEDS = (1, 2)
FLOWS = 60
LOGIN = {"host": "127.0.0.1", "username": "admin"}


pytestmark = pytest.mark.usefixtures("address", "socket_enabled")


@pytest.fixture(autouse=True)
async def resolver() -> AsyncIterator[None]:
    """Resolve damaged names: the test package's resolver serves all tests, and the first one closes it."""
    own = AsyncResolver()
    own.real_close = own.close  # type: ignore[attr-defined]  # Home Assistant's own class has it.
    with patch("homeassistant.helpers.aiohttp_client._async_make_resolver", return_value=own):
        yield


# How Home Assistant's coordinator says, once per change, that there is no answer.
NO_ANSWER = ("Error fetching", "Authentication failed while fetching")


def our_complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was logged as an error, but for answers that were of no use."""
    return [message for message in complaints(caplog) if not message.startswith(NO_ANSWER)]


async def add_cameras(hass: HomeAssistant, entry: ConfigEntry, answers: dict) -> set[str]:
    """Click through the flow again and again, whatever it says; return how the flows ended."""
    ends = set()
    for _ in range(FLOWS):
        flow = await start_subentry(hass, entry, "camera")
        for _ in range(4):
            if flow["type"] is not FlowResultType.FORM:
                break
            flow = await submit(hass, flow, answers[flow["step_id"]])
        if flow["type"] is FlowResultType.FORM:
            hass.config_entries.subentries.async_abort(flow["flow_id"])
        ends.add((flow.get("errors") or {}).get("base") or flow["type"].value)
        await hass.async_block_till_done()
        for subentry_id in list(entry.subentries):
            hass.config_entries.async_remove_subentry(entry, subentry_id)
            await hass.async_block_till_done()
        assert entry.state.value == "loaded"
    return ends


@pytest.mark.parametrize("seed", SEEDS)
async def test_vstarcam_camera(hass, vstarcam_entry, caplog, seed) -> None:
    camera = CgiServer()
    async with camera.serve():
        proxy = DamagingProxy(Random(seed), camera.port, share=0.3)
        async with proxy.serve():
            login = LOGIN | {"port": proxy.port, "password": camera.password}
            ends = await add_cameras(
                hass, vstarcam_entry, {"user": login, "confirm": {"heartbeat_seconds": 60}}
            )
    assert {"create_entry", "not_a_vstarcam"} <= ends
    assert proxy.damages
    assert our_complaints(caplog) == []


@pytest.mark.parametrize("seed", SEEDS)
async def test_ff_camera(hass, ff_entry, caplog, seed) -> None:
    camera = FFCgiServer(login="basic" if seed % 2 else "digest", user="admin")
    async with camera.serve():
        proxy = DamagingProxy(Random(seed), camera.port, share=0.1)
        async with proxy.serve():
            login = LOGIN | {"port": proxy.port, "password": camera.password}
            login |= {"ssl": False, "verify_ssl": True}
            steps = {"user": login, "ff_address": login, "ff_profile": CHOICE, "ff_confirm": {}}
            ends = await add_cameras(hass, ff_entry, steps)
    assert {"create_entry", "not_lpr"} <= ends
    assert proxy.damages
    assert our_complaints(caplog) == []


@pytest.mark.parametrize("seed", SEEDS)
async def test_vxg_server(hass, caplog, seed) -> None:
    told = async_capture_events(hass, "camera_push_cloud_event")
    server, chance, numbers = VxgServer(), Random(seed), count(1)
    with (
        patch(f"{vxg.COORDINATOR}.poll_interval", return_value=timedelta(seconds=0.01)),
        patch(f"{vxg.COORDINATOR}.LONGEST_INTERVAL", timedelta(seconds=0.02)),
        patch(f"{vxg.REST}.FIRST_RETRY_SECONDS", 0.001),
    ):
        async with server.serve():
            proxy = DamagingProxy(chance, server.port, share=0)
            async with proxy.serve():
                url = f"http://127.0.0.1:{proxy.port}"
                flow = await submit(
                    hass, await vxg.start(hass, "vxg_key"), {"url": url, "api_key": server.key}
                )
                entry: ConfigEntry = flow["result"]
                await vxg.settled(entry)
                proxy.share = 0.7
                while proxy.damages < 150:
                    happened = chance.choice(["motion", "net", "new"])
                    event = server.happen(happened, picture=True, state="offline")
                    event["id"] = next(numbers)
                    server.events = server.events[-5:]
                    await asyncio.sleep(0.01)
                # An answer that said that the key is wrong, and one with a clock that is wrong.
                proxy.share = 0
                for flow in hass.config_entries.flow.async_progress():
                    hass.config_entries.flow.async_abort(flow["flow_id"])
                await vxg.settled(entry)
                server.happen("motion", honest="yes")["id"] = next(numbers)
                await eventually(lambda: any("honest" in event.data["meta"] for event in told))
                await hass.async_block_till_done()
                check_that_all_can_be_read(hass, [told])
                assert await hass.config_entries.async_unload(entry.entry_id)
    assert our_complaints(caplog) == []


@pytest.mark.parametrize("seed", SEEDS)
async def test_omni_platform(hass, caplog, seed) -> None:
    """Events on the websocket, those that it kept while we were away, and pictures of both."""
    told = async_capture_events(hass, "camera_push_identification")
    platform, chance = OmniPlatform(), Random(seed)
    with (
        patch.multiple(
            omni.WEBSOCKET, FIRST_DELAY_SECONDS=0.01, LAST_DELAY_SECONDS=0.02, DENIED_DELAY_SECONDS=0.02
        ),
        patch(f"{omni.STEPS}._CLOSES_WITHIN_SECONDS", 0.1),
        patch.multiple(
            omni.GAP, FIRST_RETRY_SECONDS=0.001, LAST_RETRY_SECONDS=0.01, LIVE_WITHIN_SECONDS=0.01
        ),
        patch(f"{omni.CLIENT}._RETRY_PICTURE_SECONDS", 0.001),
    ):
        async with platform.serve():
            proxy = DamagingProxy(chance, platform.port, share=0)
            async with proxy.serve():
                url = f"http://127.0.0.1:{proxy.port}"
                entry = await omni.add(hass, platform, url=url, api_key="key")
                proxy.share = 0.7
                while proxy.damages < 150:
                    event = platform.event(chance.choice(["identification", "har", "new"]))
                    text = json.dumps(damaged_value(chance, event))
                    if chance.random() < 0.3:
                        text = damaged(chance, text.encode()).decode("utf-8", "replace")
                    await platform.send(event, text)
                    platform.keep(event)
                    platform.kept = platform.kept[-5:]
                    if chance.random() < 0.3:
                        await platform.drop()
                    await asyncio.sleep(0.01)
                    if not platform.sockets:
                        await platform.wait_until_connected()
                proxy.share = 0
                await platform.send(platform.event(activity_id="honest"))
                await eventually(lambda: any(event.data["activity_id"] == "honest" for event in told))
                await hass.async_block_till_done()
                check_that_all_can_be_read(hass, [told])
                assert await hass.config_entries.async_unload(entry.entry_id)
    assert our_complaints(caplog) == []
