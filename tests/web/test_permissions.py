"""Permissions: a user with a policy sees the pictures and clips of the cameras that it names, no others."""

from http import HTTPStatus

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import UnknownUser
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest

from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.domain.media_id import MediaId
from tests.common import device
from tests.emulators.ff import FFCamera, image
from tests.emulators.pictures import jpeg

ROOT = f"media-source://{DOMAIN}"


@pytest.fixture(autouse=True)
async def media_source(hass: HomeAssistant) -> None:
    """Set up media sources before the server starts."""
    assert await async_setup_component(hass, "websocket_api", {})
    assert await async_setup_component(hass, "media_source", {})


@pytest.fixture
async def pictures(hass: HomeAssistant, ff_entry, ff: FFCamera, poster, plates, hass_read_only_user):
    """Two cameras with a plate each; the user may read the entities of the first only."""
    other = FFCamera("OTHER", poster, ff.webhook_id)
    await ff.read("new", plate="AB12CD", images=[image("image", jpeg("a"))])
    await other.read("new", plate="XY99ZZ", carID="2", images=[image("image", jpeg("b"))])
    assert [event.data["plate"] for event in plates] == ["AB12CD", "XY99ZZ"]
    seen = device(hass, ff_entry, ff.device_id)
    ids = [entity.entity_id for entity in er.async_entries_for_device(er.async_get(hass), seen.id)]
    hass_read_only_user.mock_policy({"entities": {"entity_ids": {key: {"read": True} for key in ids}}})
    return [MediaId.parse(event.data["picture"]) for event in plates]


async def test_pictures_are_served(pictures, hass_client, hass_read_only_access_token) -> None:
    guest, admin = await hass_client(hass_read_only_access_token), await hass_client()
    for number, media_id in enumerate(pictures):
        for path in (media_id.path, media_id.thumbnail_path):
            wanted = HTTPStatus.OK if number == 0 else HTTPStatus.NOT_FOUND
            assert (await guest.get(path)).status == wanted
            assert (await admin.get(path)).status == HTTPStatus.OK


async def test_latest(hass, pictures, ff_entry, ff, hass_ws_client, hass_read_only_access_token) -> None:
    """Cards ask for the newest row of all their cameras at once."""
    ids = [device(hass, ff_entry, camera_id).id for camera_id in (ff.device_id, "OTHER")]
    await FFCamera(ff.device_id, ff.poster, ff.webhook_id).read("new", plate="EF34GH", carID="3")

    async def newest(client) -> list[str]:
        await client.send_json_auto_id({"type": "camera_push/events/latest", "of": [*ids, "none"]})
        events = (await client.receive_json())["result"]["events"]
        return [events[it]["plate"] for it in ids if it in events]

    assert await newest(await hass_ws_client(hass)) == ["EF34GH", "XY99ZZ"]
    assert await newest(await hass_ws_client(hass, hass_read_only_access_token)) == ["EF34GH"]


async def test_list_media(hass, pictures, ff_entry, hass_read_only_user) -> None:
    async def listed(**data: object) -> list[str]:
        answer = await hass.services.async_call(
            DOMAIN,
            "list_media",
            data,
            blocking=True,
            return_response=True,
            context=Context(user_id=hass_read_only_user.id),
        )
        return [item["plate"] for item in answer["media"]]

    assert await listed() == ["AB12CD"]
    assert await listed(plate="XY*") == []
    assert await listed(device_id=device(hass, ff_entry, "OTHER").id) == []
    await hass.auth.async_remove_user(hass_read_only_user)
    with pytest.raises(UnknownUser):
        await listed()


async def titles(client, folder: str) -> list[str] | None:
    """Return the titles of what is in a folder, None if there is no such folder."""
    await client.send_json_auto_id(
        {"type": "media_source/browse_media", "media_content_id": f"{ROOT}/{folder}".rstrip("/")}
    )
    answer = await client.receive_json()
    return [it["title"] for it in answer["result"]["children"]] if answer["success"] else None


