"""The history over Home Assistant's WebSocket API, as cards ask for it."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
import sqlite3
from threading import Event
from typing import Any

from homeassistant.util import dt as dt_util
import pytest

from custom_components.camera_push.domain.media_id import MediaId
from tests.common import device
from tests.emulators.ff import FFCamera, image
from tests.emulators.pictures import jpeg, mp4
from tests.emulators.vstarcam import VStarcamCamera
from tests.vehicles import visit
from tests.web.helpers import PREFIX, Card

pytestmark = pytest.mark.usefixtures("websocket_api")


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
