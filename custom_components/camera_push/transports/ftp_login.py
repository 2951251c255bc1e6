"""The FTP user's password, which nobody is to guess."""

import asyncio
from collections.abc import Callable
from hmac import compare_digest
from typing import Final
from weakref import WeakValueDictionary

from ..domain.rates import Debts

# The time between a wrong password and the next one that is looked at, of an address, over all connections.
WRONG_PASSWORD_SECONDS: Final = 1
MAX_WRONG_PASSWORDS: Final = 3


class FtpLogin:
    """Checks user and password, one at a time of an address: nobody gains by more connections."""

    def __init__(self, username: str, password: str, logged_in: Callable[[str, bool], None]) -> None:
        """Tell `logged_in` of each attempt: address and success."""
        self._username = username.encode()
        self._password = password.encode()
        self._logged_in = logged_in
        self._wrong = Debts()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def check(self, address: str, username: str, password: str) -> bool:
        """Return whether user and password are right, at once or when it is the address's turn."""
        loop = asyncio.get_running_loop()
        lock = self._locks.setdefault(address, asyncio.Lock())
        async with lock:
            await asyncio.sleep(self._wrong.owed(address, loop.time()))
            is_right = compare_digest(username.encode(), self._username)
            is_right &= compare_digest(password.encode(), self._password)
            if not is_right:
                self._wrong.add(address, loop.time(), WRONG_PASSWORD_SECONDS)
        self._logged_in(address, is_right)
        return is_right
