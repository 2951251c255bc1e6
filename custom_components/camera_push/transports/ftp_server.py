"""An FTP server that files can be given to, and nothing else: there is no disk behind it."""

import asyncio
from collections.abc import Awaitable, Callable
import logging
from pathlib import PurePosixPath
from typing import Any, Final, override

import aioftp

from ..domain.errors import ProtocolError, Refusal
from ..domain.media import MAX_PICTURE_BYTES
from ..domain.quota import ByteQuota, Reservation
from .contracts import Receiver
from .ftp_connections import DATA_CONNECTION_TIMEOUT_SECONDS, TRANSFER_TIMEOUT_SECONDS, FtpConnections
from .ftp_session import Upload, is_temporary
from .ftp_settings import FtpSettings
from .limits import PushLimiter
from .push import too_large

_LOGGER = logging.getLogger(__name__)

MAX_FILE_BYTES: Final = MAX_PICTURE_BYTES
# In memory at once, over all connections.
MAX_WAITING_BYTES: Final = 64 * 1024 * 1024
_BLOCK_BYTES: Final = 64 * 1024

# What a client may ask for; anything else that FTP knows would read, change or delete.
_FROM_LIBRARY: Final = frozenset(
    {"abor", "cdup", "cwd", "epsv", "mkd", "pass", "pasv", "pwd", "quit", "stor", "syst", "type", "user"}
)
# Commands that some clients send first; they change nothing here.
_WITHOUT_EFFECT: Final = frozenset({"allo", "clnt", "mode", "noop", "opts", "stru"})
_FEATURES: Final = ("Features:", "EPSV", "PASV", "SIZE", "UTF8", "End")
# Reply codes (RFC 959): a client tries again later after 4yz, and not after 5yz.
_CODES: Final = {
    Refusal.BUSY: "451",
    Refusal.UNAVAILABLE: "451",
    Refusal.INTERNAL: "451",
    Refusal.SIZE: "552",
}

type Receive = Callable[[PurePosixPath, bytes, str], Awaitable[None]]


class FtpServer(FtpConnections, Receiver):
    """Listens on an FTP port and hands on each file that is complete."""

    kind = "ftp"

    def __init__(
        self,
        settings: FtpSettings,
        receive: Receive,
        refused: Callable[[ProtocolError, str], None],
        logged_in: Callable[[str, bool], None],
        limiter: PushLimiter,
    ) -> None:
        """Call `receive` with each file's path and content and the sender's address.

        It raises ProtocolError. `logged_in` is called for each attempt, with address and success.
        """
        super().__init__(settings, refused, logged_in, limiter)
        self.port: int = settings.port
        self._receive = receive
        self._is_open = False
        self._quota = ByteQuota(MAX_WAITING_BYTES)
        self._files = 0
        self._uploads: set[asyncio.Task[ProtocolError | None]] = set()
        self._receiving: set[asyncio.Task[ProtocolError | None]] = set()
        for name in self.commands_mapping.keys() - _FROM_LIBRARY:
            self.commands_mapping[name] = self._denied
        for name in _WITHOUT_EFFECT:
            self.commands_mapping[name] = self._nothing
        self.commands_mapping |= {
            "feat": self._features,
            "size": self._size,
            "rnfr": self._rename_from,
            "rnto": self._rename_to,
            "port": self._no_active_mode,
            "eprt": self._no_active_mode,
        }

    @property
    @override
    def is_up(self) -> bool:
        return self._is_open

    @override
    def state(self) -> dict[str, Any]:
        return {
            "open": self._is_open,
            **self.connections_state(),
            "files": self._files,
            "waiting_bytes": self._quota.taken,
        }

    @override
    async def async_open(self) -> None:
        await self.start(None, self.port)
        self._is_open = True

    @override
    async def async_close(self) -> None:
        if not self._is_open:
            return
        self._is_open = False
        self.server.close()
        # Those that were accepted and not served yet as well, for which the library would wait.
        self.server.close_clients()
        await self.close()
        for upload in self._uploads:
            upload.cancel()
        await asyncio.gather(*self._uploads, return_exceptions=True)
        await asyncio.gather(*self._receiving, return_exceptions=True)

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

    @override
    async def abor(self, connection: aioftp.Connection, rest: str | PurePosixPath) -> bool:
        if _is_logged_in(connection) and (upload := self._session(connection).upload) is not None:
            upload.cancel()
        return bool(await super().abor(connection, rest))

    async def _store(self, connection: aioftp.Connection, path: PurePosixPath) -> bool:
        # Clients hang up as soon as they have sent all of it: it is still read to its end.
        upload = asyncio.get_running_loop().create_task(self._take_in(connection, path))
        self._session(connection).upload = upload
        self._uploads.add(upload)
        upload.add_done_callback(self._upload_done)
        try:
            error = await asyncio.shield(upload)
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

    def _upload_done(self, upload: asyncio.Task[ProtocolError | None]) -> None:
        self._uploads.discard(upload)
        if not upload.cancelled():
            # There may be nobody left to take it.
            upload.exception()

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

    @override
    def _hand_on_unnamed(self, address: str, path: PurePosixPath, upload: Upload) -> None:
        self._begin_to_hand_on(path, upload, address)

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
