"""A history of a million rows: what a page of any question costs, a summary, and what a row adds to a commit.

    python -m tests.bench.history [FOLDER] [ROWS]

The folder is kept: a second run asks what the first one wrote.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
import random
import sqlite3
from statistics import median
import sys
from tempfile import gettempdir
import time

from custom_components.camera_push.domain.history import EventFilter, EventKind, HistoryEvent, TextMatch
from custom_components.camera_push.storage.archive import Archive
from custom_components.camera_push.storage.database import Database
from custom_components.camera_push.storage.history_query import page
from custom_components.camera_push.storage.history_summary import summary
from custom_components.camera_push.storage.model import Commit
from custom_components.camera_push.storage.retention import Retention
from custom_components.camera_push.storage.snapshot import INDEX, make
from tests.stores import folders_in

NOW = datetime(2026, 11, 20, tzinfo=UTC)
VEHICLE = {"make": "Ford", "model": "Explorer", "type": "SUV", "color": "BLACK", "view": "front"}
KNOWN = "01KNOWNVEHICLE00000000000"


def rows(count: int, chance: random.Random) -> list[HistoryEvent]:
    """Return the rows of a year: visits of a third as many plates, alarms, recognitions, cloud events."""
    letters, digits = "ABCDEFGHJKLMNPRSTUVWXYZ", "0123456789"
    plates = [
        "".join((*chance.choices(letters, k=2), *chance.choices(digits, k=3), *chance.choices(letters, k=2)))
        for _ in range(count // 3)
    ]
    found = []
    for number in range(count):
        kind = chance.choices(list(EventKind), [70, 20, 8, 2])[0]
        at = NOW - timedelta(seconds=(count - number) * 31_536_000 / count)
        more: dict = {"favourite": chance.random() < 0.001}
        if kind is EventKind.VISIT:
            is_known = chance.random() < 0.03
            more |= {"plate": "MYCAR1" if is_known else chance.choice(plates), "confidence": 0.93, "zone": 1}
            more |= {"known_id": KNOWN if is_known else None, "direction": "in", "vehicle": VEHICLE}
            more |= {"danger": chance.random() < 0.001, "picture": number, "plate_picture": number}
        elif kind is EventKind.IDENTIFICATION:
            more |= {"type": "identification", "profile_id": f"profile-{chance.randrange(2000)}", "age": 30}
        else:
            more |= {"type": chance.choice(["motion", "humanoid", "fire"])}
        found.append(
            HistoryEvent(
                id=number + 1,
                kind=kind,
                camera_id=f"CAM{chance.randrange(20):02d}",
                at=at,
                first_at=at,
                last_at=at,
                received_at=at,
                **more,
            )
        )
    return found


CAMERAS = frozenset(f"CAM{number:02d}" for number in range(20))
QUESTIONS = {
    "everything": EventFilter(),
    "everything, half a year ago": EventFilter(before=NOW - timedelta(days=180)),
    "one camera": EventFilter(camera_ids=frozenset({"CAM03"})),
    "alarms of three cameras": EventFilter(
        camera_ids=frozenset({"CAM03", "CAM04", "CAM05"}), kinds=frozenset({EventKind.ALARM})
    ),
    "unknown, of all kinds and cameras by name": EventFilter(
        camera_ids=CAMERAS, kinds=frozenset(EventKind), known=False
    ),
    "known": EventFilter(known=True),
    "known alarms (none)": EventFilter(known=True, kinds=frozenset({EventKind.ALARM})),
    "favorites": EventFilter(favourite=True),
    "danger of one camera": EventFilter(danger=True, camera_ids=frozenset({"CAM03"})),
    "one plate": EventFilter(plate="MYCAR1"),
    "part of many plates": EventFilter(plate="*12*"),
    "pattern, few": EventFilter(plate="AB1?3*"),
    "part of no plate": EventFilter(plate="*QQ*"),
    "person": EventFilter(known_ids=frozenset(), profile_ids=frozenset({"profile-7"})),
    "text": EventFilter(
        text=TextMatch(
            camera_ids=frozenset({"CAM01"}),
            known_ids=frozenset({KNOWN}),
            types=frozenset({"fire"}),
            plate="*FIRE*",
        )
    ),
}


def milliseconds(work: Callable[[], object], times: int = 5) -> float:
    """Return what something costs, the best of some times."""
    best = float("inf")
    for _ in range(times):
        begin = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begin)
    return best * 1000


def ask(index: Path, wanted: EventFilter) -> None:
    """Ask for a page, as the library does."""
    connection = sqlite3.connect(f"{index.as_uri()}?mode=ro", uri=True)
    page(connection, wanted, 50)
    connection.close()


def commit_costs(folder: Path, times: int = 400) -> tuple[float, float]:
    """Return what a commit costs in milliseconds, without a row of the history and with one."""
    archive = Archive(folders_in(folder), UTC, Retention())
    archive.open()
    costs: dict[bool, list[float]] = {False: [], True: []}
    for number, event in enumerate(rows(times, random.Random(3))):
        # One after the other: what else the machine does meanwhile, it does to both.
        for has_row, spent in costs.items():
            commit = Commit(
                camera_id="CAM00",
                record="{}" * 500,
                key=f"{has_row}{number}",
                event=event if has_row else None,
            )
            begin = time.perf_counter()
            archive.commit([commit])
            spent.append(time.perf_counter() - begin)
    archive.close()
    return median(costs[False]) * 1000, median(costs[True]) * 1000


def main(folder: Path, count: int) -> None:
    """Measure."""
    folder.mkdir(parents=True, exist_ok=True)
    index = folder / INDEX
    if not index.exists():
        database = Database(index)
        events = rows(count, random.Random(7))
        begin = time.perf_counter()
        for start in range(0, count, 1000):
            with database.transaction(durable=False):
                for event in events[start : start + 1000]:
                    database.history.put(event)
        print(f"written in {time.perf_counter() - begin:.0f} s")
        with database.transaction(durable=True):
            database.set_complete()
        database.close()
    print(f"{index.stat().st_size / 1e6:.0f} MB")
    for name, wanted in QUESTIONS.items():
        print(f"{name:45} {milliseconds(partial(ask, index, wanted)):7.1f} ms")
    connection = sqlite3.connect(index)
    for days in (1, 7, 30, 365):
        since = NOW - timedelta(days=days)
        cost = milliseconds(partial(summary, connection, EventFilter(), since, NOW, 96), 2)
        print(f"{f'summary of {days} days in 96 slots':45} {cost:7.1f} ms")
    connection.close()
    print(f"{'copy for a backup':45} {milliseconds(lambda: make(folders_in(folder)), 1):7.0f} ms")
    (folder / "index.backup.sqlite").unlink()
    without, with_row = commit_costs(folder / "commits")
    print(f"{'commit without a row, with one':45} {without:7.2f} ms {with_row:7.2f} ms")


if __name__ == "__main__":
    main(
        Path(sys.argv[1]) if len(sys.argv) > 1 else Path(gettempdir(), "camera-push-history"),
        int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000,
    )
