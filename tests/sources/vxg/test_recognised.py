"""What VXG Cloud VMS recognises: plates, persons, labels; and which of its events are dangerous."""

from datetime import UTC, datetime

from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.camera_push.const import DOMAIN, EVENT_IDENTIFICATION, EVENT_PLATE
from tests.common import device, eventually, shown, state
from tests.config_flows import add_subentry
from tests.sources.vxg.helpers import CAM, settled
from tests.vehicles import Watch, filled_in

CAR = {"license_plate": "hh-ab 1234", "car_brand": "Opel", "car_color": "red", "car_model": "Astra"}


async def rows(hass) -> list[dict]:
    answer = await hass.services.async_call(DOMAIN, "list_events", {}, blocking=True, return_response=True)
    return answer["events"]


def keys(hass, entry) -> set[str]:
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return {it.unique_id.removeprefix(f"{entry.entry_id}_{CAM}_") for it in entities}


async def test_plate_is_a_plate_read(hass, server, entry, cloud) -> None:
    """With all that follows from one; the event itself is told too, but has no second row."""
    reads = async_capture_events(hass, EVENT_PLATE)
    assert not keys(hass, entry) & {"plate", "identification", "last_person", "vehicles_on_premises"}
    event = server.happen("plate_recognition", picture=True, lane="2", **CAR)
    await eventually(lambda: len(cloud) == 1)
    await hass.async_block_till_done()
    (read,) = reads
    found = device(hass, entry, CAM)
    assert found is not None
    data = dict(read.data)
    assert data.pop("received_at")
    assert data.pop("picture").startswith("media-source://camera_push/")
    assert data == {
        "device_id": found.id,
        "source": "vxg",
        "camera_id": CAM,
        "state": "new",
        "plate": "HHAB1234",
        "plate_raw": "hh-ab 1234",
        "country": None,
        "region": None,
        "confidence": None,
        "direction": "unknown",
        "zone": None,
        "car_id": None,
        "vehicle": {
            "make": "Opel",
            "model": "Astra",
            "type": None,
            "color": "red",
            "view": None,
            "make_model_confidence": None,
            "color_confidence": None,
        },
        "list_name": None,
        "list_mode": None,
        "known_vehicle": None,
        "captured_at": datetime.fromisoformat(event["time"])
        .replace(tzinfo=UTC)
        .isoformat(timespec="milliseconds"),
        "late": False,
        "plate_picture": None,
        "details": {"lane": "2"},
    }
    assert cloud[0].data["meta"] == {"lane": "2", **CAR}
    assert cloud[0].data["picture"] is not None
    assert state(hass, entry, "sensor", CAM, "plate").state == "HHAB1234"
    assert state(hass, entry, "event", CAM, "plate").attributes["event_type"] == "new"
    assert await shown(hass, entry, "snapshot", CAM) == server.images["1"]
    (row,) = await rows(hass)
    assert (row["kind"], row["plate"], row["vehicle"]["make"]) == ("visit", "HHAB1234", "Opel")
    assert row["picture"] is not None
    await settled(entry)
    assert len(reads) == 1
    # After a restart, its entities are there at once.
    await hass.config_entries.async_reload(entry.entry_id)
    await eventually(lambda: entry.runtime_data.hub.context.connection.is_connected)
    await hass.async_block_till_done()
    assert state(hass, entry, "sensor", CAM, "plate").state == "HHAB1234"
    await settled(entry)
    assert len(reads) == 1


async def test_known_vehicle_counts_whatever_the_certainty(hass, server, entry, cloud) -> None:
    """The cloud tells none: whatever it stores counts."""
    vehicle = await add_subentry(hass, entry, "vehicle", **filled_in(plates=["HH AB 1234"]))
    reads = async_capture_events(hass, EVENT_PLATE)
    watch = Watch(hass, vehicle)
    server.happen("plate_recognition", **CAR)
    await eventually(lambda: len(cloud) == 1)
    await hass.async_block_till_done()
    assert reads[0].data["known_vehicle"] == "My car"
    assert (watch.seen, watch.arrivals) == (1, 1)
    assert (await rows(hass))[0]["known"]["name"] == "My car"


