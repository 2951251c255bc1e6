"""An FF camera's TCP profile: it connects, keeps the connection, and sends JSON back to back."""

import asyncio
from collections.abc import Iterable
import json
import random
from typing import Any, Self


class TcpLink:
    """One connection of a camera."""

    def __init__(self, port: int, host: str = "127.0.0.1", local: str | None = None) -> None:
        self.host = host
        self.port = port
        self.local = local

    async def __aenter__(self) -> Self:
        source = (self.local, 0) if self.local is not None else None
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port, local_addr=source)
        return self

    async def __aexit__(self, *error: object) -> None:
        self.writer.close()

    async def send(self, *events: Any, between: bytes = b"") -> None:
        """Send events one after another, with nothing between them unless asked."""
        await self.send_bytes(between.join(json.dumps(event).encode() for event in events))

    async def send_bytes(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def send_split(self, data: bytes, cuts: Iterable[int]) -> None:
        """Send bytes in pieces, each of which arrives on its own."""
        start = 0
        for cut in (*sorted(cuts), len(data)):
            if cut > start:
                await self.send_bytes(data[start:cut])
                await asyncio.sleep(0.001)
                start = cut

    async def send_randomly_split(self, *events: Any, seed: int = 1) -> None:
        data = b"".join(json.dumps(event, ensure_ascii=False).encode() for event in events)
        cuts = random.Random(seed).sample(range(len(data)), 20)
        await self.send_split(data, cuts)

    async def is_closed(self) -> bool:
        """Wait until the other side hangs up."""
        try:
            return await asyncio.wait_for(self.reader.read(1), 30) == b""
        except ConnectionError:
            return True
