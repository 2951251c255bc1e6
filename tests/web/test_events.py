"""The history over Home Assistant's WebSocket API, as cards ask for it."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
import sqlite3
from threading import Event
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.camera_push.domain.media_id import MediaId
from tests.common import device, eventually
from tests.config_flows import add_subentry, start_subentry, submit
from tests.emulators.ff import FFCamera, image
from tests.emulators.pictures import jpeg, mp4
from tests.emulators.vstarcam import VStarcamCamera
from tests.vehicle_lists import FORM as LIST_FORM
from tests.vehicles import filled_in, visit

PREFIX = "camera_push/events"


@pytest.fixture(autouse=True)
async def websocket_api(hass: HomeAssistant) -> None:
    """Set up the WebSocket API before the server starts."""
    assert await async_setup_component(hass, "websocket_api", {})


class Card:
    """What a card does."""

    def __init__(self, client) -> None:
        self.client = client

    async def ask(self, command: str, **fields):
        """Return the answer to a command."""
        await self.client.send_json_auto_id({"type": f"{PREFIX}/{command}", **fields})
        while True:
            answer = await self.client.receive_json()
            if answer["type"] == "result":
                return answer

    async def get(self, command: str, **fields):
        """Return the result of a command."""
        answer = await self.ask(command, **fields)
        assert answer["success"], answer
        return answer["result"]

    async def events(self, **filters) -> list[dict]:
        """Return the newest rows."""
        return (await self.get("list", **filters))["events"]

    async def told(self) -> dict:
        """Return what a subscription tells next."""
        message = await self.client.receive_json()
        assert message["type"] == "event", message
        return message["event"]


@pytest.fixture
async def card(hass: HomeAssistant, hass_ws_client) -> Card:
    """Return an administrator's card."""
    return Card(await hass_ws_client(hass))


@pytest.fixture
async def guest(hass: HomeAssistant, hass_ws_client, hass_read_only_access_token) -> Card:
    """Return the card of somebody who may only look."""
    return Card(await hass_ws_client(hass, hass_read_only_access_token))


async def test_visit(hass, ff_entry, ff: FFCamera, card: Card, hass_client_no_auth) -> None:
    """All messages about a passing car are one row, with the best of its readings and all its pictures."""
    at = dt_util.utcnow() - timedelta(seconds=3)
    reads = [
        ("new", "47ATDPH", "0.61", "unknown", [image("image", jpeg("scene", (320, 200)))]),
        ("update", "47 ATD-PN", "0.95", "in", [image("lp", jpeg("plate", (80, 20)))]),
        ("lost", "47ATDPN", "0.80", "in", []),
    ]
    for number, (state, plate, confidence, direction, images) in enumerate(reads):
        await ff.read(
            state,
            at=at + timedelta(seconds=number),
            plate=plate,
            plateConfidence=confidence,
            carMoveDirection=direction,
            plateCountry="USA",
            images=images,
        )
        (event,) = await card.events()
        assert event["is_over"] is (state == "lost")
    picture, plate_picture = event.pop("picture"), event.pop("plate_picture")
    assert event.pop("media") == [picture, plate_picture]
    assert event.pop("id").startswith(f"{ff_entry.entry_id}.")
    assert datetime.fromisoformat(event.pop("received_at")).tzinfo is not None
    times = [(at + timedelta(seconds=second)).isoformat(timespec="milliseconds") for second in (0, 1, 2)]
    assert event == {
        "entry_id": ff_entry.entry_id,
        "kind": "visit",
        "device_id": device(hass, ff_entry, "gate").id,
        "camera_id": "gate",
        "camera": "gate",
        "at": times[1],
        "first_at": times[0],
        "last_at": times[2],
        "late": False,
        "is_over": True,
        "type": None,
        "danger": False,
        "plate": "47ATDPN",
        "plate_raw": "47 ATD-PN",
        "country": "USA",
        "region": "0",
        "confidence": 0.95,
        "direction": "in",
        "zone": 1,
        "vehicle": {
            "make": "Ford",
            "model": "Explorer",
            "type": "SUV",
            "color": "BLACK",
            "view": "front",
        },
        "list_name": None,
        "list_mode": None,
        "readings": [{"plate": "47ATDPH", "confidence": 0.61, "at": times[0]}],
        "corrected_from": None,
        "known": None,
        "first_time": True,
        "visits": 0,
        "profile_id": None,
        "profile_name": None,
        "watchlists": [],
        "age": None,
        "gender": None,
        "meta": None,
        "favourite": False,
        "deleted_after": None,
        "face_picture": None,
        "clip": None,
    }
    assert (picture["label"], picture["type"]) == ("vehicle", "image/jpeg")
    assert plate_picture["label"] == "plate"
    assert MediaId.parse(picture["id"]) is not None
    client = await hass_client_no_auth()
    for url in (picture["url"], picture["thumbnail"]):
        response = await client.get(url)
        assert response.status == HTTPStatus.OK
        assert (await client.get(url.split("?")[0])).status == HTTPStatus.UNAUTHORIZED


