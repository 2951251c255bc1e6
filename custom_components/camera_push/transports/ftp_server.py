"""An FTP server that files can be given to, and nothing else: there is no disk behind it."""

import asyncio
from collections import Counter
from collections.abc import Callable
import logging
from typing import Any, Final, cast, override

from ..domain.errors import ProtocolError
from ..domain.rates import Debts
from .connection_shares import MAX_CONNECTIONS, MAX_CONNECTIONS_OF_ONE, ConnectionShares
from .contracts import Receiver
from .ftp_control import MAX_LINE_BYTES, ControlConnection
from .ftp_data import PassivePorts
from .ftp_inbox import CLOSING_SECONDS, FtpInbox, Receive
from .ftp_login import FtpLogin
from .ftp_session import FtpParts, FtpSession
from .ftp_settings import FtpSettings
from .limits import PushLimiter
from .locality import check_sender

_LOGGER = logging.getLogger(__name__)

# Of one address, over a longer time; a file takes about six.
COMMANDS_PER_SECOND: Final = 200
COMMANDS_BURST_SECONDS: Final = 5


class FtpServer(Receiver):
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

        It raises ProtocolError. `refused` is told of each refusal; `logged_in` of each attempt, with
        address and success.
        """
        self.port: int = settings.port
        self._settings = settings
        self._refused = refused
        self._limiter = limiter
        self._login = FtpLogin(settings.username, settings.password, logged_in)
        self._inbox = FtpInbox(receive, self._note_refused)
        self._ports = PassivePorts(settings.passive_ports, self._note_refused)
        self._shares = ConnectionShares(MAX_CONNECTIONS, MAX_CONNECTIONS_OF_ONE)
        # The debts of addresses for their commands.
        self._debts = Debts()
        self._server: asyncio.Server | None = None
        self._parts: FtpParts | None = None
        self._connections: dict[asyncio.Task[None], ControlConnection] = {}
        self._refusals: Counter[str] = Counter()

    @property
    @override
    def is_up(self) -> bool:
        return self._server is not None

    @override
    def state(self) -> dict[str, Any]:
        return {
            "open": self.is_up,
            "connected": len(self._connections),
            "gave_way": self._shares.gave_way,
            "refused": dict(self._refusals),
            "encrypts": self._parts is not None and self._parts.context is not None,
            **self._inbox.state(),
        }

    @override
    async def async_open(self) -> None:
        loop = asyncio.get_running_loop()
        context = None
        if self._settings.load_certificate is not None:
            try:
                context = await loop.run_in_executor(None, self._settings.load_certificate)
            except OSError as err:
                _LOGGER.warning("FTPS is not offered, as the certificate cannot be read: %s", err)
        self._parts = FtpParts(
            login=self._login,
            inbox=self._inbox,
            ports=self._ports,
            passive_address=self._settings.passive_address,
            context=context,
            take_turn=self._take_turn,
            take_turn_to_decode=self._limiter.async_take_turn_to_decode,
            note_refused=self._note_refused,
            is_telling=self._settings.is_telling,
        )
        self._server = await asyncio.start_server(self._connected, None, self.port, limit=MAX_LINE_BYTES)

    @override
    async def async_close(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        # Clients that have sent all of a file may not wait for the answer, nor for those to their commands.
        await self._inbox.finish()
        for control in self._connections.values():
            control.finish()
        tasks = tuple(self._connections)
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSING_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # Those that were accepted and not served yet, for which the server would wait.
        server.abort_clients()
        await server.wait_closed()
        await self._inbox.close()

    def _note_refused(self, error: ProtocolError, address: str, size: int = 0) -> None:
        self._refusals[error.refusal] += 1
        self._limiter.note_refused(error, address, size)
        self._refused(error, address)

    async def _take_turn(self, address: str) -> None:
        """Return when the next command of an address may be looked at."""
        now = asyncio.get_running_loop().time()
        self._debts.add(address, now, 1 / COMMANDS_PER_SECOND)
        # Without a wait, others have their turn: many commands may be here already.
        await asyncio.sleep(max(self._debts.owed(address, now) - COMMANDS_BURST_SECONDS, 0))

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a client until it leaves or has to."""
        # Nobody is there if it was lost already, or we closed meanwhile.
        address: str = (writer.get_extra_info("peername") or ("",))[0]
        if not address or writer.is_closing() or self._server is None or self._parts is None:
            writer.close()
            return
        try:
            check_sender(address, self._settings.networks)
        except ProtocolError as err:
            writer.close()
            self._note_refused(err, address)
            return
        task = cast("asyncio.Task[None]", asyncio.current_task())
        control = self._connections[task] = ControlConnection(reader, writer)
        place = self._shares.enter(address, task.cancel)
        session = FtpSession(control, place, self._parts)
        try:
            await session.serve()
        except asyncio.CancelledError:
            # Only we cancel these, to close them.
            _LOGGER.debug("Closing the connection from %s", address)
        except Exception:
            _LOGGER.exception("Error while serving %s", address)
        finally:
            self._shares.leave(place)
            session.close()
            await control.close()
            del self._connections[task]
