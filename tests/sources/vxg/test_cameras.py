"""Cameras that are added to an account, and those that the user deletes here."""

from datetime import timedelta
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.camera_push import async_remove_config_entry_device
from tests.common import device, eventually, state
from tests.emulators.vxg import VxgServer
from tests.sources.vxg.helpers import CAM, CAMERAS, add_account, settled

OFTEN = patch(f"{CAMERAS}.LIST_CAMERAS_EVERY", timedelta(seconds=0.1))


def add_camera(server: VxgServer, camera: str = "5", name: str = "Yard") -> None:
    server.cameras[camera] = name
    server.__post_init__()


async def delete_device(hass: HomeAssistant, entry: ConfigEntry, camera: str = CAM) -> None:
    found = device(hass, entry, camera)
    assert found is not None
    assert await async_remove_config_entry_device(hass, entry, found)
    dr.async_get(hass).async_remove_device(found.id)
    await hass.async_block_till_done()


async def listed(server: VxgServer) -> None:
    """Wait until the cameras were listed, and what that leads to was done."""
    server.requests.clear()
    await eventually(lambda: [path for _, path, _ in server.requests].count("/api/v2/cameras/") >= 3)


class TestAdded:
    """A camera is added to the account."""

    async def test_is_there_before_its_first_event(self, hass, server) -> None:
        with OFTEN:
            entry = await add_account(hass, server)
            add_camera(server)
            await eventually(lambda: device(hass, entry, "5") is not None)
            assert device(hass, entry, "5").name == "Yard"
            await settled(entry)
        it = state(hass, entry, "event", "5", "cloud_event")
        assert "motion" in it.attributes["event_types"]

    async def test_first_event_makes_it_known(self, hass, server, cloud) -> None:
        """The list of cameras is not due for minutes: the event itself says that there is a new one."""
        entry = await add_account(hass, server)
        add_camera(server)
        server.happen(camera="5", zone="1")
        await eventually(lambda: len(cloud) == 1)
        assert (cloud[0].data["camera_id"], cloud[0].data["meta"]) == ("5", {"zone": "1"})
        assert state(hass, entry, "event", "5", "cloud_event").attributes["event_type"] == "motion"

    async def test_events_from_before_the_list_was_due(self, hass, server, cloud) -> None:
        """Where the account must be asked for each camera, nothing says so before."""
        server.account_events_forbidden = True
        entry = await add_account(hass, server)
        await settled(entry)
        add_camera(server)
        server.happen(camera="5", zone="1")
        # Others go on: what is asked for begins at the last event of all of them.
        server.happen(at=server.now + timedelta(minutes=4))
        await eventually(lambda: len(cloud) == 1)
        with patch(f"{CAMERAS}.LIST_CAMERAS_EVERY", timedelta(0)):
            await eventually(lambda: len(cloud) == 2)
        assert cloud[1].data["camera_id"] == "5"

    async def test_camera_that_is_not_in_the_account(self, hass, server, cloud) -> None:
        """Its events are asked for again and again; the list of cameras is not."""
        entry = await add_account(hass, server)
        await settled(entry)
        server.requests.clear()
        server.happen(camera="9")
        await settled(entry)
        await settled(entry)
        assert cloud == []
        lists = [path for _, path, _ in server.requests if path == "/api/v2/cameras/"]
        assert len(lists) == 1


class TestDeleted:
    """The user deletes a camera's device here, and keeps the camera in the cloud."""

    async def test_does_not_come_back_by_itself(self, hass, server) -> None:
        with OFTEN:
            entry = await add_account(hass, server)
            await delete_device(hass, entry)
            await listed(server)
            assert device(hass, entry, CAM) is None
            await hass.config_entries.async_reload(entry.entry_id)
            await listed(server)
            assert device(hass, entry, CAM) is None

    @pytest.mark.parametrize("reloads", [False, True])
    async def test_comes_back_with_an_event(self, hass, server, cloud, reloads) -> None:
        entry = await add_account(hass, server)
        server.happen(zone="before")
        await eventually(lambda: len(cloud) == 1)
        await delete_device(hass, entry)
        if reloads:
            await hass.config_entries.async_reload(entry.entry_id)
        await settled(entry)
        # What it sent before is still in the answers.
        assert device(hass, entry, CAM) is None
        server.happen(zone="after", at=server.now + timedelta(seconds=2))
        await eventually(lambda: len(cloud) == 2)
        assert cloud[1].data["meta"] == {"zone": "after"}
        assert device(hass, entry, CAM).name == "Gate"

    async def test_comes_back_when_it_is_added_to_the_account_again(self, hass, server) -> None:
        with OFTEN:
            entry = await add_account(hass, server)
            await delete_device(hass, entry)
            name = server.cameras.pop(CAM)
            await listed(server)
            add_camera(server, CAM, name)
            await eventually(lambda: device(hass, entry, CAM) is not None)