async def test_browsing(hass, pictures, ff_entry, ff, hass_ws_client, hass_read_only_access_token) -> None:
    guest, admin = await hass_ws_client(hass, hass_read_only_access_token), await hass_ws_client(hass)
    entry_id = ff_entry.entry_id
    for folder in (
        f"{entry_id}/kind/vehicle",
        f"{entry_id}/plates",
        "events/today",
        "events/week",
        "events/plates",
    ):
        ours, all_of_them = await titles(guest, folder), await titles(admin, folder)
        assert ours is not None
        assert all_of_them is not None
        assert ours == [title for title in all_of_them if "XY99ZZ" not in title]
        assert len(all_of_them) == 2
    assert len(await titles(guest, entry_id) or []) == len(await titles(admin, entry_id) or []) - 1
    for hidden in (f"{entry_id}/camera/OTHER", f"{entry_id}/plates/XY99ZZ", "events/plates/XY99ZZ"):
        assert not await titles(guest, hidden)
        assert await titles(admin, hidden)
    for client, number, success in ((guest, 0, True), (guest, 1, False), (admin, 1, True)):
        await client.send_json_auto_id(
            {"type": "media_source/resolve_media", "media_content_id": pictures[number].uri}
        )
        assert (await client.receive_json())["success"] is success


async def test_kinds_and_entries_are_those_of_the_users_cameras(
    hass,
    pictures,
    ff_entry,
    vstarcam_entry,
    vstarcam,
    poster,
    ff,
    hass_ws_client,
    hass_read_only_access_token,
) -> None:
    other = FFCamera("OTHER", poster, ff.webhook_id)
    await other.read("lost", plate="XY99ZZ", carID="2", images=[image("lp", jpeg("c", (80, 20)))])
    await vstarcam.alarm(picture=jpeg("d"))
    guest, admin = await hass_ws_client(hass, hass_read_only_access_token), await hass_ws_client(hass)
    of_guest, of_admin = await titles(guest, ff_entry.entry_id), await titles(admin, ff_entry.entry_id)
    assert set(of_admin) - set(of_guest) == {"OTHER", "Plate"}
    assert ff_entry.title in await titles(guest, "")
    assert vstarcam_entry.title in await titles(admin, "")
    assert vstarcam_entry.title not in await titles(guest, "")
    assert await titles(guest, vstarcam_entry.entry_id) is None


async def test_known_vehicles_are_those_that_the_users_cameras_saw(
    hass, pictures, ff_entry, ff, add_vehicle, hass_ws_client, hass_read_only_access_token
) -> None:
    here = await add_vehicle(name="Here", plates=["AB12CD"])
    there = await add_vehicle(name="There", plates=["XY99ZZ"])
    await hass.async_block_till_done(wait_background_tasks=True)
    guest, admin = await hass_ws_client(hass, hass_read_only_access_token), await hass_ws_client(hass)
    assert await titles(admin, "events/vehicles") == ["Here", "There"]
    assert await titles(guest, "events/vehicles") == ["Here"]
    assert await titles(guest, f"events/known/{here}")
    assert await titles(guest, f"events/known/{there}") is None


async def test_earlier_visits_are_those_to_the_users_cameras(
    hass, pictures, ff_entry, ff, poster, add_vehicle, hass_ws_client, hass_read_only_access_token
) -> None:
    await add_vehicle(name="There", plates=["XY99ZZ"])
    await ff.read("new", plate="XY99ZZ", carID="3", images=[image("image", jpeg("e"))])
    guest, admin = await hass_ws_client(hass, hass_read_only_access_token), await hass_ws_client(hass)

    async def ask(client, command: str, **fields: object):
        await client.send_json_auto_id({"type": f"{DOMAIN}/events/{command}", **fields})
        return (await client.receive_json())["result"]

    (event,) = (await ask(guest, "list", plate="XY99ZZ"))["events"]
    of_admin = await ask(admin, "suggestions", event_id=event["id"])
    assert [it["camera_id"] for it in of_admin["earlier"]] == ["OTHER"]
    assert [it["name"] for it in of_admin["known"]] == ["There"]
    of_guest = await ask(guest, "suggestions", event_id=event["id"])
    assert of_guest["earlier"] == []
    assert of_guest["known"] == []
