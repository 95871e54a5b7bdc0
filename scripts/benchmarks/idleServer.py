"""
A server whose event streams say one word and then nothing: `python -m scripts.benchmarks.idleServer PORT`.

Anything else is answered at once and the connection kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from typing import Final

STREAM: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    b"data: here\n\n"
)
ANSWER: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
BACKLOG: Final = 4096


async def serve(port: int) -> None:
    server = await asyncio.start_server(_serveOne, "127.0.0.1", port, backlog=BACKLOG)
    await server.serve_forever()


async def _serveOne(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while head := await reader.readuntil(b"\r\n\r\n"):
            isStream = b"/events HTTP/1.1" in head.partition(b"\r\n")[0]
            writer.write(STREAM if isStream else ANSWER)
            await writer.drain()
    writer.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
