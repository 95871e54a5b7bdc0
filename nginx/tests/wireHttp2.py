"""One request over HTTP/2, written by hand, so that a test can say what no client library would."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY = 0, 1, 3, 4, 7
END_STREAM, ACK, END_HEADERS = 1, 1, 4
STREAM = 1
STREAMS_A_CONNECTION = 128
SECONDS = 5.0
# The first lines of HPACK's table that hold a whole status, from 8 on.
STATUSES = (200, 204, 206, 304, 400, 404, 500)
STATUS_NAME = 8


@dataclass(frozen=True)
class Http2Answer:
    """Status 0: the server refused the stream or the connection (`refusal` is the error's number)."""

    status: int
    body: bytes
    refusal: int = 0


async def askHttp2(
    port: int, context: ssl.SSLContext, headers: Sequence[tuple[str, str]], body: bytes = b""
) -> Http2Answer:
    """Send the given fields, with the usual pseudo fields for those that are not given."""
    given = {name for name, _ in headers}
    usual = [(":method", "POST" if body else "GET"), (":scheme", "https"), (":authority", f"localhost:{port}")]
    fields = [*(field for field in usual if field[0] not in given), *headers]
    context.set_alpn_protocols(["h2"])
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname="localhost")
    block = b"".join(_literal(name, value) for name, value in fields)
    flags = END_HEADERS if body else END_HEADERS | END_STREAM
    writer.write(PREFACE + _frame(SETTINGS, 0, 0, b"") + _frame(HEADERS, flags, STREAM, block))
    if body:
        writer.write(_frame(DATA, END_STREAM, STREAM, body))
    try:
        async with asyncio.timeout(SECONDS):
            return await _answer(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(OSError, ssl.SSLError):
            await writer.wait_closed()


async def countAnswersToUnfinished(
    port: int, context: ssl.SSLContext, path: str, connections: int, enough: int, seconds: float
) -> int:
    """Begin STREAMS_A_CONNECTION bodies on each connection and end none; how many of them are answered all the same."""
    context.set_alpn_protocols(["h2"])
    fields = [(":method", "POST"), (":scheme", "https"), (":authority", f"localhost:{port}"), (":path", path)]
    block = b"".join(_literal(name, value) for name, value in fields)
    begun = b"".join(_frame(HEADERS, END_HEADERS, 2 * number + 1, block) for number in range(STREAMS_A_CONNECTION))
    opened = [
        await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname="localhost")
        for _ in range(connections)
    ]
    answered = 0

    async def count(reader: asyncio.StreamReader) -> None:
        nonlocal answered
        with contextlib.suppress(asyncio.IncompleteReadError):
            while answered < enough:
                head = await reader.readexactly(9)
                await reader.readexactly(int.from_bytes(head[:3]))
                answered += head[3] == HEADERS

    for _, writer in opened:
        writer.write(PREFACE + _frame(SETTINGS, 0, 0, b"") + _frame(SETTINGS, ACK, 0, b"") + begun)
    counting = [asyncio.create_task(count(reader)) for reader, _ in opened]
    await asyncio.wait(counting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in counting:
        task.cancel()
    for _, writer in opened:
        writer.close()
    return answered


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Http2Answer:
    status, body = 0, b""
    while True:
        head = await reader.readexactly(9)
        length, kind, flags = int.from_bytes(head[:3]), head[3], head[4]
        payload = await reader.readexactly(length)
        if kind == SETTINGS and not flags & ACK:
            writer.write(_frame(SETTINGS, ACK, 0, b""))
        if kind == RST_STREAM:
            return Http2Answer(status, body, int.from_bytes(payload))
        if kind == GOAWAY:
            return Http2Answer(status, body, int.from_bytes(payload[4:8]))
        if kind == HEADERS:
            status = _statusOf(payload)
        if kind == DATA:
            body += payload
        if kind in (HEADERS, DATA) and flags & END_STREAM:
            return Http2Answer(status, body)


def _statusOf(block: bytes) -> int:
    """The status is the first field; it comes from the table, or as text beside the name from the table."""
    block = block.lstrip(b"\x20")
    if block[0] & 0x80:
        return STATUSES[(block[0] & 0x7F) - STATUS_NAME]
    length = block[1] & 0x7F
    text = block[2 : 2 + length]
    return int(text) if not block[1] & 0x80 else _digits(text)


def _digits(packed: bytes) -> int:
    """Digits in HPACK's Huffman code: 0 to 2 have five bits, 3 to 9 have six."""
    bits = "".join(f"{byte:08b}" for byte in packed)
    codes = {"00000": "0", "00001": "1", "00010": "2", **{f"{0b011001 + at:06b}": str(3 + at) for at in range(7)}}
    text, word = "", ""
    for bit in bits:
        word += bit
        if word in codes:
            text, word = text + codes[word], ""
    return int(text)


def _literal(name: str, value: str) -> bytes:
    """A field without the table and without Huffman."""
    return b"\x00" + _text(name) + _text(value)


def _text(text: str) -> bytes:
    raw = text.encode("latin-1")
    if len(raw) < 127:
        return bytes([len(raw)]) + raw
    rest, length = len(raw) - 127, b"\x7f"
    while rest >= 128:
        length += bytes([rest % 128 | 0x80])
        rest //= 128
    return length + bytes([rest]) + raw


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3) + bytes([kind, flags]) + stream.to_bytes(4) + payload
