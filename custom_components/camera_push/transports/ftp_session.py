"""An FTP client's session: it may log in and leave files, and nothing else."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address
from pathlib import PurePosixPath
from ssl import SSLContext
from typing import Final

from ..domain.errors import ProtocolError, Refusal
from ..domain.http_line import http_request_refused, is_http_request
from .connection_shares import Place
from .ftp_control import ControlConnection
from .ftp_data import PassivePorts
from .ftp_files import SessionFiles, resolved
from .ftp_inbox import FtpInbox
from .ftp_login import MAX_WRONG_PASSWORDS, FtpLogin
from .ftp_transfer import FtpTransfer, file_reply

LOGIN_SECONDS: Final = 30

_FEATURES: Final = ("EPSV", "PASV", "SIZE", "UTF8")
_FEATURES_OF_TLS: Final = ("AUTH TLS", "PBSZ", "PROT")
_UNKNOWN_FILE: Final = "only files of this session are known"


@dataclass(frozen=True, slots=True, kw_only=True)
class FtpParts:
    """The parts of a server that its sessions share.

    `take_turn` waits until the next command of an address may be looked at, `take_turn_to_decode` until the
    next file may. `context` is that of FTPS, None where it is not offered. `is_telling` tells whether a name
    without a picture's ending says what its file is.
    """

    login: FtpLogin
    inbox: FtpInbox
    ports: PassivePorts
    passive_address: str | None
    context: SSLContext | None
    take_turn: Callable[[str], Awaitable[None]]
    take_turn_to_decode: Callable[[str], Awaitable[None]]
    note_refused: Callable[[ProtocolError, str], None]
    is_telling: Callable[[PurePosixPath], bool]


_ALL_RIGHT: Final = (200, "all right")
_NO_ACTIVE_MODE: Final = (502, "active mode is not offered: use passive mode (PASV or EPSV)")
_ONLY_FILES: Final = (550, "this server only takes files")
# How files can be transferred, which is all the same here.
_OFFERED: Final = {"MODE": ("S",), "STRU": ("F",), "TYPE": ("I", "A", "A N", "L 8")}
# Commands whose answer is always the same; what some clients send first changes nothing here.
_REPLIES: Final = {
    **dict.fromkeys(("ALLO", "CLNT", "NOOP", "OPTS"), _ALL_RIGHT),
    **dict.fromkeys(("EPRT", "PORT"), _NO_ACTIVE_MODE),
    **dict.fromkeys(
        ("APPE", "DELE", "LIST", "MLSD", "MLST", "NLST", "REST", "RETR", "RMD", "STAT", "STOU"), _ONLY_FILES
    ),
    "SYST": (215, "UNIX Type: L8"),
}

# Returns False where the session ends.
type _Command = Callable[[FtpSession, str], Awaitable[bool | None]]
_COMMANDS: Final[dict[str, _Command]] = {}
_WITHOUT_LOGIN: Final = frozenset({"AUTH", "FEAT", "PASS", "PBSZ", "PROT", "USER"})


def _command(*names: str) -> Callable[[_Command], _Command]:
    """Have a method do the commands that clients call by these names."""

    def add(method: _Command) -> _Command:
        _COMMANDS.update(dict.fromkeys(names, method))
        return method

    return add


class FtpSession:
    """One client; each command is answered before the next one is read, but for the end of a transfer."""

    def __init__(self, control: ControlConnection, place: Place, parts: FtpParts) -> None:
        self._control = control
        self._place = place
        self._address = place.address
        self._parts = parts
        self._files = SessionFiles(
            lambda path, upload: parts.inbox.hand_on(path, upload, place.address), parts.is_telling
        )
        self._transfer = FtpTransfer(control, parts.ports, parts.inbox, self._files, place.address)
        self._username: str | None = None
        self._is_logged_in = False
        self._wrong_passwords = 0
        self._folder = PurePosixPath("/")
        self._renaming: PurePosixPath | None = None
        self._encrypts_data = False
        self._login_timer: asyncio.Timeout | None = None

    async def serve(self) -> None:
        """Do what the client asks for, until it leaves or has to."""
        control = self._control
        control.reply(220, "Camera Push")
        try:
            async with asyncio.timeout(LOGIN_SECONDS) as self._login_timer:
                while line := await control.line():
                    await self._parts.take_turn(self._address)
                    self._place.note_activity()
                    if is_http_request(line):
                        self._parts.note_refused(http_request_refused(), self._address)
                        return
                    if not await self._do(line.decode(errors="replace").rstrip()):
                        return
                if control.is_finishing:
                    await self._transfer.wait()
        except TimeoutError:
            control.reply(421, f"log in within {LOGIN_SECONDS} seconds")
            error = ProtocolError("Nobody logged in in time.", Refusal.TIMEOUT)
            self._parts.note_refused(error, self._address)

    def close(self) -> None:
        """Hand on the files that wait for their names; a transfer that has begun goes on."""
        self._files.close()
        self._transfer.close()

    async def _do(self, line: str) -> bool:
        """Do one command; tell whether the session goes on."""
        name, _, rest = line.partition(" ")
        name = name.upper()
        if name == "QUIT":
            await self._transfer.wait()
            self._control.reply(221, "bye")
            return False
        if (reply := _REPLIES.get(name)) is not None:
            self._control.reply(*reply)
        elif (offered := _OFFERED.get(name)) is not None:
            is_offered = rest.upper() in offered
            self._control.reply(*(_ALL_RIGHT if is_offered else (504, f"{name} is only {offered[0]}")))
        elif (command := _COMMANDS.get(name)) is None:
            self._control.reply(502, "this server only takes files")
        elif not self._is_logged_in and name not in _WITHOUT_LOGIN:
            self._control.reply(530, "log in first")
        else:
            try:
                return await command(self, rest) is not False
            except ProtocolError as err:
                self._parts.note_refused(err, self._address)
                self._control.reply(*file_reply(250, err))
        return True

    # Login and encryption

    @_command("USER")
    async def _user(self, rest: str) -> None:
        self._username, self._is_logged_in = rest, False
        self._control.reply(331, "password required")

    @_command("PASS")
    async def _pass(self, rest: str) -> bool:
        if self._username is None:
            self._control.reply(503, "say USER first")
            return True
        if await self._parts.login.check(self._address, self._username, rest):
            self._is_logged_in = self._place.is_trusted = True
            if self._login_timer is not None:
                self._login_timer.reschedule(None)
            self._control.reply(230, "logged in")
            return True
        self._wrong_passwords += 1
        self._control.reply(530, "wrong user or password")
        return self._wrong_passwords < MAX_WRONG_PASSWORDS

    @_command("AUTH")
    async def _auth(self, rest: str) -> bool:
        context = self._parts.context
        if context is None:
            self._control.reply(502, "FTPS is not offered: Home Assistant has no certificate of its own")
        elif rest.upper() not in ("TLS", "TLS-C"):
            self._control.reply(504, "only AUTH TLS is offered")
        elif self._control.is_encrypted:
            self._control.reply(503, "the connection is encrypted already")
        else:
            self._username, self._is_logged_in = None, False
            return await self._control.encrypt(context, 234, "go ahead with TLS")
        return True

    @_command("PBSZ")
    async def _pbsz(self, rest: str) -> None:
        if self._control.is_encrypted:
            self._control.reply(200, "PBSZ=0")
        else:
            self._control.reply(503, "say AUTH TLS first")

    @_command("PROT")
    async def _prot(self, rest: str) -> None:
        level = rest.upper()
        if not self._control.is_encrypted:
            self._control.reply(503, "say AUTH TLS first")
        elif level not in ("P", "C"):
            self._control.reply(536, "only PROT P and PROT C are offered")
        else:
            self._encrypts_data = level == "P"
            self._transfer.close()
            self._control.reply(200, "data connections are encrypted" if level == "P" else "they are not")

    @_command("FEAT")
    async def _feat(self, rest: str) -> None:
        features = _FEATURES if self._parts.context is None else (*_FEATURES_OF_TLS, *_FEATURES)
        self._control.reply(211, "Features:", *features)

    # Folders: any one is there as soon as somebody goes there.

    @_command("CWD", "XCWD")
    async def _cwd(self, rest: str) -> None:
        self._folder = resolved(self._folder, rest)
        self._control.reply(250, "there")

    @_command("CDUP", "XCUP")
    async def _cdup(self, rest: str) -> None:
        self._folder = self._folder.parent
        self._control.reply(250, "there")

    @_command("MKD", "XMKD")
    async def _mkd(self, rest: str) -> None:
        self._control.reply(257, _quoted(resolved(self._folder, rest)))

    @_command("PWD", "XPWD")
    async def _pwd(self, rest: str) -> None:
        self._control.reply(257, _quoted(self._folder))

    # Data connections

    @_command("PASV")
    async def _pasv(self, rest: str) -> None:
        host = self._parts.passive_address or self._control.host
        if not isinstance(ip_address(host.partition("%")[0]), IPv4Address):
            self._control.reply(522, "over IPv6, say EPSV")
        elif (port := await self._open_port()) is not None:
            numbers = (*host.split("."), str(port >> 8), str(port & 0xFF))
            self._control.reply(227, f"passive mode ({','.join(numbers)})")

    @_command("EPSV")
    async def _epsv(self, rest: str) -> None:
        if rest.upper() == "ALL":
            self._control.reply(200, "only EPSV")
        elif (port := await self._open_port()) is not None:
            self._control.reply(229, f"extended passive mode (|||{port}|)")

    async def _open_port(self) -> int | None:
        """Return the passive port that was opened, None after a reply that there is none."""
        context = self._parts.context if self._encrypts_data else None
        try:
            return await self._transfer.open(self._control.host, context)
        except OSError as err:
            self._control.reply(425, str(err))
            return None

    # Files

    @_command("SIZE")
    async def _size(self, rest: str) -> None:
        size = self._files.size(resolved(self._folder, rest))
        self._control.reply(*((550, _UNKNOWN_FILE) if size is None else (213, str(size))))

    @_command("RNFR")
    async def _rnfr(self, rest: str) -> None:
        path = resolved(self._folder, rest)
        self._renaming = path if self._files.size(path) is not None else None
        self._control.reply(*((550, _UNKNOWN_FILE) if self._renaming is None else (350, "say RNTO next")))

    @_command("RNTO")
    async def _rnto(self, rest: str) -> None:
        """Give a file its name; one that waited for it is handed on, another one was already."""
        old, self._renaming = self._renaming, None
        if old is None:
            self._control.reply(503, "say RNFR first")
            return
        new = resolved(self._folder, rest)
        self._files.rename(old, new)
        error = None
        if self._files.is_kept(old):
            upload = self._files.take(old)
            if self._files.is_temporary(new):
                self._files.keep(new, upload)
            else:
                error = await asyncio.shield(self._parts.inbox.hand_on(new, upload, self._address))
        self._control.reply(*file_reply(250, error))

    @_command("STOR")
    async def _stor(self, rest: str) -> None:
        path = resolved(self._folder, rest)
        if not self._transfer.is_open:
            self._control.reply(503, "say PASV or EPSV first")
        elif self._transfer.is_running:
            self._control.reply(425, "a transfer is under way")
        elif not rest or not path.name:
            self._control.reply(501, "say the name of the file")
        else:
            await self._parts.take_turn_to_decode(self._address)
            self._control.reply(150, "go ahead")
            self._transfer.begin(path)

    @_command("ABOR")
    async def _abor(self, rest: str) -> None:
        await self._transfer.abort()
        self._control.reply(226, "nothing is under way")


def _quoted(path: PurePosixPath) -> str:
    return f'"{str(path).replace('"', '""')}"'
