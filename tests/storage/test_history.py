"""The history: one row for each thing that happened, and questions to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
import random
import sqlite3
from typing import ClassVar

import pytest

from custom_components.camera_push.domain.history import (
    EventFilter,
    EventKind,
    HistoryEvent,
    TextMatch,
)
from custom_components.camera_push.domain.media import JPEG, Picture
from custom_components.camera_push.storage import history_query, history_summary
from custom_components.camera_push.storage.model import Commit, MediaFilter, NewMedia
from custom_components.camera_push.storage.places import StoreFolders
from custom_components.camera_push.storage.retention import Retention
from custom_components.camera_push.storage.snapshot import INDEX
from custom_components.camera_push.storage.store import Store

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Return a store that is open."""
    it = Store(StoreFolders.in_one(tmp_path / "store"), UTC, Retention())
    await it.open()
    yield it
    await it.close()


def event(store: Store, **changes) -> HistoryEvent:
    """Return a row for a visit; `changes` replace its fields."""
    at = changes.pop("at", NOW)
    values = {
        "id": store.new_media_id(),
        "kind": EventKind.VISIT,
        "camera_id": "gate",
        "first_at": at,
        "last_at": at,
        "received_at": at,
    }
    return HistoryEvent(at=at, **(values | changes))


async def put(store: Store, *events: HistoryEvent, media: tuple[NewMedia, ...] = ()) -> None:
    for it in events:
        await store.commit(Commit(camera_id=it.camera_id, record="{}", event=it, media=media))


async def found(store: Store, limit: int = 100, **wanted) -> list[HistoryEvent]:
    return await store.library.events(EventFilter(**wanted), limit)


async def test_visit_is_one_row_with_its_best_reading(store) -> None:
    number = store.new_media_id()
    at = [NOW + timedelta(seconds=second) for second in range(4)]
    base = {"id": number, "is_over": False}
    await put(
        store,
        event(store, **base, at=at[0], plate="AB123CO", confidence=0.6, direction="unknown", picture=1),
        event(
            store,
            **base,
            at=at[1],
            plate="AB123CD",
            plate_raw="AB 123 CD",
            confidence=0.9,
            direction="in",
            vehicle={"make": "Ford", "model": None},
            known_id="mine",
        ),
        event(store, **base, at=at[2], plate="AB123", confidence=0.4, vehicle={"make": None, "model": "Ka"}),
        event(store, **base | {"is_over": True}, at=at[3], direction="unknown", danger=True),
    )
    (row,) = await found(store)
    assert (row.id, row.at, row.first_at, row.last_at, row.is_over) == (number, at[1], at[0], at[3], True)
    assert (row.plate, row.plate_raw, row.confidence, row.direction) == ("AB123CD", "AB 123 CD", 0.9, "in")
    assert row.vehicle == {"make": "Ford", "model": "Ka"}
    assert [(it.plate, it.confidence, it.at) for it in row.readings] == [
        ("AB123CO", 0.6, at[0]),
        ("AB123", 0.4, at[2]),
    ]
    assert (row.known_id, row.danger, row.picture) == ("mine", True, 1)
    # A plate that is nobody's any more is not found.
    assert await found(store, plate="AB123CO") == []
    assert [it.id for it in await found(store, plate="AB123CD")] == [number]


async def test_row_survives_everything_that_it_holds(store) -> None:
    it = event(
        store,
        kind=EventKind.IDENTIFICATION,
        type="identification",
        late=True,
        is_over=False,
        profile_id="profile-1",
        watchlists=("a", "b"),
        age=0,
        gender="FEMALE",
        confidence=0.0,
        zone=0,
        meta={"number": 10**30, "text": "\u202e", "nested": [{"x": None}]},
        picture=1,
        plate_picture=2,
        face_picture=3,
        clip=4,
    )
    await put(store, it)
    assert await found(store) == [it]


async def test_earlier_visits_are_counted(store) -> None:
    for number, plate in enumerate(("AB12", "CD34", "ab-12", "AB12")):
        await put(store, event(store, plate=plate, at=NOW + timedelta(minutes=number)))
    assert [(row.plate, row.visits) for row in await found(store)] == [
        ("AB12", 2),
        ("ab-12", 1),
        ("CD34", 0),
        ("AB12", 0),
    ]


