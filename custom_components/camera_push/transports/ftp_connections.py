"""Who may connect to an FTP server, log in, and how fast commands may come."""

from abc import ABC, abstractmethod
import asyncio
from collections import Counter
from collections.abc import Callable
from functools import partial
from hmac import compare_digest
from pathlib import Path, PurePosixPath
from typing import Any, Final, cast, override
from weakref import WeakValueDictionary

import aioftp

from ..domain.errors import ProtocolError, Refusal
from ..domain.http_line import http_request_refused, is_http_request
from ..domain.rates import Debts
from .ftp_session import FtpSession, Upload
from .ftp_settings import FtpSettings
from .limits import PushLimiter
from .locality import check_sender
from .shares import MAX_CONNECTIONS, MAX_CONNECTIONS_OF_ONE, ConnectionShares

# Silence that a camera may keep between commands: it can log in again, nothing is lost.
IDLE_TIMEOUT_SECONDS: Final = 15 * 60
LOGIN_SECONDS: Final = 30
# The time between a wrong password and the next one that is looked at, of an address, over all connections.
WRONG_PASSWORD_SECONDS: Final = 1
MAX_WRONG_PASSWORDS: Final = 3
# Of one address, over a longer time; a file takes about six.
COMMANDS_PER_SECOND: Final = 200
COMMANDS_BURST_SECONDS: Final = 5
DATA_CONNECTION_TIMEOUT_SECONDS: Final = 20
TRANSFER_TIMEOUT_SECONDS: Final = 60


class _Users(aioftp.AbstractUserManager):
    """Asks everybody for a password: it is not told which names there are."""

    def __init__(self) -> None:
        super().__init__()
        self._user = aioftp.User()

    @override
    async def get_user(
        self, login: str
    ) -> tuple[aioftp.AbstractUserManager.GetUserResponse, aioftp.User | None, str]:
        return self.GetUserResponse.PASSWORD_REQUIRED, self._user, "password required"

    @override
    async def authenticate(self, user: aioftp.User, password: str) -> bool:
        # The server does, which knows the name.
        return False


