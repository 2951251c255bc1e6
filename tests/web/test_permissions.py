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


async def test_browsing(hass, pictures, ff_entry, ff, hass_ws_client, hass_read_only_access_token) -> None:
    guest, admin = await hass_ws_client(hass, hass_read_only_access_token), await hass_ws_client(hass)

    async def titles(client, folder: str) -> list[str] | None:
        await client.send_json_auto_id(
            {"type": "media_source/browse_media", "media_content_id": f"{ROOT}/{folder}"}
        )
        answer = await client.receive_json()
        return [it["title"] for it in answer["result"]["children"]] if answer["success"] else None

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
