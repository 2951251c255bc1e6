"""Changes of the history: made in the store's thread, and told to whoever follows it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from ..domain.history import HistoryEvent
from .archive import Archive
from .history import HistoryTable
from .media_cache import MediaCache

# Called with the numbers of the history's rows that were written or changed, and of those that were deleted.
type HistoryListener = Callable[[frozenset[int], frozenset[int]], None]


class Run(Protocol):
    """Runs a function in the store's thread; raises StoreError for what the disk does not take."""

    async def __call__[**P, T](self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `function` returns."""


class HistoryChanges:
    """What is changed in the history beside what messages add to it."""

    def __init__(self, run: Run, archive: Archive, cache: MediaCache) -> None:
        self._run = run
        self._archive = archive
        self._cache = cache
        self._listeners: set[HistoryListener] = set()

    def on_changed(self, listener: HistoryListener) -> Callable[[], None]:
        """Have rows that are written, changed or deleted told; return what ends that."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    def tell(self, changed: Iterable[int] = (), deleted: Iterable[int] = ()) -> None:
        """Tell which rows were written or changed, and which were deleted."""
        numbers, gone = frozenset(changed), frozenset(deleted)
        if numbers or gone:
            for listener in list(self._listeners):
                listener(numbers, gone)

    async def _change[T](self, change: Callable[[HistoryTable], T], *, durable: bool = True) -> T:
        return await self._run(self._archive.change_history, change, durable=durable)

    async def set_favourite(self, number: int, *, favourite: bool) -> bool:
        """Mark a row with its media, or release it; tell whether there is such a row. Raises StoreError."""
        found = await self._change(lambda history: history.set_favourite(number, favourite=favourite))
        self.tell({number} if found else ())
        return found

    async def correct_plate(self, number: int, plate: str, known_id: str | None) -> HistoryEvent | None:
        """Put a visit's plate right; None if there is no such visit. Raises StoreError."""
        event = await self._change(lambda history: history.correct(number, plate, known_id))
        self.tell({number} if event is not None else ())
        return event

    async def set_known(self, numbers: Sequence[int], known_id: str | None) -> None:
        """Say of rows which known vehicle or person they are about; raises StoreError."""
        await self._change(lambda history: history.set_known(numbers, known_id), durable=False)
        self.tell(numbers)

    async def set_known_profile(
        self, profile_id: str, known_id: str | None, minimum_confidence: float
    ) -> None:
        """Say of a profile's rows which known person they are about; raises StoreError."""
        self.tell(
            await self._change(
                lambda history: history.set_known_profile(profile_id, known_id, minimum_confidence),
                durable=False,
            )
        )

    async def delete(self, numbers: Sequence[int], keep: frozenset[int]) -> list[int]:
        """Delete rows with their media, but for those in `keep`; return them. Raises StoreError."""
        deleted = await self._run(self._archive.delete_events, numbers, keep)
        self._cache.clear()
        self.tell(deleted=deleted)
        return deleted
