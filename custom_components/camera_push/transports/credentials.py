"""Credentials that an entry's cameras have to send, and the count of wrong ones by address."""

from base64 import b64decode
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hmac import compare_digest
from typing import Final

# Failures in a row from one address that are no slip.
FAILURES_TO_REPORT: Final = 10
# Addresses that are counted at once; beyond that, those heard of longest ago are forgotten.
_MAX_ADDRESSES: Final = 1000


class AuthenticationKind(StrEnum):
    """How cameras prove that they may push."""

    NONE = "none"
    BASIC = "basic"
    HEADER = "header"


def _same(text: str, secret: str) -> bool:
    return compare_digest(text.encode("utf-8", "surrogateescape"), secret.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The credentials in a push's headers.

    For `header`, any header may carry the value: which one the cameras' custom header goes to
    is not documented, and the value is the secret.
    """

    kind: AuthenticationKind = AuthenticationKind.NONE
    username: str = ""
    password: str = ""
    header_value: str = ""

    def accept(self, headers: Mapping[str, str]) -> bool:
        """Tell whether a push with such headers may come in."""
        match self.kind:
            case AuthenticationKind.BASIC:
                return self._is_basic(headers.get("Authorization", ""))
            case AuthenticationKind.HEADER:
                return any(_same(value.strip(), self.header_value) for value in headers.values())
        return True

    def _is_basic(self, header: str) -> bool:
        scheme, _, encoded = header.partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            decoded = b64decode(encoded.strip(), validate=True).decode()
        except ValueError:
            return False
        username, _, password = decoded.partition(":")
        name_is_right = _same(username, self.username)
        return _same(password, self.password) and name_is_right

    @property
    def challenge(self) -> str:
        """Return the value of a WWW-Authenticate header."""
        if self.kind is AuthenticationKind.BASIC:
            return 'Basic realm="Camera Push", charset="UTF-8"'
        return 'Header realm="Camera Push"'


class FailedLogins:
    """Counts wrong credentials in a row by address."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, int] = OrderedDict()

    def failed(self, address: str) -> bool:
        """Count a failure; return True when there are enough to be reported."""
        count = self._failures.pop(address, 0) + 1
        self._failures[address] = count
        if len(self._failures) > _MAX_ADDRESSES:
            self._failures.popitem(last=False)
        return count == FAILURES_TO_REPORT

    def succeeded(self, address: str) -> bool:
        """Forget an address's failures; return True when they had been too many."""
        return self._failures.pop(address, 0) >= FAILURES_TO_REPORT
