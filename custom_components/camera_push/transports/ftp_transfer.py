"""The transfer of an FTP session: one at a time, through the passive port that was opened for it."""

import asyncio
from pathlib import PurePosixPath
from ssl import SSLContext
from typing import Final

from ..domain.errors import ProtocolError, Refusal
from .ftp_control import ControlConnection
from .ftp_data import DataPort, NoDataConnectionError, PassivePorts
from .ftp_files import SessionFiles
from .ftp_inbox import FtpInbox

# Reply codes (RFC 959): a client tries again later after 4yz, and not after 5yz.
_CODES: Final = {
    Refusal.BUSY: 451,
    Refusal.UNAVAILABLE: 451,
    Refusal.INTERNAL: 451,
    Refusal.SIZE: 552,
}


class FtpTransfer:
    """Takes a file from the data connection, and says on the control connection what became of it."""

    def __init__(
        self,
        control: ControlConnection,
        ports: PassivePorts,
        inbox: FtpInbox,
        files: SessionFiles,
        address: str,
    ) -> None:
        self._control = control
        self._ports = ports
        self._inbox = inbox
        self._files = files
        self._address = address
        self._port: DataPort | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether there is a port for the next file."""
        return self._port is not None and self._port.is_open

    @property
    def is_running(self) -> bool:
        """Tell whether a file is coming."""
        return self._task is not None

    async def open(self, host: str, context: SSLContext | None) -> int:
        """Open a port of ours for the next file and return it; raises OSError when there is none."""
        if self._task is not None:
            raise OSError("a transfer is under way")
        self.close()
        self._port = await self._ports.open(host, self._address, context)
        return self._port.port

    def begin(self, path: PurePosixPath) -> None:
        """Take a file; its end is said later, and the session need not wait for it."""
        if self._port is not None:
            self._port.is_needed = True
            self._task = self._inbox.begin(self._store(path, self._port))

    async def wait(self) -> None:
        """Return when no file is coming any more."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def abort(self) -> None:
        """End the transfer."""
        if self._task is not None:
            self._task.cancel()
            await self.wait()

    def close(self) -> None:
        """Close the port, a while later where a file is coming: that is still taken."""
        if self._port is None:
            return
        if self._task is None:
            self._port.close()
            self._port = None
        else:
            self._port.close_soon()

    async def _store(self, path: PurePosixPath, port: DataPort) -> None:
        reply = self._control.reply
        try:
            error = await self._take_in(path, port)
        except ProtocolError as err:
            reply(*file_reply(226, err))
        except NoDataConnectionError:
            reply(425, "no data connection came")
        except OSError:
            reply(426, "the transfer was broken off, or too slow")
        except asyncio.CancelledError:
            # Asked for by the client (ABOR), or the server is closing.
            reply(426, "transfer aborted")
        else:
            reply(*file_reply(226, error))
        finally:
            port.close()
            self._port = self._task = None

    async def _take_in(self, path: PurePosixPath, port: DataPort) -> ProtocolError | None:
        """Read a file and hand it on; return why it was refused then, None if it was taken."""
        upload = await self._inbox.read(port, self._address)
        if self._files.is_temporary(path):
            self._files.note_size(path, len(upload.content))
            self._files.keep(path, upload)
            return None
        # All of it is here: a client that hangs up now does not take it back.
        error = await asyncio.shield(self._inbox.hand_on(path, upload, self._address))
        if error is None:
            self._files.note_size(path, len(upload.content))
        return error


def file_reply(code: int, error: ProtocolError | None) -> tuple[int, str]:
    """Return the reply that a file was taken, with a code, or why not."""
    if error is None:
        return code, "taken"
    return _CODES.get(error.refusal, 550), error.sentence
