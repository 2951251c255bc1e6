"""Events and pictures of VXG Cloud VMS."""

from datetime import UTC, datetime, timedelta
import random

from homeassistant.components.camera import async_get_image
from homeassistant.exceptions import HomeAssistantError
import pytest

from tests.common import device, entity_id, eventually, pass_time, shown, state
from tests.config_flows import add_subentry
from tests.emulators.pictures import jpeg
from tests.sources.vxg.helpers import CAM, add_account, eventually_with_time, settled
from tests.vehicles import Watch, filled_in


class TestEvents:
    """What a stored event does."""

    async def test_known_vehicle(self, hass, server, entry, cloud) -> None:
        """What the cloud's plate recognition reads counts as what a plate camera reads."""
        vehicle = await add_subentry(hass, entry, "vehicle", **filled_in(plates=["HH AB 1234"]))
        watch = Watch(hass, vehicle)
        server.happen("plate_recognition", license_plate="hh-x 1", car_brand="Opel")
        server.happen("plate_recognition", license_plate="hh-ab 1234", car_brand="Opel")
        await eventually(lambda: len(cloud) == 2)
        await hass.async_block_till_done()
        assert (watch.seen, watch.arrivals) == (1, 1)

    async def test_bus_event_and_entities(self, hass, server, entry, cloud) -> None:
        event = server.happen("motion", picture=True, zone="3")
        await eventually(lambda: len(cloud) == 1)
        await hass.async_block_till_done()
        found = device(hass, entry, CAM)
        assert found is not None
        assert (found.name, found.manufacturer) == ("Gate", "VXG")
        data = dict(cloud[0].data)
        assert data.pop("received_at")
        assert data.pop("picture").startswith("media-source://camera_push/")
        captured = datetime.fromisoformat(event["time"]).replace(tzinfo=UTC)
        assert data == {
            "device_id": found.id,
            "source": "vxg",
            "camera_id": CAM,
            "name": "motion",
            "meta": {"zone": "3"},
            "captured_at": captured.isoformat(timespec="milliseconds"),
            "late": False,
        }
        it = state(hass, entry, "event", CAM, "cloud_event")
        assert it.attributes["event_type"] == "motion"
        assert it.attributes["event_types"] == ["motion", "sound", "net", "custom", "other"]
        assert state(hass, entry, "binary_sensor", CAM, "motion").state == "on"
        assert state(hass, entry, "binary_sensor", CAM, "sound").state == "off"
        assert await shown(hass, entry, "snapshot", CAM) == server.images["1"]

    async def test_hold_time(self, hass, server, entry, cloud, freezer) -> None:
        server.happen("sound")
        await hass.async_block_till_done()
        await eventually_with_time(hass, freezer, lambda: len(cloud) == 1)
        assert state(hass, entry, "binary_sensor", CAM, "sound").state == "on"
        # The answer that is on its way then took 31 seconds too, which may be too long for the poll.
        await pass_time(hass, freezer, 31)
        await eventually_with_time(
            hass, freezer, lambda: state(hass, entry, "binary_sensor", CAM, "sound").state == "off"
        )

    @pytest.mark.parametrize(
        ("meta", "expected"),
        [
            ({"status": "offline"}, "off"),
            ({"state": "Connected"}, "on"),
            ({"x": "y"}, "unknown"),
            ({}, "unknown"),
        ],
    )
    async def test_connectivity(self, hass, server, entry, cloud, meta, expected) -> None:
        server.happen("net", **meta)
        await eventually(lambda: len(cloud) == 1)
        await hass.async_block_till_done()
        assert state(hass, entry, "binary_sensor", CAM, "connectivity").state == expected
        await hass.config_entries.async_reload(entry.entry_id)
        await eventually(lambda: entry.runtime_data.hub.context.connection.is_connected)
        await hass.async_block_till_done()
        assert state(hass, entry, "binary_sensor", CAM, "connectivity").state == expected

    async def test_type_that_is_not_known(self, hass, server, entry, cloud) -> None:
        server.happen("facedetection", password="secret")
        await eventually(lambda: len(cloud) == 1)
        await hass.async_block_till_done()
        assert state(hass, entry, "event", CAM, "cloud_event").attributes["event_type"] == "other"
        assert (cloud[0].data["name"], cloud[0].data["meta"]) == ("facedetection", {})

    async def test_first_start_takes_only_what_is_new(self, hass, server, cloud) -> None:
        for minutes in (0.05, 1, 60):
            server.happen(at=server.now - timedelta(minutes=minutes))
        entry = await add_account(hass, server)
        assert cloud == []
        server.happen()
        await eventually(lambda: len(cloud) == 1)
        await settled(entry)
        assert len(cloud) == 1

    async def test_old_event_is_late(self, hass, server, entry, cloud) -> None:
        entry.runtime_data.hub.cameras[CAM].record.known_since -= timedelta(hours=1)
        server.happen(at=server.now - timedelta(seconds=90), picture=True)
        await eventually(lambda: len(cloud) == 1)
        await hass.async_block_till_done()
        assert cloud[0].data["late"] is True
        assert state(hass, entry, "binary_sensor", CAM, "motion").state == "off"

    async def test_picture_that_cannot_be_had(self, server, entry, cloud) -> None:
        event = server.happen(picture=True)
        server.images.clear()
        await eventually(lambda: len(cloud) == 1)
        assert cloud[0].data["picture"] is None
        assert event["id"] == 1
        for link in ("file:///etc/passwd", "http://[", "javascript:x", "ftp://127.0.0.1/x", "http://xn--/"):
            server.happen()["thumb"] = {"url": link}
        await eventually(lambda: len(cloud) == 6)
        assert {it.data["picture"] for it in cloud} == {None}

    async def test_every_event_once_whatever_happens(self, hass, server, cloud) -> None:
        """Shuffled within 30 seconds, duplicated, over many polls and three restarts."""
        server.cameras |= {str(number): f"Camera {number}" for number in range(1, 5)}
        server.__post_init__()
        entry = await add_account(hass, server)
        rng = random.Random(5)
        begin = server.now
        times = [begin + timedelta(milliseconds=12 * number) for number in range(5000)]
        order = sorted(range(5000), key=lambda number: times[number].timestamp() + rng.uniform(0, 30))
        cameras = list(server.cameras)
        for turn, number in enumerate(order):
            event = server.happen(camera=rng.choice(cameras), at=times[number])
            if rng.random() < 0.2:
                server.events.append(dict(event))
                # Numbers go by how many there are.
            if turn % 166 == 165:
                await settled(entry)
            if turn in (1250, 2500, 3750):
                await hass.config_entries.async_reload(entry.entry_id)
                await eventually(lambda: entry.runtime_data.hub.context.connection.is_connected)
        await settled(entry)
        ids = [(event.data["camera_id"], event.data["captured_at"]) for event in cloud]
        assert len(ids) == len({(event["camid"], event["time"]) for event in server.events})
        assert len(set(ids)) == len(ids)


