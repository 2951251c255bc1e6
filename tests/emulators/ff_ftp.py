"""An FF camera's FTP profile: a client that makes folders and stores pictures, in passive mode."""

import asyncio
from datetime import datetime
import re
from typing import Any, Self

from .pictures import jpeg

VIEW = jpeg("view", (320, 200))
CROP = jpeg("crop", (100, 30))


class FtpClient:
    """One session, command by command."""

    def __init__(
        self,
        port: int,
        user: str = "camera",
        password: str = "secret",
        *,
        extended: bool = False,
        local: str | None = None,
    ) -> None:
        self.port = port
        self.user = user
        self.password = password
        self.extended = extended
        # The address of its own that it connects from, None for any.
        self.local = (local, 0) if local is not None else None

    async def __aenter__(self) -> Self:
        self.reader, self.writer = await asyncio.open_connection(
            "127.0.0.1", self.port, local_addr=self.local
        )
        self.greeting = await self.reply()
        return self

    async def __aexit__(self, *error: object) -> None:
        self.writer.close()

    async def reply(self) -> tuple[int, str]:
        lines = []
        while True:
            line = (await asyncio.wait_for(self.reader.readline(), 30)).decode()
            if not line:
                return 0, ""
            lines.append(line.rstrip())
            if re.match(r"\d{3} ", line):
                return int(line[:3]), "\n".join(lines)

    async def command(self, line: str | bytes) -> tuple[int, str]:
        self.writer.write((line.encode() if isinstance(line, str) else line) + b"\r\n")
        return await self.reply()

    async def login(self) -> int:
        await self.command(f"USER {self.user}")
        code, _ = await self.command(f"PASS {self.password}")
        return code

    async def data_port(self) -> tuple[str, int]:
        if self.extended:
            _, text = await self.command("EPSV")
            match = re.search(r"\(\|\|\|(\d+)\|\)", text)
            assert match, text
            return "127.0.0.1", int(match[1])
        _, text = await self.command("PASV")
        match = re.search(r"\((\d+),(\d+),(\d+),(\d+),(\d+),(\d+)\)", text)
        assert match, text
        numbers = [int(number) for number in match.groups()]
        return ".".join(map(str, numbers[:4])), numbers[4] * 256 + numbers[5]

    async def store(
        self, path: str, data: bytes, *, abort: bool = False, local: str | None = None
    ) -> tuple[int, str]:
        """Store a file and return the last reply; `abort` resets the data connection halfway."""
        _, port = await self.data_port()
        source = (local, 0) if local is not None else self.local
        _, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=source)
        code, text = await self.command(f"STOR {path}")
        if code != 150:
            writer.close()
            return code, text
        try:
            writer.write(data[: len(data) // 2] if abort else data)
            await writer.drain()
            if abort:
                writer.transport.abort()
            else:
                writer.close()
                await writer.wait_closed()
        except ConnectionError:
            pass
        return await self.reply()


def name(
    at: datetime,
    plate: str = "47ATDPN",
    *,
    area: str = "roi_1",
    direction: str = "in",
    car: int = 7543,
    country: str = "USA",
    vehicle: str = "Ford_Explorer_SUV_BLACK",
) -> str:
    """Return a file name of the default template; `at` is the camera's local time."""
    parts = [f"{at:%Y%m%d%H%M%S}", f"{at.microsecond // 1000:03d}", area, direction, str(car), plate, country]
    return "_".join([*parts, *([vehicle] if vehicle else [])]) + ".jpg"


def path(device_id: str, at: datetime, file_name: str) -> str:
    """Return a path of the default template."""
    return f"{device_id}/{at:%Y%m}/{at:%d}/{file_name}"


async def deliver(port: int, file_path: str, data: bytes = VIEW, **kwargs: Any) -> tuple[int, str]:
    """Log in and store one file."""
    async with FtpClient(port) as client:
        assert await client.login() == 230
        return await client.store(file_path, data, **kwargs)
