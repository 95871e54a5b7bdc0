"""
A server whose event streams say one word and then nothing: `python -m scripts.benchmarks.idleServer PORT`.

Anything else is answered at once and the connection kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from typing import Final

# the fields are those of the public server
STREAM: Final = (
    b"HTTP/1.1 200 OK\r\ndate: Mon, 23 Nov 2026 08:12:36 GMT\r\ncache-control: no-store\r\nx-accel-buffering: no\r\n"
    b"content-type: text/event-stream; charset=utf-8\r\nx-request-id: 019321e8-0000-7000-8000-000000000001\r\n"
    b"transfer-encoding: chunked\r\n\r\n"
    b"c\r\ndata: here\n\n\r\n"
)
ANSWER: Final = (
    b"HTTP/1.1 200 OK\r\ndate: Mon, 23 Nov 2026 08:12:36 GMT\r\ncontent-length: 2\r\ncontent-type: application/json\r\n"
    b"x-request-id: 019321e8-0000-7000-8000-000000000001\r\ncache-control: no-store\r\n\r\n{}"
)
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
