"""A server behind the gateway that says what reached it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True)
class Received:
    """One request as it came over the wire; header names as they were written."""

    method: str
    target: str
    headers: Sequence[tuple[str, str]]
    body: bytes

    def valuesOf(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]


@dataclass
class TinyServer:
    """Answers every request with 200 and its own name; some paths behave badly on purpose."""

    name: str
    port: int
    received: list[Received] = field(default_factory=list)
    # what is asked for at ".../held" is answered when this is set
    released: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    async def start(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, backlog=512)
        return self

    async def stop(self) -> None:
        if self._server is None:
            return
        self._server.close()
        for writer in list(self._writers):
            writer.close()
        await self._server.wait_closed()
        self._server = None

    @property
    def last(self) -> Received:
        return self.received[-1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while request := await _read(reader):
                self.received.append(request)
                await self._answer(request, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _answer(self, request: Received, writer: asyncio.StreamWriter) -> None:
        if request.target.partition("?")[0].endswith("/dropConnection"):
            raise ConnectionResetError
        if request.target.endswith("/held"):
            await self.released.wait()
        if request.target.endswith("/events"):
            await _stream(writer, request.valuesOf("Origin"))
            return
        status, body = "200 OK", {"server": self.name, "target": request.target, "status": "healthy"}
        if request.target.endswith("/ownProblem"):
            status, body = "503 Service Unavailable", {"code": "server.own"}
        text = json.dumps(body).encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nX-Request-ID: theServersOwn\r\n"
        if request.target.endswith("/ownPolicy"):
            head += "Content-Security-Policy: script-src 'self'\r\nCache-Control: private, max-age=5\r\n"
        writer.write(f"{head}Content-Length: {len(text)}\r\n\r\n".encode() + text)
        await writer.drain()


async def _stream(writer: asyncio.StreamWriter, origins: Sequence[str]) -> None:
    forOthers = "".join(f"Access-Control-Allow-Origin: {each}\r\nX-Also: {'said' * 100}\r\n" for each in origins)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n{forOthers}Connection: close\r\n\r\n"
    writer.write(head.encode())
    for number in range(3):
        writer.write(f"data: {number}\n\n".encode())
        await writer.drain()
        await asyncio.sleep(0.3)
    raise ConnectionResetError


async def _read(reader: asyncio.StreamReader) -> Received | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
    return Received(method, target, headers, await reader.readexactly(length))