class FtpConnections(aioftp.Server, ABC):
    """aioftp's server: it knows its clients, and lets nobody guess passwords or fill the memory."""

    def __init__(
        self,
        settings: FtpSettings,
        refused: Callable[[ProtocolError, str], None],
        logged_in: Callable[[str, bool], None],
        limiter: PushLimiter,
    ) -> None:
        """Tell `refused` of each refusal, and `logged_in` of each attempt: address and success."""
        super().__init__(
            _Users(),
            idle_timeout=IDLE_TIMEOUT_SECONDS,
            socket_timeout=TRANSFER_TIMEOUT_SECONDS,
            wait_future_timeout=DATA_CONNECTION_TIMEOUT_SECONDS,
            ipv4_pasv_forced_response_address=settings.passive_address,
            data_ports=settings.passive_ports,
            path_io_factory=cast("type[aioftp.AbstractPathIO[Path]]", aioftp.MemoryPathIO),
            welcome_message="Camera Push",
        )
        self._settings = settings
        self._refused = refused
        self._logged_in = logged_in
        self._limiter = limiter
        self._shares = ConnectionShares(MAX_CONNECTIONS, MAX_CONNECTIONS_OF_ONE)
        self._sessions: dict[asyncio.StreamWriter, FtpSession] = {}
        # The debts of addresses for their commands, and for wrong passwords.
        self._debts = Debts()
        self._wrong = Debts()
        self._logins: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._refusals: Counter[str] = Counter()

    def connections_state(self) -> dict[str, Any]:
        """Return the numbers of its connections, for diagnostics."""
        return {
            "connected": len(self._sessions),
            "gave_way": self._shares.gave_way,
            "refused": dict(self._refusals),
        }

    @abstractmethod
    def _hand_on_unnamed(self, address: str, path: PurePosixPath, upload: Upload) -> None:
        """Take a file whose final name never came."""

    def _note_refused(self, error: ProtocolError, address: str, size: int = 0) -> None:
        self._refusals[error.refusal] += 1
        self._limiter.note_refused(error, address, size)
        self._refused(error, address)

    # The connection

    @override
    async def dispatcher(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Nobody is there if it was lost already, or we closed meanwhile.
        address: str = (writer.get_extra_info("peername") or ("",))[0]
        if not address or writer.is_closing():
            writer.close()
            return
        try:
            check_sender(address, self._settings.networks)
        except ProtocolError as err:
            writer.close()
            self._note_refused(err, address)
            return
        task = cast("asyncio.Task[None]", asyncio.current_task())
        place = self._shares.enter(address, task.cancel)

        def end_without_login() -> None:
            if not place.is_trusted:
                writer.write(f"421 log in within {LOGIN_SECONDS} seconds\r\n".encode())
                error = ProtocolError("Nobody logged in in time.", Refusal.TIMEOUT)
                self._note_refused(error, address)
                task.cancel()

        session = self._sessions[writer] = FtpSession(place, partial(self._hand_on_unnamed, address))
        timer = asyncio.get_running_loop().call_later(LOGIN_SECONDS, end_without_login)
        try:
            await super().dispatcher(reader, writer)
        finally:
            timer.cancel()
            self._shares.leave(place)
            del self._sessions[writer]
            session.close()

    def _session(self, connection: aioftp.Connection) -> FtpSession:
        return self._sessions[connection.command_connection.writer]

    @override
    async def response_writer(self, stream: aioftp.StreamIO, response_queue: asyncio.Queue[Any]) -> None:
        self._sessions[stream.writer].replies = response_queue
        await super().response_writer(stream, response_queue)

    @override
    async def parse_command(
        self, stream: aioftp.StreamIO, censor_commands: tuple[str] = ("pass",)
    ) -> tuple[str, str]:
        session = self._sessions[stream.writer]
        await self._pace(session)
        command = rest = ""
        try:
            command, rest = await super().parse_command(stream, censor_commands)
            line = f"{command.upper()} {rest}".encode()
        except UnicodeDecodeError as err:
            line = bytes(err.object)
        except (OSError, TimeoutError, ValueError) as err:
            # The client is gone, silent for too long, or sends no commands. The library would
            # log each of these with a traceback; cancelling is its way to end in silence.
            raise asyncio.CancelledError from err
        session.place.note_activity()
        if is_http_request(line):
            self._note_refused(http_request_refused(), session.place.address)
            raise asyncio.CancelledError
        return command, rest

    async def _pace(self, session: FtpSession) -> None:
        """Return when the next command may come: when all replies are read, and a login is decided."""
        if session.replies is not None:
            await session.replies.join()
        async with session.login:
            pass
        now = asyncio.get_running_loop().time()
        address = session.place.address
        self._debts.add(address, now, 1 / COMMANDS_PER_SECOND)
        if (wait := self._debts.owed(address, now) - COMMANDS_BURST_SECONDS) > 0:
            await asyncio.sleep(wait)

    @override
    async def write_response(
        self,
        stream: aioftp.StreamIO,
        code: str,
        lines: str = "",
        list: bool = False,  # The library's signature.
    ) -> None:
        try:
            await super().write_response(stream, code, lines, list)
        except (OSError, TimeoutError) as err:
            raise asyncio.CancelledError from err

    # Login

    @override
    async def user(self, connection: aioftp.Connection, rest: str) -> bool:
        self._session(connection).username = rest
        return await super().user(connection, rest)

    @override
    async def pass_(self, connection: aioftp.Connection, rest: str) -> bool:
        if not connection.future.user.done():
            connection.response("503", "say USER first")
            return True
        session = self._session(connection)
        address = session.place.address
        login = self._logins.setdefault(address, asyncio.Lock())
        async with session.login:
            if session.wrong_passwords >= MAX_WRONG_PASSWORDS:
                return False
            # Nobody gains by more connections.
            async with login:
                now = asyncio.get_running_loop().time()
                await asyncio.sleep(self._wrong.owed(address, now))
                if self._is_right(session.username, rest):
                    session.place.is_trusted = True
                    self._logged_in(address, True)
                    connection.logged = True
                    connection.response("230", "logged in")
                    return True
                now = asyncio.get_running_loop().time()
                self._wrong.add(address, now, WRONG_PASSWORD_SECONDS)
            session.wrong_passwords += 1
        self._logged_in(address, False)
        connection.response("530", "wrong user or password")
        return session.wrong_passwords < MAX_WRONG_PASSWORDS

    def _is_right(self, username: str, password: str) -> bool:
        name_is_right = compare_digest(username.encode(), self._settings.username.encode())
        return compare_digest(password.encode(), self._settings.password.encode()) and name_is_right
