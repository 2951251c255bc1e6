"""Summaries of long times: of whole days, the history's rows are counted as they are written and changed."""

import asyncio
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
import random
import sqlite3

import pytest

from custom_components.camera_push.domain.history import EventFilter, EventKind, HistoryEvent
from custom_components.camera_push.storage.history_summary import summary
from custom_components.camera_push.storage.model import Commit
from custom_components.camera_push.storage.retention import Retention
from custom_components.camera_push.storage.snapshot import INDEX
from custom_components.camera_push.storage.store import Store
from tests.stores import folders_in

NOW = datetime(2026, 11, 24, 17, 5, 1, 250_000, UTC)
ROWS = 2000


async def write(store: Store, rows: Sequence[HistoryEvent]) -> None:
    await asyncio.gather(
        *(store.commit(Commit(camera_id=it.camera_id, record="{}", event=it, durable=False)) for it in rows)
    )


@pytest.fixture
async def store(tmp_path: Path):
    """Return a store with a history of 200 days whose rows were changed, put right, marked and deleted."""
    it = Store(folders_in(tmp_path), UTC, Retention())
    await it.open()
    chance = random.Random(5)
    rows = []
    for _ in range(ROWS):
        at = NOW - timedelta(days=200 * chance.random())
        kind = chance.choice(list(EventKind))
        rows.append(
            HistoryEvent(
                id=it.new_media_id(),
                kind=kind,
                camera_id=chance.choice(["gate", "yard", "door"]),
                at=at,
                first_at=at,
                last_at=at,
                received_at=at,
                danger=chance.random() < 0.1,
                plate=f"AB{chance.randrange(50)}" if kind is EventKind.VISIT else None,
                confidence=0.5,
                profile_id=f"p{chance.randrange(9)}" if kind is EventKind.IDENTIFICATION else None,
            )
        )
    await write(it, rows)
    # Visits go on: their best reading is hours later, and one of them turns out to be a danger.
    visits = [row for row in rows if row.kind is EventKind.VISIT]
    await write(it, [replace(row, at=row.at + timedelta(hours=20), confidence=0.9) for row in visits[:100]])
    await write(it, [replace(row, danger=True) for row in visits[100:150]])
    await it.history.set_known([row.id for row in visits[50:250]], "mine")
    await it.history.set_known([row.id for row in visits[200:220]], None)
    await it.history.set_known_profile("p3", "somebody", 0.0)
    for row in rows[:40]:
        await it.history.set_favourite(row.id, favourite=True)
    await it.history.set_favourite(rows[3].id, favourite=False)
    for row in visits[5:10]:
        await it.history.correct_plate(row.id, "XY1", "mine")
    await it.history.delete([row.id for row in rows[500:700]], frozenset())
    await it.forget_camera("door")
    yield it
    await it.close()


FILTERS = (
    EventFilter(),
    EventFilter(camera_ids=frozenset({"yard"})),
    EventFilter(camera_ids=frozenset()),
    EventFilter(kinds=frozenset({EventKind.VISIT, EventKind.ALARM})),
    EventFilter(known=True),
    EventFilter(known=False, kinds=frozenset({EventKind.VISIT})),
    EventFilter(favourite=True),
    EventFilter(danger=True),
    EventFilter(danger=False, favourite=False),
)


@pytest.mark.parametrize(
    ("begin", "length", "slots"),
    [
        (timedelta(days=199), timedelta(days=199), 96),
        (timedelta(days=180, hours=3), timedelta(days=150), 7),
        (timedelta(days=200), timedelta(days=205), 400),
        (timedelta(days=60), timedelta(hours=30), 5),
        (timedelta(days=60), timedelta(days=3), 6),
        (timedelta(days=90), timedelta(days=60), 1),
        (timedelta(days=40), timedelta(minutes=10), 2),
    ],
)
async def test_summary(store: Store, begin: timedelta, length: timedelta, slots: int) -> None:
    for wanted in FILTERS:
        await check(store, wanted, NOW - begin, length, slots)


async def check(store: Store, wanted: EventFilter, start: datetime, length: timedelta, slots: int) -> None:
    """Compare a summary with the rows themselves."""
    end = start + length
    rows = await store.library.events(replace(wanted, after=start, before=end), ROWS)
    counts = await store.library.event_summary(wanted, start, end, slots)
    assert counts.totals == {
        **{str(kind): sum(row.kind is kind for row in rows) for kind in EventKind},
        "danger": sum(row.danger for row in rows),
        "favourite": sum(row.favourite for row in rows),
        "unknown": sum(row.known_id is None and row.kind in ("visit", "identification") for row in rows),
    }
    assert counts.cameras == {
        camera: {
            str(kind): sum(row.kind is kind and row.camera_id == camera for row in rows) for kind in EventKind
        }
        for camera in {row.camera_id for row in rows}
    }
    for number, slot in enumerate(counts.slots):
        begins, ends = start + number * (length / slots), start + (number + 1) * (length / slots)
        within = [row for row in rows if begins <= row.at < ends]
        assert slot == {
            **{str(kind): sum(row.kind is kind for row in within) for kind in EventKind},
            "danger": sum(row.danger for row in within),
        }


async def test_a_year_is_summed_up_without_a_look_at_each_row(store: Store, tmp_path: Path) -> None:
    now = NOW - timedelta(days=100)
    await write(
        store,
        [
            HistoryEvent(
                id=store.new_media_id(),
                kind=EventKind.ALARM,
                camera_id="gate",
                at=now,
                first_at=now,
                last_at=now,
                received_at=now,
                type="motion",
            )
            for _ in range(20_000)
        ],
    )
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 100

    start, end = NOW - timedelta(days=205), NOW
    with closing(sqlite3.connect(tmp_path / INDEX)) as connection:
        connection.set_progress_handler(count, 100)
        counts = summary(connection, EventFilter(), start, end, 5)
    assert counts.totals["alarm"] > 20_000
    assert steps < 100_000


async def test_index_of_an_earlier_release_is_counted_once(store: Store, tmp_path: Path) -> None:
    start, end = NOW - timedelta(days=205), NOW
    before = await store.library.event_summary(EventFilter(), start, end, 5)
    await store.close()
    with closing(sqlite3.connect(tmp_path / INDEX)) as connection, connection:
        for name in ("event_added", "event_changed", "event_deleted"):
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DROP TABLE event_count")
        connection.execute("PRAGMA user_version=3")
    for _ in range(2):
        again = Store(folders_in(tmp_path), UTC, Retention())
        await again.open()
        assert await again.library.event_summary(EventFilter(), start, end, 5) == before
        await again.close()
