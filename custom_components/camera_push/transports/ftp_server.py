"""aioftp's server, with its commands cut down to those that store, and nowhere to store."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from hmac import compare_digest
import logging
from pathlib import Path, PurePosixPath
from typing import Any, Final, cast, override
from weakref import WeakValueDictionary

import aioftp

from ..domain.errors import ProtocolError, Refusal
from ..domain.http_line import http_request_refused, is_http_request
from ..domain.media import MAX_PICTURE_BYTES
from ..domain.rates import Debts
from .ftp_session import FtpSession, Upload, is_temporary
from .ftp_settings import FtpSettings
from .limits import PushLimiter
from .locality import check_sender
from .memory import MemoryQuota, Reservation
from .push import too_large
from .shares import MAX_CONNECTIONS, MAX_CONNECTIONS_OF_ONE, ConnectionShares

_LOGGER = logging.getLogger(__name__)

MAX_FILE_BYTES: Final = MAX_PICTURE_BYTES
# In memory at once, over all connections.
MAX_WAITING_BYTES: Final = 64 * 1024 * 1024
# Silence that a camera may keep between commands: it can log in again, nothing is lost.
IDLE_TIMEOUT_SECONDS: Final = 15 * 60
LOGIN_SECONDS: Final = 30
DATA_CONNECTION_TIMEOUT_SECONDS: Final = 20
TRANSFER_TIMEOUT_SECONDS: Final = 60
# After a wrong password, the next one of the address is looked at so much later, whatever the connection.
WRONG_PASSWORD_SECONDS: Final = 1
MAX_WRONG_PASSWORDS: Final = 3
# Of one address, over a longer time; a file takes about six.
COMMANDS_PER_SECOND: Final = 200
COMMANDS_BURST_SECONDS: Final = 5
_BLOCK_BYTES: Final = 64 * 1024

# What a client may ask for; anything else that FTP knows would read, change or delete.
_FROM_LIBRARY: Final = frozenset(
    {"abor", "cdup", "cwd", "epsv", "mkd", "pass", "pasv", "pwd", "quit", "stor", "syst", "type", "user"}
)
# What some clients say first and that changes nothing here.
_POLITE: Final = frozenset({"allo", "clnt", "mode", "noop", "opts", "stru"})
_FEATURES: Final = ("Features:", "EPSV", "PASV", "SIZE", "UTF8", "End")
# Reply codes (RFC 959): a client tries again later after 4yz, and not after 5yz.
_CODES: Final = {
    Refusal.BUSY: "451",
    Refusal.UNAVAILABLE: "451",
    Refusal.INTERNAL: "451",
    Refusal.SIZE: "552",
}

type Receive = Callable[[PurePosixPath, bytes, str], Awaitable[None]]


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


class FtpServer(aioftp.Server):
    """Takes files in, and does nothing else: there is no disk behind it."""

    def __init__(
        self,
        settings: FtpSettings,
        receive: Receive,
        refused: Callable[[ProtocolError, str], None],
        logged_in: Callable[[str, bool], None],
        limiter: PushLimiter,
    ) -> None:
        """Call `receive` with each file's path and content and the sender's address."""
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
        self._receive = receive
        self._refused = refused
        self._logged_in = logged_in
        self._limiter = limiter
        self._quota = MemoryQuota(MAX_WAITING_BYTES)
        self._shares = ConnectionShares(MAX_CONNECTIONS, MAX_CONNECTIONS_OF_ONE)
        self._sessions: dict[asyncio.StreamWriter, FtpSession] = {}
        # What addresses owe for their commands, and for wrong passwords.
        self._debts = Debts()
        self._wrong = Debts()
        self._logins: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._files = 0
        self._refusals: Counter[str] = Counter()
        self._receiving: set[asyncio.Task[ProtocolError | None]] = set()
        for name in self.commands_mapping.keys() - _FROM_LIBRARY:
            self.commands_mapping[name] = self._denied
        for name in _POLITE:
            self.commands_mapping[name] = self._nothing
        self.commands_mapping |= {
            "feat": self._features,
            "size": self._size,
            "rnfr": self._rename_from,
            "rnto": self._rename_to,
            "port": self._no_active_mode,
            "eprt": self._no_active_mode,
        }

    def state(self) -> dict[str, Any]:
        """Return what there is to know about it, for diagnostics."""
        return {
            "connected": len(self._sessions),
            "gave_way": self._shares.gave_way,
            "files": self._files,
            "refused": dict(self._refusals),
            "waiting_bytes": self._quota.taken,
        }

    @override
    async def close(self) -> None:
        await super().close()
        await asyncio.gather(*self._receiving, return_exceptions=True)

    def _note_refused(self, error: ProtocolError, address: str, size: int = 0) -> None:
        self._refusals[error.refusal] += 1
        self._limiter.note_refused(error, address, size)
        self._refused(error, address)

    # The connection

    @override
    async def dispatcher(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Nobody is there if it was lost already.
        address: str = (writer.get_extra_info("peername") or ("",))[0]
        if not address:
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

        def hand_on(path: PurePosixPath, upload: Upload) -> None:
            self._begin_to_hand_on(path, upload, address)

        def end_without_login() -> None:
            if not place.is_trusted:
                writer.write(f"421 log in within {LOGIN_SECONDS} seconds\r\n".encode())
                error = ProtocolError("Nobody logged in in time.", Refusal.TIMEOUT)
                self._note_refused(error, address)
                task.cancel()

        session = self._sessions[writer] = FtpSession(place, hand_on)
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
        try:
            command, rest = await super().parse_command(stream, censor_commands)
        except UnicodeDecodeError:
            return "", ""
        except (OSError, TimeoutError, ValueError) as err:
            # The client is gone, silent for too long, or sends no commands. The library would
            # log each of these with a traceback; cancelling is its way to end in silence.
            raise asyncio.CancelledError from err
        session.place.note_activity()
        if is_http_request(f"{command.upper()} {rest}".encode()):
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

    # What changes nothing

    async def _denied(self, connection: aioftp.Connection, rest: str) -> bool:
        connection.response("550", "this server only takes files")
        return True

    async def _nothing(self, connection: aioftp.Connection, rest: str) -> bool:
        connection.response("200", "")
        return True

    async def _features(self, connection: aioftp.Connection, rest: str) -> bool:
        connection.response("211", _FEATURES, True)
        return True

    async def _no_active_mode(self, connection: aioftp.Connection, rest: str) -> bool:
        connection.response("502", "active mode is not offered: use passive mode (PASV or EPSV)")
        return True

    # Folders: any one is there as soon as somebody goes there.

    @override
    async def cwd(self, connection: aioftp.Connection, rest: str | PurePosixPath) -> bool:
        if not _is_logged_in(connection):
            return True
        _, connection.current_directory = self.get_paths(connection, rest)
        connection.response("250", "")
        return True

    @override
    async def mkd(self, connection: aioftp.Connection, rest: str | PurePosixPath) -> bool:
        if not _is_logged_in(connection):
            return True
        _, path = self.get_paths(connection, rest)
        connection.response("257", f'"{path}"')
        return True

    # Files

    async def _size(self, connection: aioftp.Connection, rest: str) -> bool:
        if not _is_logged_in(connection):
            return True
        _, path = self.get_paths(connection, rest)
        size = self._session(connection).size(path)
        if size is None:
            connection.response("550", "only files of this session are known")
        else:
            connection.response("213", str(size))
        return True

    async def _rename_from(self, connection: aioftp.Connection, rest: str) -> bool:
        if not _is_logged_in(connection):
            return True
        session = self._session(connection)
        _, path = self.get_paths(connection, rest)
        session.renaming = path if session.size(path) is not None else None
        if session.renaming is None:
            connection.response("550", "only files of this session are known")
        else:
            connection.response("350", "say RNTO next")
        return True

    async def _rename_to(self, connection: aioftp.Connection, rest: str) -> bool:
        """Give a file its name; one that waited for it is handed on, another one was already."""
        if not _is_logged_in(connection):
            return True
        session = self._session(connection)
        old, session.renaming = session.renaming, None
        if old is None:
            connection.response("503", "say RNFR first")
            return True
        _, new = self.get_paths(connection, rest)
        session.rename(old, new)
        if not session.is_kept(old):
            connection.response("250", "renamed")
        elif is_temporary(new):
            session.keep(new, session.take(old))
            connection.response("250", "renamed")
        else:
            upload = session.take(old)
            error = await asyncio.shield(self._begin_to_hand_on(new, upload, session.place.address))
            _reply(connection, "250", error)
        return True

    @override
    async def stor(self, connection: aioftp.Connection, rest: str | PurePosixPath, mode: str = "wb") -> bool:
        if not _is_logged_in(connection):
            return True
        if not connection.future.passive_server.done():
            connection.response("503", "say PASV or EPSV first")
            return True
        await self._limiter.async_take_turn_to_decode(connection.client_host)
        _, path = self.get_paths(connection, rest)
        connection.extra_workers.add(asyncio.create_task(self._store(connection, path)))
        connection.response("150", "go ahead")
        return True

    async def _store(self, connection: aioftp.Connection, path: PurePosixPath) -> bool:
        try:
            error = await self._take_in(connection, path)
        except ProtocolError as err:
            _reply(connection, "226", err)
        except TimeoutError:
            connection.response("425", "no data connection, or too slow")
        except OSError:
            connection.response("426", "the data connection was lost")
        except asyncio.CancelledError:
            # Asked for by the client (ABOR), or the connection is closing and nobody reads this.
            connection.response("426", "transfer aborted")
            connection.response("226", "abort successful")
        else:
            _reply(connection, "226", error)
        return True

    async def _take_in(self, connection: aioftp.Connection, path: PurePosixPath) -> ProtocolError | None:
        """Read a file and hand it on; return why it was refused then, None if it was taken."""
        session = self._session(connection)
        upload = await self._read(connection, session.place.address)
        if is_temporary(path):
            session.note_size(path, len(upload.content))
            session.keep(path, upload)
            return None
        # All of it is here: a client that hangs up now does not take it back.
        error = await asyncio.shield(self._begin_to_hand_on(path, upload, session.place.address))
        if error is None:
            session.note_size(path, len(upload.content))
        return error

    async def _read(self, connection: aioftp.Connection, address: str) -> Upload:
        """Return what comes through the data connection; raises ProtocolError, OSError or TimeoutError."""
        async with asyncio.timeout(DATA_CONNECTION_TIMEOUT_SECONDS):
            await asyncio.shield(connection["data_connection"])
        if not connection.future.data_connection.done():
            # Somebody asked twice, and the other one has it.
            raise TimeoutError
        stream: aioftp.ThrottleStreamIO = connection.data_connection
        del connection.data_connection
        content = bytearray()
        reservation = Reservation(self._quota)
        try:
            async with stream, asyncio.timeout(TRANSFER_TIMEOUT_SECONDS):
                _check_sender(stream, address)
                while data := await stream.read(_BLOCK_BYTES):
                    _check_size(len(content) + len(data))
                    reservation.take(len(data))
                    content += data
        except BaseException as err:
            reservation.give_back_all()
            if isinstance(err, ProtocolError):
                self._note_refused(err, address, len(content))
            raise
        return Upload(bytes(content), reservation)

    def _begin_to_hand_on(
        self, path: PurePosixPath, upload: Upload, address: str
    ) -> asyncio.Task[ProtocolError | None]:
        task = asyncio.get_running_loop().create_task(self._hand_on(path, upload, address))
        self._receiving.add(task)
        task.add_done_callback(self._receiving.discard)
        return task

    async def _hand_on(self, path: PurePosixPath, upload: Upload, address: str) -> ProtocolError | None:
        """Hand a file on; return why it was refused, as there may be nobody left to take an error."""
        try:
            await self._receive(path, upload.content, address)
        except ProtocolError as err:
            self._note_refused(err, address, len(upload.content))
            return err
        except Exception:
            _LOGGER.exception("Error while handling a file from %s", address)
            return ProtocolError("Home Assistant could not handle the file.", Refusal.INTERNAL)
        finally:
            upload.reservation.give_back_all()
        self._files += 1
        return None


def _check_sender(stream: aioftp.StreamIO, address: str) -> None:
    if (stream.writer.get_extra_info("peername") or ("",))[0] != address:
        raise ProtocolError("The data connection came from somewhere else.", Refusal.IDENTITY)


def _check_size(size: int) -> None:
    if size > MAX_FILE_BYTES:
        raise too_large("The file", MAX_FILE_BYTES)


def _reply(connection: aioftp.Connection, code: str, error: ProtocolError | None) -> None:
    """Say that a file was taken, with a code, or why not."""
    if error is None:
        connection.response(code, "taken")
    else:
        connection.response(_CODES.get(error.refusal, "550"), error.sentence)


def _is_logged_in(connection: aioftp.Connection) -> bool:
    if connection.future.logged.done():
        return True
    connection.response("530", "log in first")
    return False