async def test_plate_is_put_right_and_stays_so(store) -> None:
    visit = event(store, plate="AB123CO", confidence=0.7, is_over=False)
    item = NewMedia(
        id=store.new_media_id(),
        label="plate",
        taken_at=NOW,
        content=Picture(b"x", JPEG),
        plate="AB123CO",
        event=visit.id,
    )
    await put(store, event(store, plate="AB123CD", at=NOW - timedelta(days=1)))
    await put(store, visit, media=(item,))
    assert await store.correct_plate(visit.id, "AB123CD", "mine") is not None
    await put(store, replace(visit, plate="AB123CQ", confidence=0.99, is_over=True))
    row, _ = await found(store)
    assert (row.plate, row.corrected_from, row.known_id) == ("AB123CD", "AB123CO", "mine")
    assert (row.is_over, row.visits) == (True, 1)
    assert [it.plate for it in await store.library.find(MediaFilter(), 10)] == ["AB123CD"]
    assert await store.correct_plate(1, "AB123CD", None) is None
    alarm = event(store, kind=EventKind.ALARM, type="motion")
    await put(store, alarm)
    assert await store.correct_plate(alarm.id, "AB123CD", None) is None


async def test_deleted_row_takes_its_media_along(store, tmp_path: Path) -> None:
    visit, other = event(store, plate="AB12"), event(store, plate="CD34")
    shown, hidden, others = (
        NewMedia(
            id=store.new_media_id(), label="vehicle", taken_at=NOW, content=Picture(b"x", JPEG), event=number
        )
        for number in (visit.id, visit.id, other.id)
    )
    await put(store, visit, media=(shown, hidden))
    await put(store, other, media=(others,))
    told: list[tuple[frozenset[int], frozenset[int]]] = []
    stop = store.on_history_changed(lambda changed, deleted: told.append((changed, deleted)))
    assert await store.delete_events([visit.id, 1], frozenset({shown.id})) == [visit.id]
    assert told == [(frozenset(), frozenset({visit.id}))]
    assert [row.id for row in await found(store)] == [other.id]
    assert {item.id for item in await store.library.find(MediaFilter(), 10)} == {shown.id, others.id}
    assert len([path for path in (tmp_path / "store").glob("*/*/*") if path.is_file()]) == 2
    stop()
    await put(store, visit)
    assert len(told) == 1


async def test_changes_are_told_once_they_are_written(store) -> None:
    told: list[frozenset[int]] = []
    store.on_history_changed(lambda changed, deleted: told.append(changed))
    one, two = event(store), event(store)
    writes = [store.commit(Commit(camera_id="gate", record="{}", event=it)) for it in (one, two)]
    assert told == []
    for write in writes:
        await write
    assert frozenset().union(*told) == {one.id, two.id}
    assert await store.set_favourite(one.id, favourite=True)
    assert told[-1] == {one.id}
    assert not await store.set_favourite(1, favourite=True)


async def test_number_of_a_change_is_never_given_twice(store, tmp_path: Path) -> None:
    """Whoever reads in the order of changes misses nothing, whatever is deleted, also over a restart."""
    first, second, third = event(store), event(store), event(store)
    await put(store, first, second)
    _, after = await store.library.changes(0, 10)
    await store.delete_events([second.id], frozenset())
    await store.close()
    again = Store(StoreFolders.in_one(tmp_path / "store"), UTC, Retention())
    await again.open()
    await put(again, third)
    changed, last = await again.library.changes(after, 10)
    assert [row.id for row in changed] == [third.id]
    assert await again.library.changes(last, 10) == ([], last)
    # A position in another index, which was lost: everything is told once more.
    changed, _ = await again.library.changes(last + 1, 10)
    assert {row.id for row in changed} == {first.id, third.id}
    await again.close()


async def test_deleted_plate_is_not_in_the_file_any_more(store, tmp_path: Path) -> None:
    visits = [event(store, plate=f"SECRET{number}") for number in range(50)]
    await put(store, *visits)
    assert await store.delete_events([visit.id for visit in visits], frozenset()) == [it.id for it in visits]
    await store.close()
    assert b"SECRET" not in (tmp_path / "store" / INDEX).read_bytes()


async def test_deleted_camera_has_no_history(store) -> None:
    await put(store, event(store, plate="AB12"), event(store, camera_id="door", plate="CD34"))
    await store.forget_camera("gate")
    assert [row.camera_id for row in await found(store)] == ["door"]
    assert await found(store, plate="AB12") == []


