"""What the demo expected and what came, as a table."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Checks:
    """Collects the results of checks."""

    rows: list[tuple[bool, str, str]] = field(default_factory=list)

    def check(self, what: str, expected: Any, found: Any) -> None:
        """Compare what was found with what was expected."""
        passed = expected == found
        self.rows.append((passed, what, str(found) if passed else f"{found}, not {expected}"))
        print("." if passed else "F", end="", flush=True)

    async def eventually(
        self, what: str, expected: Any, find: Callable[[], Awaitable[Any]], seconds: float = 10
    ) -> None:
        """Compare, and give it some time to become true."""
        deadline = asyncio.get_running_loop().time() + seconds
        found = await find()
        while found != expected and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.2)
            found = await find()
        self.check(what, expected, found)

    def print(self) -> bool:
        """Print the table; return True when all passed."""
        print()
        width = max(len(what) for _, what, _ in self.rows)
        for passed, what, found in self.rows:
            print(f"{'ok  ' if passed else 'FAIL'}  {what:<{width}}  {found[:100]}")
        failed = sum(not passed for passed, _, _ in self.rows)
        print(f"\n{len(self.rows) - failed} checks passed, {failed} failed")
        return failed == 0