async def test_alarm(hass, vstarcam_entry, vstarcam: VStarcamCamera, card: Card) -> None:
    await vstarcam.alarm(0x29, video=mp4())
    await vstarcam.alarm(0x6D)
    fire, humanoid = await card.events()
    assert (fire["kind"], fire["type"], fire["danger"], fire["clip"]) == ("alarm", "fire", True, None)
    assert (humanoid["type"], humanoid["danger"], humanoid["first_time"]) == ("humanoid", False, False)
    assert humanoid["clip"]["type"] == "video/mp4"
    assert humanoid["picture"]["type"] == "image/jpeg"
    assert humanoid["clip"] in humanoid["media"]


async def test_visit_goes_on_after_a_restart(hass, ff_entry, ff: FFCamera, card: Card) -> None:
    await ff.read("new", plate="AB12")
    await hass.config_entries.async_reload(ff_entry.entry_id)
    await ff.read("lost", plate="AB12")
    (event,) = await card.events()
    assert event["is_over"]


async def test_message_that_comes_after_the_last_one_makes_no_visit(
    hass, ff_entry, ff: FFCamera, card: Card
) -> None:
    await visit(hass, ff, car=1)
    await ff.read("update", at=datetime.now(UTC), carID="1", plate="47ATDPN")
    assert len(await card.events()) == 1
    # Another car under an id that had one is one.
    await visit(hass, ff, car=2)
    await ff.read("update", at=datetime.now(UTC), carID="2", plate="ZZ999")
    assert len(await card.events()) == 3


async def test_rest_of_a_visit_that_comes_late_belongs_to_it(
    hass, ff_entry, ff: FFCamera, hass_ws_client, freezer
) -> None:
    at = dt_util.utcnow()
    await ff.read("new", at=at, plate="AB12")
    freezer.tick(300)
    await ff.read("lost", at=at + timedelta(seconds=2), plate="AB12")
    await ff.read("new", at=at + timedelta(seconds=100), carID="9", plate="CD34")
    late, event = await Card(await hass_ws_client(hass)).events()
    assert (event["plate"], event["is_over"], event["late"]) == ("AB12", True, False)
    assert (late["plate"], late["late"]) == ("CD34", True)
    assert late["at"] == (at + timedelta(seconds=100)).isoformat(timespec="milliseconds")


