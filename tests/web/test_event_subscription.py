"""Cards that follow the history, and change it."""

from datetime import timedelta

from freezegun import freeze_time
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from tests.emulators.ff import FFCamera, image
from tests.emulators.pictures import jpeg
from tests.emulators.vstarcam import VStarcamCamera
from tests.vehicles import visit
from tests.web.helpers import Card

pytestmark = pytest.mark.usefixtures("websocket_api")


@pytest.fixture
async def guest(hass: HomeAssistant, hass_ws_client, hass_read_only_access_token) -> Card:
    """Return the card of somebody who may only look."""
    return Card(await hass_ws_client(hass, hass_read_only_access_token))


class TestSubscription:
    """A card follows what happens."""

    async def test_rows_are_told_as_they_change(self, hass, ff_entry, ff: FFCamera, card: Card) -> None:
        await card.get("subscribe", kinds=["visit"])
        await ff.read("new", plate="AB12")
        (event,) = (await card.told())["changed"]
        assert (event["plate"], event["is_over"]) == ("AB12", False)
        await ff.read("lost", plate="AB12")
        (again,) = (await card.told())["changed"]
        assert (again["id"], again["is_over"]) == (event["id"], True)
        await card.get("delete", ids=[event["id"]])
        assert await card.told() == {"deleted": [event["id"]]}

    async def test_pictures_keep_their_paths(self, hass, ff_entry, ff: FFCamera, card: Card) -> None:
        """Browsers have them already, also when a row changes; the paths are renewed long before they end."""
        await card.get("subscribe")
        await ff.read("new", plate="AB12", images=[image("image", jpeg("a", (320, 200)))])
        (told,) = (await card.told())["changed"]
        (listed,) = await card.events()
        assert listed["picture"] == told["picture"]
        with freeze_time(dt_util.utcnow() + timedelta(hours=1)):
            (later,) = await card.events()
        assert later["picture"]["url"] != told["picture"]["url"]
        assert later["picture"]["id"] == told["picture"]["id"]

    async def test_row_that_is_not_meant_any_more(self, hass, ff_entry, ff: FFCamera, card: Card) -> None:
        await ff.read("new", plate="AB12")
        (event,) = await card.events()
        await card.get("subscribe", favourite=True)
        await card.get("set_favourite", event_id=event["id"], favourite=True)
        (marked,) = (await card.told())["changed"]
        assert marked["favourite"]
        await card.get("set_favourite", event_id=event["id"], favourite=False)
        assert await card.told() == {"deleted": [event["id"]]}

    async def test_only_what_is_meant(
        self, hass, ff_entry, ff: FFCamera, vstarcam_entry, vstarcam: VStarcamCamera, card: Card
    ) -> None:
        await card.get("subscribe", entry_ids=[vstarcam_entry.entry_id])
        await ff.read("new", plate="AB12")
        await vstarcam.alarm(0x12)
        (event,) = (await card.told())["changed"]
        assert event["kind"] == "alarm"

    async def test_subscription_outlives_a_reload(self, hass, ff_entry, ff: FFCamera, card: Card) -> None:
        await card.get("subscribe")
        await hass.config_entries.async_reload(ff_entry.entry_id)
        await ff.read("new", plate="AB12")
        assert len((await card.told())["changed"]) == 1

    async def test_subscription_ends_with_its_connection(
        self, hass, ff_entry, ff: FFCamera, card: Card
    ) -> None:
        await card.get("subscribe")
        await card.client.close()
        await ff.read("new", plate="AB12")
        await hass.async_block_till_done()


class TestChanges:
    """What administrators change."""

    async def test_plate_is_put_right(self, hass, ff_entry, ff: FFCamera, card: Card, add_vehicle) -> None:
        await add_vehicle(plates=["AB 12 CD"], misreads="0")
        await visit(hass, ff, plate="AB12CQ")
        (event,) = await card.events()
        assert event["known"] is None
        event = (await card.get("correct_plate", event_id=event["id"], plate="ab-12 cd"))["event"]
        assert (event["plate"], event["corrected_from"], event["known"]["name"]) == (
            "AB12CD",
            "AB12CQ",
            "My car",
        )
        assert len(await card.events(known=True)) == 1
        answer = await card.ask("correct_plate", event_id=event["id"], plate="--")
        assert answer["error"]["translation_key"] == "not_a_plate"
        assert answer["error"]["message"] == "-- is not a plate: it has no letter and no digit"

    async def test_what_is_not_there(self, hass, ff_entry, vstarcam_entry, vstarcam, card: Card) -> None:
        await vstarcam.alarm()
        (event,) = await card.events()
        answer = await card.ask("correct_plate", event_id=event["id"], plate="AB12")
        assert answer["error"]["translation_key"] == "not_a_visit"
        for command, fields in (
            ("set_favourite", {"favourite": True}),
            ("correct_plate", {"plate": "AB12"}),
        ):
            for event_id in (f"{ff_entry.entry_id}.1", "nobody.1"):
                answer = await card.ask(command, event_id=event_id, **fields)
                assert answer["error"]["code"] == "not_found"
        answer = await card.ask("set_favourite", event_id="nonsense", favourite=True)
        assert answer["error"]["code"] == "invalid_format"
        assert await card.get("delete", ids=["nobody.1"]) == {"deleted": 0}

    async def test_shown_picture_stays(self, hass, ff_entry, ff: FFCamera, card: Card) -> None:
        await ff.read("new", plate="AB12", images=[image("image", jpeg("first"))])
        await ff.read("new", plate="CD34", carID="2", images=[image("image", jpeg("second"))])
        events = await card.events()
        assert await card.get("delete", ids=[event["id"] for event in events]) == {"deleted": 2}
        assert await card.events() == []
        library = ff_entry.runtime_data.store.library
        assert (await library.totals())[0] == 1

    async def test_guests_only_look(
        self, hass, ff_entry, ff: FFCamera, card: Card, guest: Card, hass_read_only_user: MockUser
    ) -> None:
        await ff.read("new", plate="AB12")
        (event,) = await guest.events()
        for command, fields in (
            ("set_favourite", {"event_id": event["id"], "favourite": True}),
            ("delete", {"ids": [event["id"]]}),
            ("correct_plate", {"event_id": event["id"], "plate": "CD34"}),
        ):
            assert (await guest.ask(command, **fields))["error"]["code"] == "unauthorized"
        # Who may not see a camera's pictures does not see its history either.
        hass_read_only_user.mock_policy({"entities": {"domains": {"sensor": {"read": True}}}})
        assert await guest.events() == []
        assert await guest.events(ids=[event["id"]]) == []
        start = dt_util.utcnow() - timedelta(hours=1)
        span = {"start": start.isoformat(), "end": (start + timedelta(hours=2)).isoformat()}
        assert (await guest.get("summary", **span))["totals"]["visit"] == 0
        hass_read_only_user.mock_policy({"entities": {"all": {"read": True}}})
        assert len(await guest.events()) == 1
