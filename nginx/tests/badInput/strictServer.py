"""A server that takes nothing on trust: what is not one well-formed request after the other is kept as a fault."""

from __future__ import annotations

import asyncio
import re

from nginx.tests.tinyServer import Received, TinyServer

LINE = re.compile(rb"^([A-Z]+) (/[!-~]*) HTTP/1\.1$")
FIELD = re.compile(rb"^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t -~\x80-\xff]*?)[ \t]*$")


class StrictServer(TinyServer):
    """Answers as TinyServer does; `faults` says what reached it that should not have."""

    def __init__(self, name: str, port: int) -> None:
        super().__init__(name, port)
        self.faults: list[str] = []

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while (request := await self._next(reader)) is not None:
                self.received.append(request)
                await self._answer(request, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _next(self, reader: asyncio.StreamReader) -> Received | None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as error:
            if error.partial:
                self.faults.append(f"half a request: {error.partial[:100]!r}")
            return None
        first, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
        line, fields = LINE.match(first), [FIELD.match(each) for each in lines]
        if line is None or None in fields:
            self.faults.append(f"no request: {head[:200]!r}")
            return None
        headers = [(each[1].decode(), each[2].decode("latin-1")) for each in fields if each is not None]
        length = self._lengthOf(headers)
        return Received(line[1].decode(), line[2].decode(), headers, await reader.readexactly(length))

    def _lengthOf(self, headers: list[tuple[str, str]]) -> int:
        lengths = [value for name, value in headers if name.lower() == "content-length"]
        if any(name.lower() == "transfer-encoding" for name, _ in headers):
            self.faults.append("chunks reached a server")
        if len(lengths) > 1 or not all(length.isdecimal() for length in lengths):
            self.faults.append(f"lengths {lengths}")
        return int(lengths[0]) if lengths and lengths[0].isdecimal() else 0
