"""A push is told at once, in its order, whatever a neighbour or the disk does."""

import asyncio
import threading
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events, async_mock_service

from custom_components.camera_push import async_remove_config_entry_device
from custom_components.camera_push.const import EVENT_ALARM
from custom_components.camera_push.event import CameraEvent
from custom_components.camera_push.hub.trigger_events import TriggerKind, signal
from custom_components.camera_push.storage.archive import Archive
from tests.common import device, entity_id, eventually, issues, state
from tests.disks import stalled_disk
from tests.emulators.ff import FFCamera, image
from tests.emulators.pictures import jpeg
from tests.emulators.vstarcam import VStarcamCamera

VUID = "VC0000000ABCD"


def inside(entry: ConfigEntry) -> int:
    """Return how many pushes are on their way in."""
    return entry.runtime_data.context.limiter.state()["inside"]


@pytest.fixture
async def automation(hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry) -> list:
    """Return the calls of an automation that fires on an alarm of the camera."""
    calls = async_mock_service(hass, "test", "automation")
    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    found = device(hass, vstarcam_entry, VUID)
    assert found is not None
    trigger = {"trigger": "camera_push.alarm_raised", "target": {"device_id": found.id}}
    config = {"trigger": trigger, "action": {"action": "test.automation"}}
    assert await async_setup_component(hass, "automation", {"automation": config})
    await hass.async_block_till_done()
    return calls


class TestNeighbours:
    """One that raises is logged; everything else of the push happens."""

    async def check(self, hass, vstarcam, vstarcam_entry, alarms, automation, caplog) -> None:
        picture = jpeg("fire")
        assert (await vstarcam.alarm(0x6D, picture)).json["code"] == "200"
        await hass.async_block_till_done()
        assert [event.data["alarm"] for event in alarms] == ["fire"]
        assert state(hass, vstarcam_entry, "binary_sensor", VUID, "fire").state == "on"
        assert len(automation) == 1
        assert "boom" in caplog.text
        # It is remembered: the entry was not left half told.
        assert await hass.config_entries.async_reload(vstarcam_entry.entry_id)
        found = state(hass, vstarcam_entry, "event", VUID, "alarm")
        assert found.attributes["event_type"] == "fire"

    async def test_entity_that_raises(
        self, hass, vstarcam, vstarcam_entry, alarms, automation, caplog
    ) -> None:
        with patch.object(CameraEvent, "_trigger_event", side_effect=RuntimeError("boom")):
            await self.check(hass, vstarcam, vstarcam_entry, alarms, automation, caplog)

    async def test_trigger_that_raises(
        self, hass, vstarcam, vstarcam_entry, alarms, automation, caplog
    ) -> None:
        @callback
        def fail(event) -> None:
            raise RuntimeError("boom")

        async_dispatcher_connect(hass, signal(TriggerKind.ALARM), fail)
        await self.check(hass, vstarcam, vstarcam_entry, alarms, automation, caplog)

    @pytest.mark.parametrize("event_type", [EVENT_ALARM, EVENT_STATE_CHANGED])
    async def test_listener_that_raises(
        self, hass, vstarcam, vstarcam_entry, alarms, automation, caplog, event_type
    ) -> None:
        @callback
        def fail(event: Event) -> None:
            raise RuntimeError("boom")

        stop = hass.bus.async_listen(event_type, fail)
        await self.check(hass, vstarcam, vstarcam_entry, alarms, automation, caplog)
        stop()


class TestStalledDisk:
    """The disk holds up the answer, and nothing else."""

    async def test_resend_is_answered_with_the_first(self, hass, ff: FFCamera, ff_entry, plates) -> None:
        """Known already, it must not be answered before it is on the disk."""
        event = ff.event("new")
        await ff.send_json(ff.keepalive())
        with stalled_disk() as go_on:
            first = asyncio.create_task(ff.send_form(event, [image("image", jpeg("car"))]))
            await eventually(lambda: len(plates) == 1)
            second = asyncio.create_task(ff.send_form(event, [image("image", jpeg("car"))]))
            await eventually(lambda: inside(ff_entry) == 2)
            # It has its turn after the second, and waits for no disk: an answer to that would be here.
            assert (await ff.send_json(ff.keepalive())).status == 200
            assert not first.done()
            assert not second.done()
            go_on.set()
            assert {(await it).status for it in (first, second)} == {200}
        await hass.async_block_till_done()
        assert len(plates) == 1

    async def test_order(self, hass, vstarcam, vstarcam_entry, alarms) -> None:
        """What a camera sent one after the other is told so, all of it before the disk has any of it."""
        await vstarcam.heartbeat()
        await hass.async_block_till_done()
        told = async_capture_events(hass, EVENT_STATE_CHANGED)
        event_id = entity_id(hass, vstarcam_entry, "event", VUID, "alarm")
        codes = [0x12, 0x6D, 0x14, 0x12, 0x6D]
        with stalled_disk() as go_on:
            sent = []
            for number, code in enumerate(codes, 1):
                sent.append(asyncio.create_task(vstarcam.alarm(code)))
                await eventually(lambda: len(alarms) == number)  # noqa: B023  # Used within the round.
            # A heartbeat waits for no disk, and for what its camera sent before.
            assert (await vstarcam.heartbeat()).status == 200
            assert not any(push.done() for push in sent), "answered before the disk has it"
            go_on.set()
            assert {(await it).status for it in sent} == {200}
        await hass.async_block_till_done()
        assert [event.data["code"] for event in alarms] == codes
        states = [event.data["new_state"] for event in told if event.data["entity_id"] == event_id]
        assert [it.attributes["code"] for it in states] == codes


