"""Ids that cameras give themselves: opaque, kept as they are, but never trusted."""

from functools import lru_cache
import hashlib
import re

from .errors import ProtocolError, Refusal

MAX_ID_LENGTH = 64
_PATH_CHARACTERS = frozenset("/\\")
_UNSAFE_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def checked_camera_id(value: object, field: str, *, ascii_only: bool) -> str:
    """Return `value` as a camera id, unchanged.

    `field` is the wire's word for it and goes into the error. Raises ProtocolError when it is
    missing, no text, empty, over 64 characters, or holds what no id needs: control and
    invisible characters, path separators, a path such as "..", or leading/trailing blanks.
    """
    if value is None or value == "":
        raise ProtocolError(f"The field {field} is missing or empty.", Refusal.IDENTITY)
    if not isinstance(value, str):
        raise ProtocolError(f"The field {field} is not a text.", Refusal.IDENTITY)
    if len(value) > MAX_ID_LENGTH:
        raise ProtocolError(f"The field {field} is longer than {MAX_ID_LENGTH} characters.", Refusal.IDENTITY)
    if (
        not value.isprintable()
        or value != value.strip()
        or (ascii_only and not value.isascii())
        or not _PATH_CHARACTERS.isdisjoint(value)
        or not value.strip(".")
    ):
        raise ProtocolError(f"The field {field} holds characters that an id cannot have.", Refusal.IDENTITY)
    return value


@lru_cache(maxsize=1024)
def folder_name(camera_id: str) -> str:
    """Return a folder name for a camera id: readable, safe on every file system, unique.

    What is not plain ASCII is replaced and then a digest keeps two ids apart; so it does for
    ids that differ only in case, because some file systems fold it.
    """
    safe = _UNSAFE_IN_A_NAME.sub("_", camera_id).strip("._-") or "camera"
    if safe == camera_id and safe == safe.upper():
        return safe
    digest = hashlib.blake2b(camera_id.encode(), digest_size=4).hexdigest()
    return f"{safe}-{digest}"
