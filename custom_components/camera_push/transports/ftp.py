"""An FTP port to which cameras deliver pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, override

from ..domain.errors import ProtocolError
from .contracts import Receiver
from .ftp_server import FtpServer, Receive
from .ftp_settings import FtpSettings, parse_ports
from .limits import PushLimiter

__all__ = ["FtpReceiver", "FtpSettings", "parse_ports"]


class FtpReceiver(Receiver):
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

        It raises ProtocolError. `logged_in` is told of each attempt: address and success.
        """
        self.port: int = settings.port
        self._server = FtpServer(settings, receive, refused, logged_in, limiter)
        self._is_open = False

    @property
    @override
    def is_up(self) -> bool:
        return self._is_open

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

    @override
    def state(self) -> dict[str, Any]:
        return {"open": self._is_open, **self._server.state()}