async def test_index_of_an_earlier_release_is_taken_over(store, tmp_path: Path) -> None:
    item = NewMedia(id=store.new_media_id(), label="motion", taken_at=NOW, content=Picture(b"x", JPEG))
    await store.commit(Commit(camera_id="gate", record='"known"', media=(item,), key="a"))
    await store.close()
    with sqlite3.connect(tmp_path / "store" / INDEX) as database:
        for table in ("event", "word", "plate", "place", "setting"):
            database.execute(f"DROP TABLE {table}")
        for index in ("media_by_event", "media_to_retain", "media_by_place"):
            database.execute(f"DROP INDEX {index}")
        for column in ("event", "favourite", "place"):
            database.execute(f"ALTER TABLE media DROP COLUMN {column}")
        database.execute("PRAGMA user_version=1")
    database.close()
    again = Store(StoreFolders.in_one(tmp_path / "store"), UTC, Retention())
    (camera,) = (await again.open()).cameras
    assert (camera.record, camera.keys) == ('"known"', ["a"])
    assert [it.id for it in await again.library.find(MediaFilter(), 10)] == [item.id]
    await put(again, event(again, plate="AB12"))
    assert len(await found(again)) == 1
    await again.close()


class TestQuestions:
    """Every filter finds what looking at each row finds, in pages of any size."""

    @pytest.fixture
    async def rows(self, store: Store) -> list[HistoryEvent]:
        chance = random.Random(1)
        rows = []
        for number in range(400):
            kind = chance.choice(list(EventKind))
            at = NOW - timedelta(seconds=chance.randrange(300))
            changes = {"at": at, "kind": kind, "camera_id": chance.choice(["gate", "door", "yard"])}
            if kind is EventKind.VISIT:
                changes["plate"] = chance.choice(["AB123CD", "AB124CD", "B[1]", "XY9", None])
                changes["known_id"] = "mine" if changes["plate"] == "XY9" else None
                changes["danger"] = chance.random() < 0.1
            elif kind is EventKind.IDENTIFICATION:
                changes["type"] = "identification"
                changes["profile_id"] = chance.choice(["one", "two", None])
                changes["known_id"] = "ann" if changes["profile_id"] == "one" else None
            else:
                changes["type"] = chance.choice(["motion", "fire", "online"])
            rows.append(event(store, favourite=number % 17 == 0, **changes))
        await put(store, *rows)
        return sorted(rows, key=lambda row: (row.at, row.id), reverse=True)

    WANTED: ClassVar = {
        "all": (EventFilter(), lambda row: True),
        "camera": (
            EventFilter(camera_ids=frozenset({"gate", "nobody"})),
            lambda row: row.camera_id == "gate",
        ),
        "no camera": (EventFilter(camera_ids=frozenset()), lambda row: False),
        "kinds": (
            EventFilter(kinds=frozenset({EventKind.VISIT, EventKind.ALARM})),
            lambda row: row.kind in ("visit", "alarm"),
        ),
        "camera and kind": (
            EventFilter(camera_ids=frozenset({"gate", "door"}), kinds=frozenset({EventKind.ALARM})),
            lambda row: row.camera_id in ("gate", "door") and row.kind == "alarm",
        ),
        "known": (EventFilter(known=True), lambda row: row.known_id is not None),
        "unknown visits": (
            EventFilter(known=False, kinds=frozenset({EventKind.VISIT})),
            lambda row: row.known_id is None and row.kind == "visit",
        ),
        "favourite": (EventFilter(favourite=True), lambda row: row.favourite),
        "no favourite": (EventFilter(favourite=False), lambda row: not row.favourite),
        "danger": (
            EventFilter(danger=True, camera_ids=frozenset({"gate"})),
            lambda row: row.danger and row.camera_id == "gate",
        ),
        "plate": (EventFilter(plate="AB123CD"), lambda row: row.plate == "AB123CD"),
        "plate that is none": (EventFilter(plate="NONE"), lambda row: False),
        "pattern": (EventFilter(plate="AB12?CD"), lambda row: (row.plate or "").startswith("AB12")),
        "part of a plate": (
            EventFilter(plate="*12*", camera_ids=frozenset({"door"})),
            lambda row: "12" in (row.plate or "") and row.camera_id == "door",
        ),
        "pattern in danger": (
            EventFilter(plate="*12*", danger=True),
            lambda row: row.danger and "12" in (row.plate or ""),
        ),
        "pattern of favourites": (
            EventFilter(plate="*", favourite=True),
            lambda row: row.favourite and row.plate is not None,
        ),
        "pattern without danger": (
            EventFilter(plate="XY*", danger=False, favourite=False),
            lambda row: row.plate == "XY9" and not row.danger and not row.favourite,
        ),
        "pattern of somebody known": (
            EventFilter(plate="*9", known_ids=frozenset({"mine"})),
            lambda row: row.plate == "XY9",
        ),
        "pattern of alarms": (
            EventFilter(plate="*", kinds=frozenset({EventKind.ALARM})),
            lambda row: False,
        ),
        "person": (
            EventFilter(known_ids=frozenset({"ann"}), profile_ids=frozenset({"one", "two"})),
            lambda row: row.profile_id is not None,
        ),
        "nobody": (EventFilter(known_ids=frozenset({"nobody"})), lambda row: False),
        "type": (EventFilter(types=frozenset({"fire"})), lambda row: row.type == "fire"),
        "time": (
            EventFilter(after=NOW - timedelta(seconds=200), before=NOW - timedelta(seconds=100)),
            lambda row: NOW - timedelta(seconds=200) <= row.at < NOW - timedelta(seconds=100),
        ),
        "text": (
            EventFilter(
                text=TextMatch(
                    camera_ids=frozenset({"yard"}),
                    known_ids=frozenset({"mine"}),
                    types=frozenset({"motion"}),
                    plate="*B1",
                )
            ),
            lambda row: (
                row.camera_id == "yard"
                or row.known_id == "mine"
                or row.type == "motion"
                or row.plate == "B[1]"
            ),
        ),
        "text at a camera": (
            EventFilter(
                text=TextMatch(camera_ids=frozenset({"yard"}), types=frozenset({"motion"})),
                camera_ids=frozenset({"door"}),
            ),
            lambda row: row.camera_id == "door" and row.type == "motion",
        ),
    }

    @pytest.mark.parametrize("newest", [20, 8000])
    @pytest.mark.parametrize("name", WANTED)
    async def test_pages(self, store, rows, name: str, newest: int, monkeypatch) -> None:
        monkeypatch.setattr(history_query, "_NEWEST", newest)
        wanted, is_meant = self.WANTED[name]
        expected = [row.id for row in rows if is_meant(row)]
        assert expected or name in ("no camera", "plate that is none", "nobody", "pattern of alarms")
        got: list[int] = []
        while page := await store.library.events(wanted, 7):
            got += [row.id for row in page]
            assert len(page) <= 7
            wanted = replace(wanted, cursor=(round(page[-1].at.timestamp() * 1000), page[-1].id))
        assert got == expected

    @pytest.mark.parametrize("few", [0, history_summary.FEW], ids=["counted", "read"])
    @pytest.mark.parametrize("name", sorted(WANTED.keys() - {"time"}))
    async def test_counts(self, store, rows, name: str, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(history_summary, "FEW", few)
        wanted, is_meant = self.WANTED[name]
        start, end = NOW - timedelta(seconds=240), NOW
        counts = await store.library.event_summary(wanted, start, end, 24)
        meant = [row for row in rows if is_meant(row) and start <= row.at < end]
        assert counts.totals == {
            **{str(kind): sum(row.kind is kind for row in meant) for kind in EventKind},
            "danger": sum(row.danger for row in meant),
            "favourite": sum(row.favourite for row in meant),
            "unknown": sum(
                row.known_id is None and row.kind in (EventKind.VISIT, EventKind.IDENTIFICATION)
                for row in meant
            ),
        }
        for number, slot in enumerate(counts.slots):
            begins = start + timedelta(seconds=10 * number)
            within = [row for row in meant if begins <= row.at < begins + timedelta(seconds=10)]
            assert slot == {
                **{str(kind): sum(row.kind is kind for row in within) for kind in EventKind},
                "danger": sum(row.danger for row in within),
            }
        assert counts.cameras == {
            camera: {
                str(kind): sum(row.kind is kind and row.camera_id == camera for row in meant)
                for kind in EventKind
            }
            for camera in {row.camera_id for row in meant}
        }

    @pytest.mark.parametrize(
        "rare",
        [{"danger": True}, {"favourite": True}, {"kinds": frozenset({EventKind.ALARM})}],
        ids=["danger", "favourites", "alarms"],
    )
    async def test_pattern_among_few_rows_looks_at_few(self, store, tmp_path: Path, rare) -> None:
        """What fits a pattern and is rare costs no look at each row that fits."""
        rows = [
            event(store, plate=f"AB{number}", danger=number % 500 == 0, favourite=number % 500 == 1)
            for number in range(3000)
        ]
        await asyncio.gather(
            *(store.commit(Commit(camera_id="gate", record="{}", event=row)) for row in rows)
        )
        steps = 0

        def count() -> None:
            nonlocal steps
            steps += 1

        with closing(sqlite3.connect(tmp_path / "store" / INDEX)) as connection:
            connection.set_progress_handler(count, 10)
            history_query.page(connection, EventFilter(plate="*B*", **rare), 50)
        assert steps < 300

    async def test_rows_by_their_numbers(self, store, rows) -> None:
        some = [rows[3].id, rows[1].id, 1]
        assert [row.id for row in await found(store, ids=frozenset(some))] == [rows[1].id, rows[3].id]
        assert await found(store, ids=frozenset()) == []
        assert await store.library.event(1) is None
        assert sorted(await store.library.event_types()) == ["fire", "identification", "motion", "online"]
