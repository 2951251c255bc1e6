"""The rows of the history counted by day and by 32 days: a summary of a year does not look at each row."""

from typing import Final

# Milliseconds; days are those of UTC.
DAY: Final = 86_400_000
# Periods in days: many days are summed up from the longer ones.
PERIODS: Final = (1, 32)
_COLUMNS: Final = "kind, camera, is_known, danger, favourite"


def _key(row: str, days: int) -> str:
    """Return the key under which a row (event, NEW or OLD) is counted in periods of so many days."""
    columns = ", ".join(f"{row}.{column}" for column in _COLUMNS.split(", "))
    return f"{days}, {row}.at / {days * DAY}, {columns}"


_KEY: Final = f"days, number, {_COLUMNS}"
_ADD: Final = " ".join(
    f"INSERT INTO event_count VALUES ({_key('NEW', days)}, 1) "  # noqa: S608  # Fixed names.
    f"ON CONFLICT ({_KEY}) DO UPDATE SET rows = rows + 1;"
    for days in PERIODS
)
_TAKE_AWAY: Final = " ".join(
    f"UPDATE event_count SET rows = rows - 1 WHERE ({_KEY}) = ({key}); "  # noqa: S608  # See above.
    f"DELETE FROM event_count WHERE ({_KEY}) = ({key}) AND rows = 0;"
    for key in (_key("OLD", days) for days in PERIODS)
)
_ALL: Final = " UNION ALL ".join(
    f"SELECT {_key('event', days)}, COUNT(*) FROM event GROUP BY at / {days * DAY}, {_COLUMNS}"  # noqa: S608  # See above.
    for days in PERIODS
)
# Triggers: whatever changes rows, the counts are right in the same transaction.
SCHEMA: Final = f"""
CREATE TABLE IF NOT EXISTS event_count (
    days INTEGER NOT NULL, number INTEGER NOT NULL, kind INTEGER NOT NULL, camera INTEGER NOT NULL,
    is_known INTEGER NOT NULL, danger INTEGER NOT NULL, favourite INTEGER NOT NULL, rows INTEGER NOT NULL,
    PRIMARY KEY ({_KEY})
) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS event_added AFTER INSERT ON event BEGIN {_ADD} END;
CREATE TRIGGER IF NOT EXISTS event_deleted AFTER DELETE ON event BEGIN {_TAKE_AWAY} END;
CREATE TRIGGER IF NOT EXISTS event_changed AFTER UPDATE OF at, is_known, danger, favourite ON event
    WHEN ({_key("OLD", 1)}) IS NOT ({_key("NEW", 1)}) BEGIN {_TAKE_AWAY} {_ADD} END;
DELETE FROM event_count;
INSERT INTO event_count {_ALL};
"""  # noqa: S608  # See above.