async def test_face_is_an_identification(hass, server, entry, cloud) -> None:
    person = await add_subentry(hass, entry, "person", name="Ada", profiles=["ada-1"], hold_time=60)
    people = async_capture_events(hass, EVENT_IDENTIFICATION)
    server.happen("face_detection", picture=True, person_id="ada-1", confidence="87", gender="female")
    await eventually(lambda: len(cloud) == 1)
    await hass.async_block_till_done()
    (event,) = people
    data = event.data
    assert (data["type"], data["profile_id"], data["person"]) == ("identification", "ada-1", "Ada")
    assert (data["confidence"], data["gender"], data["late"]) == (0.87, "female", False)
    assert entry.runtime_data.hub.known.devices[person].is_present
    assert state(hass, entry, "sensor", CAM, "last_person").state == "Ada"
    assert state(hass, entry, "event", CAM, "identification").attributes["event_type"] == "identification"
    (row,) = await rows(hass)
    assert (row["kind"], row["profile_id"]) == ("identification", "ada-1")


@pytest.mark.parametrize(
    ("name", "meta"),
    [
        ("face_detection", {}),
        ("face_detection", {"person_id": "unknown"}),
        ("face_detection", {"person_id": {"a": 1}}),
        ("motion", {"person_id": "ada-1"}),
        ("plate_recognition", {"license_plate": "-"}),
        ("plate_recognition", {"license_plate": ["HH"]}),
    ],
)
async def test_event_that_recognised_nobody(hass, server, entry, cloud, name, meta) -> None:
    people = async_capture_events(hass, EVENT_IDENTIFICATION)
    reads = async_capture_events(hass, EVENT_PLATE)
    server.happen(name, **meta)
    await eventually(lambda: len(cloud) == 1)
    await hass.async_block_till_done()
    assert (people, reads) == ([], [])
    await settled(entry)
    assert [row["kind"] for row in await rows(hass)] == ["cloud_event"]


async def test_detections_are_no_picture(hass, server, entry, cloud) -> None:
    event = server.happen("object_and_scene_detection", labels=["Person", "Dog", "Person"])
    event["alias"] = "Somebody in the yard"
    await eventually(lambda: len(cloud) == 1)
    assert cloud[0].data["picture"] is None
    assert cloud[0].data["meta"] == {"labels": ["Person", "Dog"], "alias": "Somebody in the yard"}
    assert cloud[0].data["name"] == "object_and_scene_detection"


async def test_pictures_in_other_places(hass, server, entry, cloud) -> None:
    for images in (
        [{"url": f"{server.url}/files/1"}],
        [f"{server.url}/files/1"],
        {"url": f"{server.url}/files/1"},
    ):
        event = server.happen("custom", picture=True)
        del event["thumb"]
        event["images"] = images
    await eventually(lambda: len(cloud) == 3)
    assert all(event.data["picture"] for event in cloud)


@pytest.mark.parametrize("body", [b"<html>", b"[" * 5000, b'{"label": 5}', b"x" * 300_000])
async def test_detections_of_no_use(hass, server, entry, cloud, body) -> None:
    event = server.happen("post_object_detection")
    server.images["1"] = body
    event["filemeta"] = {"download": {"url": f"{server.url}/files/1"}}
    await eventually(lambda: len(cloud) == 1)
    assert cloud[0].data["meta"] == {}


@pytest.mark.parametrize(
    ("name", "is_dangerous"),
    [("intrusion", True), ("Fire", True), ("smoke", True), ("crowd_detection", False)],
)
async def test_dangerous_events(hass, server, entry, cloud, name, is_dangerous) -> None:
    server.happen(name)
    await eventually(lambda: len(cloud) == 1)
    await settled(entry)
    assert [row["danger"] for row in await rows(hass)] == [is_dangerous]
