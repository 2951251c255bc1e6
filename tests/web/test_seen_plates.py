"""The plates seen lately, for who adds a vehicle from a card."""

from homeassistant.setup import async_setup_component
import pytest

from tests.emulators.ff import FFCamera, image
from tests.emulators.pictures import jpeg


@pytest.fixture(autouse=True)
async def _websocket(hass) -> None:
    """Have it there before Home Assistant's server starts."""
    assert await async_setup_component(hass, "websocket_api", {})


async def ask(client) -> dict:
    await client.send_json_auto_id({"type": "camera_push/plates/seen"})
    return await client.receive_json()


async def test_those_that_nobody_knows(
    hass, hass_ws_client, hass_client_no_auth, ff_entry, ff: FFCamera, add_vehicle
) -> None:
    client = await hass_ws_client()
    await add_vehicle(plates=["AB 12 CD"])
    picture = image("image", jpeg("car", (320, 200)))
    for car, plate in enumerate(("AB12CD", "XY 99", "ZZ 1", "XY 99")):
        await ff.read("lost", carID=str(car), plate=plate, images=[picture])
        await hass.async_block_till_done()
    found = (await ask(client))["result"]["plates"]
    assert [(it["plate"], it["camera"], it["visits"]) for it in found] == [
        ("XY 99", "gate", 2),
        ("ZZ 1", "gate", 1),
    ]
    assert found[0]["first_at"] < found[0]["at"]
    # As an <img> asks for it.
    shown = await (await hass_client_no_auth()).get(found[0]["thumbnail"])
    assert (shown.status, shown.content_type) == (200, "image/jpeg")


async def test_for_administrators(hass, hass_ws_client, ff_entry, hass_read_only_access_token) -> None:
    """They add vehicles, and see what all cameras saw."""
    client = await hass_ws_client(access_token=hass_read_only_access_token)
    assert (await ask(client))["error"]["code"] == "unauthorized"