async def test_added_vehicle_disturbs_nothing(hass, ff: FFCamera, ff_entry, add_vehicle, plates) -> None:
    """No entity is unavailable for a moment, and pushes of that moment count."""
    await ff.read()
    await hass.async_block_till_done()
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    hub = ff_entry.runtime_data.hub
    await add_vehicle()
    await ff.read()
    await hass.async_block_till_done()
    assert ff_entry.runtime_data.hub is hub
    assert [it.data["entity_id"] for it in changes if it.data["new_state"].state == "unavailable"] == []
    assert len(plates) == 2


async def test_push_while_its_camera_is_being_deleted(hass, vstarcam, vstarcam_entry, alarms) -> None:
    """It waits until the old device is gone, and then there is a new one; other cameras do not wait."""
    other = VStarcamCamera("VC0000000WXYZ", vstarcam.poster, vstarcam.webhook_id)
    await vstarcam.heartbeat()
    await other.heartbeat()
    await hass.async_block_till_done()
    old = device(hass, vstarcam_entry, VUID)
    reached, go_on, forget = threading.Event(), threading.Event(), Archive.forget_camera

    def wait(archive, *args):
        reached.set()
        assert go_on.wait(60)
        return forget(archive, *args)

    async def delete() -> None:
        """As Home Assistant does when a user asks for it."""
        assert await async_remove_config_entry_device(hass, vstarcam_entry, old)
        dr.async_get(hass).async_remove_device(old.id)

    with patch.object(Archive, "forget_camera", wait):
        deletion = asyncio.create_task(delete())
        await eventually(reached.is_set)
        push = asyncio.create_task(vstarcam.alarm(0x6D))
        await eventually(lambda: inside(vstarcam_entry) == 1)
        # From the same address, it has its turn after the push.
        assert (await other.heartbeat()).status == 200
        assert not push.done()
        assert alarms == []
        go_on.set()
        await deletion
        assert (await push).status == 200
    await hass.async_block_till_done()
    assert len(alarms) == 1
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "fire").state == "on"
    assert device(hass, vstarcam_entry, VUID) is not None


async def test_camera_that_is_deleted_while_it_pushes(hass, vstarcam, vstarcam_entry, alarms) -> None:
    """It is a new camera then, or none; after a restart the same."""
    await vstarcam.heartbeat()
    hub = vstarcam_entry.runtime_data.hub
    with stalled_disk() as go_on:
        push = asyncio.create_task(vstarcam.alarm(0x6D))
        await eventually(lambda: len(alarms) == 1)
        deletion = asyncio.create_task(hub.async_forget_camera(VUID))
        # It has begun.
        await asyncio.sleep(0)
        go_on.set()
        assert (await push).status == 200
        await deletion
    await hass.async_block_till_done()
    assert await hass.config_entries.async_reload(vstarcam_entry.entry_id)
    assert vstarcam_entry.runtime_data.hub.cameras == {}


async def test_record_that_cannot_be_made(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, alarms, caplog
) -> None:
    """An error of ours in what is kept costs no alarm, and a repair issue says so."""
    with patch("custom_components.camera_push.hub.camera.CameraDevice.dump", side_effect=ValueError("odd")):
        await vstarcam.alarm(0x6D)
    assert len(alarms) == 1
    assert state(hass, vstarcam_entry, "binary_sensor", vstarcam.vuid, "fire").state == "on"
    assert "cannot be written" in caplog.text
    assert "storage" in issues(hass)
