"""A kept HTTP connection, so cheap that hundreds of requests a second can be sent beside the servers that answer."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from pydantic import JsonValue

PATIENCE_S = 30.0
Headers = Mapping[str, str]
# Sent as JSON; a text is sent as a form.
Body = Mapping[str, JsonValue] | str


@dataclass(frozen=True)
class Answer:
    """What came back; `sentAt` and `cameAt` are of the monotonic clock, `cookies` are `name=value`."""

    status: int
    headers: Headers
    text: str
    sentAt: float
    cameAt: float
    cookies: Sequence[str] = ()

    @property
    def isAccepted(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> dict[str, JsonValue]:
        body: dict[str, JsonValue] = json.loads(self.text)
        return body

    @property
    def code(self) -> str:
        """The stable code of a refusal."""
        return str(self.json().get("code", "")) if self.text.startswith("{") else ""


class Wire:
    """One connection to one server, opened when it is needed and again when the server has closed it.

    `address`: where it comes from; a machine has all of 127.0.0.0/8.
    """

    def __init__(self, baseUrl: str, address: str | None = None) -> None:
        parts = urlsplit(baseUrl)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._from = None if address is None else (address, 0)
        self._connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.hangUp()

    async def ask(self, method: str, path: str, headers: Headers | None = None, body: Body | None = None) -> Answer:
        """The answer; OSError or TimeoutError when the connection breaks or nothing comes."""
        mayAskAgain = self._connection is not None and method == "GET"
        request = self._requestOf(method, path, headers or {}, body)
        sentAt = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._exchange(request, sentAt)
        except (asyncio.IncompleteReadError, OSError) as error:
            self.hangUp()
            if mayAskAgain:  # a server may close a kept connection at any moment
                return await self.ask(method, path, headers, body)
            raise ConnectionError("the connection broke before the answer") from error
        except BaseException:
            self.hangUp()
            raise

    async def sendAndLose(
        self, method: str, path: str, headers: Headers | None = None, body: Body | None = None
    ) -> None:
        """The request goes out whole; the answer is on its way when nobody reads it any more."""
        reader, writer = await self._opened()
        writer.write(self._requestOf(method, path, headers or {}, body))
        await writer.drain()
        await reader.read(1)
        self.hangUp()

    def hangUp(self) -> None:
        if self._connection is not None:
            self._connection[1].close()
        self._connection = None

    def _requestOf(self, method: str, path: str, headers: Headers, body: Body | None) -> bytes:
        content = (body or "" if isinstance(body, str | None) else json.dumps(body)).encode()
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._host}:{self._port}", f"Content-Length: {len(content)}"]
        kind = "x-www-form-urlencoded" if isinstance(body, str) else "json"
        lines += [f"Content-Type: application/{kind}"] if body is not None else []
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + content

    async def _exchange(self, request: bytes, sentAt: float) -> Answer:
        reader, writer = await self._opened()
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status, _, rest = head.partition("\r\n")
        fields = [_fieldOf(line) for line in rest.splitlines() if line]
        headers = dict(fields)
        text = (await _bodyOf(reader, headers)).decode()
        if headers.get("connection", "").lower() == "close":
            self.hangUp()
        cookies = [value.partition(";")[0] for name, value in fields if name == "set-cookie"]
        return Answer(int(status.split()[1]), headers, text, sentAt, time.monotonic(), cookies)

    async def _opened(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._connection is None:
            self._connection = await asyncio.open_connection(self._host, self._port, local_addr=self._from)
        return self._connection


async def _bodyOf(reader: asyncio.StreamReader, headers: Headers) -> bytes:
    if headers.get("transfer-encoding", "").lower() != "chunked":
        return await reader.readexactly(int(headers.get("content-length", "0")))
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)
    return body


def _fieldOf(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()
