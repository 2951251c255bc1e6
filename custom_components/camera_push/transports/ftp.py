"""An FTP server that files can be given to, and nothing else: there is no disk behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hmac import compare_digest
import logging
from pathlib import Path, PurePosixPath
from typing import Any, Final, cast, override

import aioftp

from ..domain.errors import ProtocolError, Refusal
from ..domain.media import MAX_PICTURE_BYTES
from .contracts import Receiver
from .memory import MemoryQuota, Reservation
from .push import too_large

_LOGGER = logging.getLogger(__name__)

MAX_CONNECTIONS: Final = 128
MAX_FILE_BYTES: Final = MAX_PICTURE_BYTES
# In memory at once, over all connections.
MAX_WAITING_BYTES: Final = 64 * 1024 * 1024
# Silence that a camera may keep between commands: it can log in again, nothing is lost.
IDLE_TIMEOUT_SECONDS: Final = 15 * 60
DATA_CONNECTION_TIMEOUT_SECONDS: Final = 20
TRANSFER_TIMEOUT_SECONDS: Final = 60
_WRONG_PASSWORD_DELAY_SECONDS: Final = 1
_BLOCK_BYTES: Final = 64 * 1024

# What a client may ask for; anything else that FTP knows would read, change or delete.
_ALLOWED: Final = frozenset(
    {"abor", "cdup", "cwd", "epsv", "mkd", "pass", "pasv", "pwd", "quit", "stor", "syst", "type", "user"}
)
# Reply codes (RFC 959): a client tries again later after 4yz, and not after 5yz.
_CODES: Final = {
    Refusal.BUSY: "451",
    Refusal.UNAVAILABLE: "451",
    Refusal.INTERNAL: "451",
    Refusal.SIZE: "552",
}

type Receive = Callable[[PurePosixPath, bytes, str], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FtpSettings:
    """Where to listen, and who may log in.

    `passive_ports` are those at which clients deliver files; `passive_address` is the IPv4
    address that they are told to do so at, None for the one that they reached us at.
    """

    port: int
    username: str
    password: str
    passive_ports: range
    passive_address: str | None = None


def parse_ports(text: str) -> range:
    """Return the ports in a text like 50000-50019; raises ValueError."""
    first, dash, last = text.partition("-")
    ports = range(int(first), int(last if dash else first) + 1)
    if not ports or ports[0] < 1024 or ports[-1] > 65535:
        raise ValueError(text)
    return ports


class FtpReceiver(Receiver):
    """Listens on an FTP port and hands on each file that is complete."""

    kind = "ftp"

    def __init__(
        self,
        settings: FtpSettings,
        receive: Receive,
        refused: Callable[[ProtocolError, str], None],
        logged_in: Callable[[str, bool], None],
    ) -> None:
        """Call `receive` with each file's path and content and the sender's address.

        It raises ProtocolError. `logged_in` is told of each attempt: address and success.
        """
        self.port: int = settings.port
        self._settings = settings
        self._server = _Server(settings, receive, refused, logged_in)
        self._is_open = False

    @override
    async def async_open(self) -> None:
        await self._server.start(None, self.port)
        self._is_open = True

    @override
    async def async_close(self) -> None:
        if not self._is_open:
            return
        self._is_open = False
        await self._server.close()
        await asyncio.gather(*self._server.receiving, return_exceptions=True)

    @override
    def state(self) -> dict[str, Any]:
        return {
            "open": self._is_open,
            "connected": len(self._server.connections) if self._is_open else 0,
            "files": self._server.files,
            "refused": dict(self._server.refusals),
            "waiting_bytes": self._server.budget.taken,
        }


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


class _Server(aioftp.Server):
    """aioftp's server, with its commands cut down to those that store, and nowhere to store."""

    def __init__(
        self,
        settings: FtpSettings,
        receive: Receive,
        refused: Callable[[ProtocolError, str], None],
        logged_in: Callable[[str, bool], None],
    ) -> None:
        super().__init__(
            _Users(),
            idle_timeout=IDLE_TIMEOUT_SECONDS,
            socket_timeout=TRANSFER_TIMEOUT_SECONDS,
            wait_future_timeout=DATA_CONNECTION_TIMEOUT_SECONDS,
            maximum_connections=MAX_CONNECTIONS,
            ipv4_pasv_forced_response_address=settings.passive_address,
            data_ports=settings.passive_ports,
            path_io_factory=cast("type[aioftp.AbstractPathIO[Path]]", aioftp.MemoryPathIO),
            welcome_message="Camera Push",
        )
        self._settings = settings
        self._receive = receive
        self._refused = refused
        self._logged_in = logged_in
        self.budget = MemoryQuota(MAX_WAITING_BYTES)
        self.files = 0
        self.refusals: dict[str, int] = {}
        self.receiving: set[asyncio.Task[ProtocolError | None]] = set()
        for name in self.commands_mapping.keys() - _ALLOWED:
            self.commands_mapping[name] = self._denied
        self.commands_mapping["noop"] = self._nothing

    async def _denied(self, connection: aioftp.Connection, rest: str) -> bool:
        connection.response("550", "this server only takes files")
        return True

    async def _nothing(self, connection: aioftp.Connection, rest: str) -> bool:
        connection.response("200", "")
        return True

    # The connection

    @override
    async def parse_command(
        self, stream: aioftp.StreamIO, censor_commands: tuple[str] = ("pass",)
    ) -> tuple[str, str]:
        try:
            return await super().parse_command(stream, censor_commands)
        except UnicodeDecodeError:
            return "", ""
        except (OSError, TimeoutError, ValueError) as err:
            # The client is gone, silent for too long, or sends no commands. The library would
            # log each of these with a traceback; cancelling is its way to end in silence.
            raise asyncio.CancelledError from err

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

    @override
    async def user(self, connection: aioftp.Connection, rest: str) -> bool:
        connection.name = rest
        return await super().user(connection, rest)

    @override
    async def pass_(self, connection: aioftp.Connection, rest: str) -> bool:
        if not connection.future.user.done():
            connection.response("503", "say USER first")
            return True
        name_is_right = compare_digest(connection.name.encode(), self._settings.username.encode())
        is_right = compare_digest(rest.encode(), self._settings.password.encode()) and name_is_right
        self._logged_in(connection.client_host, is_right)
        if is_right:
            connection.logged = True
            connection.response("230", "logged in")
        else:
            await asyncio.sleep(_WRONG_PASSWORD_DELAY_SECONDS)
            connection.response("530", "wrong user or password")
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

    @override
    async def stor(self, connection: aioftp.Connection, rest: str | PurePosixPath, mode: str = "wb") -> bool:
        if not _is_logged_in(connection):
            return True
        if not connection.future.passive_server.done():
            connection.response("503", "say PASV or EPSV first")
            return True
        _, path = self.get_paths(connection, rest)
        connection.extra_workers.add(asyncio.create_task(self._store(connection, path)))
        connection.response("150", "go ahead")
        return True

    async def _store(self, connection: aioftp.Connection, path: PurePosixPath) -> bool:
        address: str = connection.client_host
        try:
            error = await self._take_in(connection, path, address)
        except ProtocolError as err:
            self._note_refused(err, address)
            connection.response(_CODES.get(err.refusal, "550"), err.sentence)
        except TimeoutError:
            connection.response("425", "no data connection, or too slow")
        except OSError:
            connection.response("426", "the data connection was lost")
        except asyncio.CancelledError:
            # Asked for by the client (ABOR), or the connection is closing and nobody reads this.
            connection.response("426", "transfer aborted")
            connection.response("226", "abort successful")
        else:
            if error is None:
                connection.response("226", "taken")
            else:
                connection.response(_CODES.get(error.refusal, "550"), error.sentence)
        return True

    async def _take_in(
        self, connection: aioftp.Connection, path: PurePosixPath, address: str
    ) -> ProtocolError | None:
        """Read a file and hand it on; return why it was refused then, None if it was taken."""
        async with asyncio.timeout(DATA_CONNECTION_TIMEOUT_SECONDS):
            await asyncio.shield(connection["data_connection"])
        if not connection.future.data_connection.done():
            # Somebody asked twice, and the other one has it.
            raise TimeoutError
        stream: aioftp.ThrottleStreamIO = connection.data_connection
        del connection.data_connection
        content = bytearray()
        share = Reservation(self.budget)
        try:
            async with stream, asyncio.timeout(TRANSFER_TIMEOUT_SECONDS):
                if stream.writer.get_extra_info("peername")[0] != address:
                    raise ProtocolError("The data connection came from somewhere else.", Refusal.IDENTITY)
                while data := await stream.read(_BLOCK_BYTES):
                    if len(content) + len(data) > MAX_FILE_BYTES:
                        raise too_large("The file", MAX_FILE_BYTES)
                    share.take(len(data))
                    content += data
            # All of it is here: a client that hangs up now does not take it back.
            task = asyncio.ensure_future(self._hand_on(path, bytes(content), address))
            self.receiving.add(task)
            task.add_done_callback(self.receiving.discard)
            return await asyncio.shield(task)
        finally:
            share.give_back(share.kept)

    async def _hand_on(self, path: PurePosixPath, content: bytes, address: str) -> ProtocolError | None:
        """Hand a file on; return why it was refused, as there may be nobody left to take an error."""
        try:
            await self._receive(path, content, address)
        except ProtocolError as err:
            self._note_refused(err, address)
            return err
        except Exception:
            _LOGGER.exception("Error while handling a file from %s", address)
            return ProtocolError("Home Assistant could not handle the file.", Refusal.INTERNAL)
        self.files += 1
        return None

    def _note_refused(self, error: ProtocolError, address: str) -> None:
        self.refusals[error.refusal] = self.refusals.get(error.refusal, 0) + 1
        self._refused(error, address)


def _is_logged_in(connection: aioftp.Connection) -> bool:
    if connection.future.logged.done():
        return True
    connection.response("530", "log in first")
    return False
