"""The one error that a push can cause."""

from enum import StrEnum
from http import HTTPStatus
from typing import Any


class Refusal(StrEnum):
    """Why a push was not accepted."""

    BUSY = "busy"
    MAX_CAMERAS = "max_cameras"
    CREDENTIALS = "credentials"
    DISCONNECTED = "disconnected"
    ENCODING = "encoding"
    FIELD = "field"
    FORMAT = "format"
    HTTP = "http"
    IDENTITY = "identity"
    METHOD = "method"
    NETWORK = "network"
    PICTURE = "picture"
    SIZE = "size"
    TIMEOUT = "timeout"
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"
    UNDECODED = "undecoded"
    INTERNAL = "internal"


_STATUS = {
    Refusal.BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
    Refusal.MAX_CAMERAS: HTTPStatus.FORBIDDEN,
    Refusal.CREDENTIALS: HTTPStatus.UNAUTHORIZED,
    Refusal.NETWORK: HTTPStatus.FORBIDDEN,
    Refusal.METHOD: HTTPStatus.METHOD_NOT_ALLOWED,
    Refusal.FORMAT: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Refusal.SIZE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Refusal.TIMEOUT: HTTPStatus.REQUEST_TIMEOUT,
    Refusal.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
    Refusal.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
    Refusal.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    Refusal.UNDECODED: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
}


class ProtocolError(Exception):
    """A push that cannot be accepted, with one sentence that a user understands.

    `refusal` is the reason as a word; the HTTP status follows from it (400 unless the
    reason has a better one). The sentence never repeats what the push contained. `structure` is
    that of the push with all values masked, where it is known.
    """

    def __init__(
        self, sentence: str, refusal: Refusal = Refusal.FIELD, structure: dict[str, Any] | None = None
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.refusal = refusal
        self.structure = structure or {}

    @property
    def status(self) -> HTTPStatus:
        """Return the HTTP status that tells a sender what happened."""
        return _STATUS.get(self.refusal, HTTPStatus.BAD_REQUEST)


def internal_error() -> ProtocolError:
    """Return the error for a push that failed because of us."""
    return ProtocolError("Home Assistant could not handle the push.", Refusal.INTERNAL)


def unavailable() -> ProtocolError:
    """Return the error for a push to an entry that is not loaded, or not any more."""
    return ProtocolError("Home Assistant does not take pushes right now; try again.", Refusal.UNAVAILABLE)
