"""A kept HTTP connection that costs so little that a test can send hundreds of requests a second beside its servers."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from pydantic import JsonValue

PATIENCE_S = 30.0
Headers = Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """What came back; `sentAt` and `cameAt` are of the monotonic clock."""

    status: int
    headers: Headers
    text: str
    sentAt: float
    cameAt: float

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
    """One connection to one server, opened when it is needed and again when the server has closed it."""

    def __init__(self, baseUrl: str) -> None:
        parts = urlsplit(baseUrl)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.hangUp()

    async def ask(
        self, method: str, path: str, headers: Headers | None = None, body: Mapping[str, JsonValue] | None = None
    ) -> Answer:
        """The answer; OSError or TimeoutError when the connection breaks or nothing comes."""
        mayAskAgain = self._writer is not None and method == "GET"
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

    async def sendAndHangUp(
        self, method: str, path: str, headers: Headers | None = None, body: Mapping[str, JsonValue] | None = None
    ) -> None:
        """The request goes out whole; whatever is answered is lost."""
        await self._open()
        assert self._writer is not None
        self._writer.write(self._requestOf(method, path, headers or {}, body))
        await self._writer.drain()
        self.hangUp()

    def hangUp(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    def _requestOf(self, method: str, path: str, headers: Headers, body: Mapping[str, JsonValue] | None) -> bytes:
        content = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._host}:{self._port}", f"Content-Length: {len(content)}"]
        lines += ["Content-Type: application/json"] if body is not None else []
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + content

    async def _exchange(self, request: bytes, sentAt: float) -> Answer:
        await self._open()
        assert self._reader is not None
        assert self._writer is not None
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status, _, rest = head.partition("\r\n")
        headers = dict(_fieldOf(line) for line in rest.splitlines() if line)
        text = (await self._reader.readexactly(int(headers.get("content-length", "0")))).decode()
        assert "transfer-encoding" not in headers, "a streamed answer is not for this client"
        if headers.get("connection", "").lower() == "close":
            self.hangUp()
        return Answer(int(status.split()[1]), headers, text, sentAt, time.monotonic())

    async def _open(self) -> None:
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)


def _fieldOf(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()
