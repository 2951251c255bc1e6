"""What attackers send, in a process of its own: prints counts of answers as JSON."""

import argparse
import asyncio
from base64 import b64encode
from collections import Counter
from contextlib import suppress
import gzip
import itertools
import json
import time

from ..bench.pushes import CONTENT_TYPE, alarm, request, send

_OPEN = 100


async def _open(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
    try:
        return await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 5)
    except OSError, TimeoutError:
        return None


async def slow(port: int, webhook_id: str, seconds: float, answers: Counter[str]) -> None:
    """Send one byte a second on 500 connections, and connect again when thrown out."""
    end = time.monotonic() + seconds
    data = request("slow", webhook_id, alarm("VCSLOW00000001", 100_000))
    head = data.index(b"\r\n\r\n") + 4

    async def one() -> None:
        while time.monotonic() < end:
            if (link := await _open(port)) is None:
                answers["not connected"] += 1
                await asyncio.sleep(1)
                continue
            reader, writer = link
            with suppress(OSError):
                writer.write(data[:head])
                for at in itertools.count(head):
                    writer.write(data[at : at + 1])
                    await writer.drain()
                    if time.monotonic() > end:
                        answers["still waiting"] += 1
                        break
                    with suppress(TimeoutError):
                        answer = await asyncio.wait_for(reader.read(1000), 1)
                        answers[answer[9:12].decode() or "closed"] += 1
                        break
            writer.close()

    await asyncio.gather(*(one() for _ in range(500)))


async def connections(port: int, webhook_id: str, seconds: float, answers: Counter[str]) -> None:
    """Open connections and say nothing, or not much, and hang up: as many as there can be."""
    end = time.monotonic() + seconds
    words = itertools.cycle([b"", b"POST", b"GET / HTTP/1.1\r\n", b"\x16\x03\x01\x02\x00\x01", b"\r\n" * 50])

    async def one() -> None:
        while time.monotonic() < end:
            if (link := await _open(port)) is None:
                answers["not connected"] += 1
                continue
            answers["connected"] += 1
            with suppress(OSError):
                link[1].write(next(words))
                await asyncio.sleep(0.01)
            link[1].close()

    await asyncio.gather(*(one() for _ in range(200)))


async def fakes(port: int, webhook_id: str, seconds: float, answers: Counter[str]) -> None:
    """Send heartbeats of ten thousand cameras that there are not."""
    ids = iter(range(10_000))
    end = time.monotonic() + seconds

    async def one() -> None:
        for number in ids:
            if time.monotonic() > end:
                return
            body = json.dumps({"vuid": f"VCFAKE{number:08d}"}).encode()
            answers[str(await send(port, request("fake", webhook_id, body, "application/json")))] += 1

    await asyncio.gather(*(one() for _ in range(20)))


async def credentials(port: int, webhook_id: str, seconds: float, answers: Counter[str]) -> None:
    """Try passwords, a thousand a minute."""
    begin = time.monotonic()
    for number in itertools.count():
        await asyncio.sleep(max(0.0, begin + number * 0.06 - time.monotonic()))
        if time.monotonic() > begin + seconds:
            return
        data = request("guess", webhook_id, b"{}", f"application/json\r\nAuthorization: Basic {number:08d}")
        answers[str(await send(port, data))] += 1


async def flood(
    port: int, webhook_id: str, seconds: float, answers: Counter[str], rate: float = 5000
) -> None:
    """Push so often in a second, over connections that are kept, without waiting for answers."""
    body = alarm("VCFLOOD0000001", 2_000)
    head = (
        f"POST /api/webhook/{webhook_id} HTTP/1.1\r\nHost: flood\r\nContent-Type: {CONTENT_TYPE}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    data = head.encode() + body
    end = time.monotonic() + seconds

    async def read(reader: asyncio.StreamReader) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                answer = await reader.readuntil(b"\r\n\r\n")
                answers[answer[9:12].decode()] += 1
                length = int(answer.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
                await reader.readexactly(length)

    async def one() -> None:
        begin, sent = time.monotonic(), 0
        while time.monotonic() < end:
            if (link := await _open(port)) is None:
                answers["not connected"] += 1
                continue
            reader, writer = link
            reading = asyncio.create_task(read(reader))
            with suppress(OSError):
                while time.monotonic() < end and not reading.done():
                    due = int((time.monotonic() - begin) * rate / _OPEN) - sent
                    if due > 0:
                        writer.write(data * min(due, 20))
                        sent += min(due, 20)
                        answers["sent"] += min(due, 20)
                        with suppress(TimeoutError):
                            await asyncio.wait_for(writer.drain(), max(0.0, end - time.monotonic()))
                    await asyncio.sleep(0.02)
            # Like somebody who pulls the plug: nobody waits for the answers.
            reading.cancel()
            writer.transport.abort()

    await asyncio.gather(*(one() for _ in range(_OPEN)))


async def bombs(port: int, webhook_id: str, seconds: float, answers: Counter[str]) -> None:
    """Send what is small on the wire, or just about allowed, and large in memory."""
    mib = 1024 * 1024
    head = f"POST /api/webhook/{webhook_id} HTTP/1.1\r\nHost: bomb\r\nConnection: close\r\n"
    picture = b64encode(b"\xff\xd8\xff\xe0" + bytes(7 * mib)).decode()
    embedded = [{"ImageType": "vehicle", "ImageFormat": "jpeg", "BinaryImage": picture}] * 3
    bodies = [
        (b"[" + b"[]," * (10 * mib) + b"[]]", ""),
        (b'[{"a":' + b'{"a":' * (5 * mib), ""),
        (b"[" * (31 * mib), ""),
        (json.dumps({"carState": "new", "plateText": "A", "ImageArray": embedded}).encode(), ""),
        (gzip.compress(bytes(200 * mib), 9), "Content-Encoding: gzip\r\n"),
        (gzip.compress(b"[" + b"[]," * (10 * mib) + b"[]]", 9), "Content-Encoding: gzip\r\n"),
        (b'{"a": ' + b"9" * (30 * mib) + b"}", ""),
        (b'{"a": "' + b"\\u0041" * (5 * mib) + b'"}', ""),
    ]
    requests = itertools.cycle(
        f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode() + body
        for body, more in bodies
    )
    end = time.monotonic() + seconds

    async def one() -> None:
        while time.monotonic() < end:
            with suppress(OSError):
                answers[str(await send(port, next(requests)))] += 1

    await asyncio.gather(*(one() for _ in range(16)))


ATTACKS = {it.__name__: it for it in (slow, connections, fakes, credentials, flood, bombs)}


async def main() -> None:
    """Attack, and print what was answered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("attack", choices=ATTACKS)
    parser.add_argument("port", type=int)
    parser.add_argument("webhook_id")
    parser.add_argument("seconds", type=float)
    options = parser.parse_args()
    answers: Counter[str] = Counter()
    await ATTACKS[options.attack](options.port, options.webhook_id, options.seconds, answers)
    print(json.dumps(answers))


if __name__ == "__main__":
    asyncio.run(main())
