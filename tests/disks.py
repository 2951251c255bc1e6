"""Disks that are slow, or take nothing for a while."""

from collections.abc import Iterator
import contextlib
import os
import resource
import threading
import time
from unittest.mock import patch

from custom_components.camera_push.storage.archive import Archive
from custom_components.camera_push.storage.database import Database


@contextlib.contextmanager
def stalled_disk() -> Iterator[threading.Event]:
    """Have the disk take nothing until the event is set."""
    go_on = threading.Event()
    commit = Archive.commit

    def wait(archive, *args):
        assert go_on.wait(60)
        return commit(archive, *args)

    with patch.object(Archive, "commit", wait):
        try:
            yield go_on
        finally:
            go_on.set()


@contextlib.contextmanager
def full_disk() -> Iterator[None]:
    """Have no file grow, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextlib.contextmanager
def slow_disk(seconds: float = 0.5) -> Iterator[None]:
    """Have each sync of a file take its time, and each commit of the index."""
    fsync = os.fsync

    def slow(descriptor: int) -> None:
        time.sleep(seconds)
        fsync(descriptor)

    transaction = Database.transaction

    @contextlib.contextmanager
    def slow_transaction(self, *, durable: bool):
        with transaction(self, durable=durable):
            yield
            time.sleep(seconds)

    with patch("os.fsync", slow), patch.object(Database, "transaction", slow_transaction):
        yield