async def test_pages_over_all_entries(
    hass, ff_entry, ff: FFCamera, vstarcam_entry, vstarcam: VStarcamCamera, card: Card
) -> None:
    at = dt_util.utcnow().replace(microsecond=0)
    for number in range(5):
        await ff.read("new", at=at - timedelta(seconds=number // 2), plate=f"AB{number}", carID=str(number))
        await vstarcam.alarm(0x12)
    whole = await card.events()
    assert len(whole) == 10
    assert [event["at"] for event in whole] == sorted((event["at"] for event in whole), reverse=True)
    pages, cursor = [], None
    while True:
        page = await card.get("list", limit=3, cursor=cursor)
        pages += [event["id"] for event in page["events"]]
        if (cursor := page["cursor"]) is None:
            break
    assert pages == [event["id"] for event in whole]
    assert len(await card.events(entry_ids=[ff_entry.entry_id])) == 5
    answer = await card.ask("list", cursor="nonsense")
    assert answer["error"]["code"] == "invalid_format"


@pytest.mark.parametrize(
    "asked",
    [
        {"cursor": f"{2**63}.x.1"},
        {"cursor": f"1.x.{-(2**63)}"},
        {"after": "0001-01-01T00:00:00+14:00"},
        {"before": "9999-12-31T23:59:59-12:00"},
        {"device_ids": ["x"] * 1001},
        {"entry_ids": ["x"] * 1001},
        {"kinds": ["alarm"] * 1001},
    ],
    ids=["cursor's time", "cursor's number", "first year", "last year", "devices", "entries", "kinds"],
)
async def test_what_no_index_can_hold(ff_entry, card: Card, asked: dict[str, Any]) -> None:
    assert (await card.ask("list", **asked))["error"]["code"] == "invalid_format"


async def test_search(
    hass, ff_entry, ff: FFCamera, vstarcam_entry, vstarcam: VStarcamCamera, card: Card, add_vehicle
) -> None:
    await add_vehicle(name="Plumber's van", plates=["PL 1234"])
    for car, plate in enumerate(("PL-1234", "AB 12 CD", "AB 13 CD", "AB 14 CD")):
        await visit(hass, ff, car=car, plate=plate)
    await vstarcam.alarm("38")

    async def plates(**filters) -> list[str | None]:
        return [event["plate"] or event["type"] for event in await card.events(**filters)]

    assert await plates(plate="ab-12 cd") == ["AB12CD"]
    assert await plates(plate="b1") == ["AB14CD", "AB13CD", "AB12CD"]
    assert await plates(plate="AB 1? CD") == ["AB14CD", "AB13CD", "AB12CD"]
    assert await plates(plate="*2*") == ["AB12CD", "PL1234"]
    assert await plates(known=True) == ["PL1234"]
    assert await plates(known=False, kinds=["visit"]) == ["AB14CD", "AB13CD", "AB12CD"]
    assert await plates(text="plumber") == ["PL1234"]
    assert await plates(text="ab 12-cd") == ["AB12CD"]
    assert await plates(text="smoke alarm") == ["smoke_alarm"]
    assert await plates(text="vc0000000") == ["smoke_alarm"]
    assert await plates(text="gate", known=True) == ["PL1234"]
    assert await plates(text="nowhere to be found") == []
    assert len(await plates(text=" ")) == 5
    assert await plates(danger=True) == ["smoke_alarm"]
    assert await plates(device_ids=[device(hass, vstarcam_entry, vstarcam.vuid).id]) == ["smoke_alarm"]
    assert await plates(device_ids=["none of ours"]) == []
    now = dt_util.utcnow()
    assert len(await plates(after=(now - timedelta(minutes=5)).isoformat())) == 5
    assert await plates(before=(now - timedelta(minutes=5)).isoformat()) == []
    (van,) = await card.events(known=True)
    assert van["known"]["name"] == "Plumber's van"
    assert van["known"]["kind"] == "vehicle"
    assert len(await card.events(ids=[van["id"]])) == 1


async def test_summary(
    hass, ff_entry, ff: FFCamera, vstarcam_entry, vstarcam: VStarcamCamera, card: Card
) -> None:
    start = dt_util.utcnow() - timedelta(minutes=1)
    await visit(hass, ff)
    await vstarcam.alarm(0x6D)
    await vstarcam.alarm(0x12)
    span = {"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat(), "slots": 12}
    summary = await card.get("summary", **span)
    assert len(summary["slots"]) == 12
    assert summary["slots"][0] == {
        "visit": 1,
        "alarm": 2,
        "identification": 0,
        "cloud_event": 0,
        "danger": 1,
    }
    assert summary["totals"] == summary["slots"][0] | {"unknown": 1, "favourite": 0}
    gate, other = device(hass, ff_entry, "gate").id, device(hass, vstarcam_entry, vstarcam.vuid).id
    assert {key: (of["visit"], of["alarm"]) for key, of in summary["cameras"].items()} == {
        gate: (1, 0),
        other: (0, 2),
    }
    page = await card.get("list", limit=2, summary=span)
    assert (len(page["events"]), page["summary"]) == (2, summary)
    only = await card.get("summary", device_ids=[gate], text="47", **span)
    assert (only["totals"]["visit"], only["totals"]["alarm"]) == (1, 0)
    answer = await card.ask("summary", start=span["end"], end=span["start"])
    assert answer["error"]["translation_key"] == "end_before_start"


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


ENDLESS = (
    "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number) SELECT MAX(n) FROM number"
)


@pytest.mark.parametrize("ending", ["close", "unsubscribe"])
async def test_question_ends_with_who_asked(hass, ff_entry, card: Card, monkeypatch, ending: str) -> None:
    """A search that takes long does not go on when nobody waits for it."""
    begun, interrupted = Event(), Event()

    def search(connection: sqlite3.Connection, *args: object) -> list:
        begun.set()
        try:
            return list(connection.execute(ENDLESS))
        except sqlite3.OperationalError:
            interrupted.set()
            raise

    monkeypatch.setattr("custom_components.camera_push.storage.library.page", search)
    await card.client.send_json_auto_id({"type": f"{PREFIX}/list", "text": "x"})
    assert await hass.async_add_executor_job(begun.wait, 10)
    if ending == "close":
        await card.client.close()
    else:
        await card.client.send_json_auto_id({"type": "unsubscribe_events", "subscription": 1})
        assert (await card.client.receive_json())["success"]
    assert await hass.async_add_executor_job(interrupted.wait, 10)


class TestRecognition:
    """Known vehicles and persons are known in the past, too."""

    async def test_vehicle_that_is_added_changed_and_removed(
        self, hass, ff_entry: ConfigEntry, ff: FFCamera, card: Card, add_vehicle
    ) -> None:
        for car, plate in enumerate(("AB12CD", "AB12C0", "XY99")):
            await visit(hass, ff, car=car, plate=plate)
        await visit(hass, ff, car=9, plate="AB12CD", confidence="0.3")
        vehicle = await add_vehicle(plates=["AB 12 CD"])

        async def known() -> list[str]:
            await hass.async_block_till_done(wait_background_tasks=True)
            return sorted(event["plate"] for event in await card.events(known=True))

        assert await known() == ["AB12C0", "AB12CD"]
        flow = await start_subentry(hass, ff_entry, "vehicle", vehicle)
        await submit(hass, flow, filled_in(plates=["XY 99"], misreads="0"))
        assert await known() == ["XY99"]
        hass.config_entries.async_remove_subentry(ff_entry, vehicle)
        assert await known() == []

    async def test_vehicle_counts_only_where_it_is_to(
        self, hass, ff_entry, ff: FFCamera, card: Card, add_entry, add_vehicle
    ) -> None:
        assert len(hass.config_entries.async_entries("camera_push")) == 1
        other = await add_entry("vstarcam")
        await visit(hass, ff, plate="AB12CD")
        there = await add_vehicle(plates=["AB 12 CD"], cameras=[f"{other.entry_id}_elsewhere"])
        await hass.async_block_till_done(wait_background_tasks=True)
        assert await card.events(known=True) == []
        hass.config_entries.async_remove_subentry(ff_entry, there)
        await add_vehicle(plates=["AB 12 CD"])
        await hass.async_block_till_done(wait_background_tasks=True)
        assert len(await card.events(known=True)) == 1

    async def test_person(self, hass, platform, omni_entry: ConfigEntry, card: Card) -> None:
        for confidence in (0.93, 0.4):
            await platform.send(platform.event(confidence=confidence))
        await platform.send(platform.event("non_identification", profile=None))
        await eventually(lambda: len(omni_entry.runtime_data.hub.cameras) == 1)

        async def events(**filters) -> list[dict]:
            await hass.async_block_till_done(wait_background_tasks=True)
            return await card.events(**filters)

        found = await events()
        assert [event["type"] for event in found] == [
            "non_identification",
            "identification",
            "identification",
        ]
        assert (found[1]["visits"], found[2]["first_time"]) == (1, True)
        assert found[2]["face_picture"]["label"] == "face"
        assert found[2]["watchlists"] == ["group-1"]
        person = await add_subentry(
            hass, omni_entry, "person", name="Ann", profiles=["profile-1"], hold_time=60
        )
        assert {event["known"]["name"] for event in await events(known=True)} == {"Ann"}
        assert len(await events(person="ann")) == 2
        assert len(await events(person="profile-1")) == 2
        assert await events(person="Bob") == []
        hass.config_entries.async_remove_subentry(omni_entry, person)
        assert await events(known=True) == []


class TestKnowing:
    """Somebody is named from an event."""

    async def test_suggestions(self, hass, ff_entry, ff: FFCamera, card: Card, add_vehicle) -> None:
        van = await add_vehicle(name="Plumber's van", plates=["PL 1234"])
        similar = await add_vehicle(name="Neighbour", plates=["47 ATD-PX"], misreads="0")
        # A list has rows: it is no vehicle.
        await add_subentry(hass, ff_entry, "vehicle_list", **LIST_FORM)
        await visit(hass, ff, car=1, plate="PL1234")
        await visit(hass, ff, car=2)
        await visit(hass, ff, car=3)
        (event, *_) = await card.events()
        found = await card.get("suggestions", event_id=event["id"])
        assert found["name"] == "Black Ford Explorer"
        hass.config.language = "de"
        assert (await card.get("suggestions", event_id=event["id"]))["name"] == "Schwarzer Ford Explorer"
        assert found["visits"] == 1
        assert [it["plate"] for it in found["earlier"]] == ["47ATDPN"]
        await add_vehicle(name="Boat trailer", plates=["XY 999"])
        (*alike, other) = (await card.get("suggestions", event_id=event["id"]))["known"]
        assert (other["name"], other["reason"], other["picture"]) == ("Boat trailer", None, None)
        assert [it.pop("picture") for it in alike] == [None, None]
        assert alike == [
            {
                "id": similar,
                "name": "Neighbour",
                "kind": "vehicle",
                "plate": "47 ATD-PX",
                "reason": "similar",
            },
            {
                "id": van,
                "name": "Plumber's van",
                "kind": "vehicle",
                "plate": "PL 1234",
                "reason": "same_make",
            },
        ]

    async def test_new_vehicle(self, hass, ff_entry, ff: FFCamera, card: Card) -> None:
        """It is known in all its visits, also in those that the camera was not certain of."""
        for car, confidence in ((1, "0.95"), (2, "0.3")):
            await visit(hass, ff, car=car, confidence=confidence)
        (event, earlier) = await card.events()
        assigned = await card.get("assign", event_id=event["id"], name=" Plumber ")
        assert assigned["known"]["name"] == "Plumber"
        assert assigned["visits"] == 2
        await hass.async_block_till_done(wait_background_tasks=True)
        known = await card.events(known=True)
        assert [it["id"] for it in known] == [event["id"], earlier["id"]]
        assert [it["corrected_from"] for it in known] == [None, None]
        (subentry,) = ff_entry.subentries.values()
        flow = await start_subentry(hass, ff_entry, "vehicle", subentry.subentry_id)
        assert flow["type"] == "form"
        await card.get("undo_assign", undo=assigned["undo"])
        await hass.async_block_till_done(wait_background_tasks=True)
        assert not ff_entry.subentries
        assert await card.events(known=True) == []
        answer = await card.ask("undo_assign", undo=assigned["undo"])
        assert answer["error"]["translation_key"] == "too_late_to_undo"

    async def test_plate_of_a_known_vehicle(
        self, hass, ff_entry, ff: FFCamera, card: Card, add_vehicle
    ) -> None:
        vehicle = await add_vehicle(plates=["AB 12"])
        await visit(hass, ff)
        (event,) = await card.events()
        assigned = await card.get("assign", event_id=event["id"], known_id=vehicle)
        assert assigned["known"] == {"id": vehicle, "name": "My car", "kind": "vehicle"}
        assert ff_entry.subentries[vehicle].data["plates"] == ["AB 12", "47ATDPN"]
        assert (await card.events(known=True))[0]["known"]["id"] == vehicle
        again = await card.get("assign", event_id=event["id"], known_id=vehicle)
        await card.get("undo_assign", undo=again["undo"])
        assert ff_entry.subentries[vehicle].data["plates"] == ["AB 12", "47ATDPN"]
        await card.get("undo_assign", undo=assigned["undo"])
        assert ff_entry.subentries[vehicle].data["plates"] == ["AB 12"]

    async def test_person(self, hass, platform, omni_entry: ConfigEntry, card: Card) -> None:
        await platform.send(platform.event())
        await eventually(lambda: len(omni_entry.runtime_data.hub.cameras) == 1)
        await hass.async_block_till_done(wait_background_tasks=True)
        (event,) = await card.events()
        found = await card.get("suggestions", event_id=event["id"])
        assert (found["name"], found["known"], found["earlier"]) == ("", [], [])
        assigned = await card.get("assign", event_id=event["id"], name="Ann")
        assert assigned["known"]["kind"] == "person"
        assert [it["known"]["name"] for it in await card.events(person="Ann")] == ["Ann"]
        await card.get("subscribe")
        await platform.send(platform.event(profile="another"))
        (stranger,) = (await card.told())["changed"]
        found = await card.get("suggestions", event_id=stranger["id"])
        (candidate,) = found["known"]
        assert (candidate["name"], candidate["kind"], candidate["reason"]) == ("Ann", "person", None)
        assert candidate["picture"]["type"] == "image/jpeg"

    async def test_what_cannot_be(
        self, hass, ff_entry, ff: FFCamera, vstarcam_entry, vstarcam, card: Card
    ) -> None:
        await vstarcam.alarm()
        await visit(hass, ff)
        (car, alarm) = await card.events()
        for event, fields, key in (
            (alarm, {"name": "Ann"}, "nobody_to_know"),
            (car, {"name": "  "}, "name_missing"),
            (car, {}, "name_missing"),
            (car, {"known_id": "nobody"}, "unknown_known"),
        ):
            answer = await card.ask("assign", event_id=event["id"], **fields)
            assert answer["error"]["translation_key"] == key
