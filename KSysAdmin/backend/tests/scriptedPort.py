"""A private port of a gateway that answers what a test tells it to; the real one has tests of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class ScriptedPort:
    """`answers`: path → status and body. What nobody scripted is 404; what came in is kept by its path."""

    url: str = ""
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    received: dict[str, bytes] = field(default_factory=dict)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        path = head.split(" ", 2)[1]
        lengths = [line.split(":")[1] for line in head.lower().split("\r\n") if line.startswith("content-length:")]
        self.received[path] = await reader.readexactly(int(lengths[0]) if lengths else 0)
        status, body = self.answers.get(path, (404, b""))
        writer.write(f"HTTP/1.1 {status} .\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def openScriptedPort() -> AsyncIterator[ScriptedPort]:
    port = ScriptedPort()
    server = await asyncio.start_server(port.serve, "127.0.0.1", 0)
    port.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield port