class TestPictures:
    """What the camera entity shows."""

    async def image(self, hass, entry) -> bytes:
        return (await async_get_image(hass, entity_id(hass, entry, "camera", CAM, "snapshot"))).content

    @pytest.mark.parametrize("as_json", [False, True])
    async def test_live(self, hass, server, entry, as_json) -> None:
        server.live, server.live_as_json = jpeg("live"), as_json
        assert await self.image(hass, entry) == server.live
        first = server.live
        server.live = jpeg("live 2")
        assert await self.image(hass, entry) == first
        paths = [path for _, path, _ in server.requests if "image" in path]
        assert paths == ["/api/v4/live/image/"]

    async def test_preview_of_an_account(self, hass, server) -> None:
        entry = await add_account(hass, server)
        server.live = jpeg("live")
        assert await self.image(hass, entry) == server.live
        assert any("preview" in path for _, path, _ in server.requests)

    async def test_last_event_where_there_is_none_of_now(self, hass, server, entry, cloud) -> None:
        server.happen(picture=True)
        await eventually(lambda: len(cloud) == 1)
        await hass.async_block_till_done()
        assert await self.image(hass, entry) == server.images["1"]

    @pytest.mark.parametrize("live", [b"<html>", b"{", b"{}", b'{"url": 5}'])
    async def test_no_picture(self, hass, server, entry, live) -> None:
        server.live = live
        with pytest.raises(HomeAssistantError):
            await self.image(hass, entry)
