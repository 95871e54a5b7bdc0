"""Who sends a byte now and then holds a connection for a while, and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
from http import HTTPStatus

import httpx

from nginx.tests.gatewayUnderTest import GatewayUnderTest, exchangeRaw, request

SLOW = 60
AT_MOST = 1000
# nginx gives a header and a pause in a body ten seconds
GIVEN_SECONDS = 10.0
ENDED_SECONDS = 45.0
EVERY_SECONDS = 1.0
UNFINISHED = {
    "header": b"GET /api/auth/slow HTTP/1.1\r\nHost: gateway.test\r\nX-Note: ",
    "first line": b"GET /api/auth/slow",
    "nothing": b"",
}
SILENT = {
    "body": b"POST /api/auth/slow HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 100\r\n\r\nhalf",
    "chunks": b"POST /api/auth/slow HTTP/1.1\r\nHost: gateway.test\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf",
    "head": b"GET /api/auth/slow HTTP/1.1\r\nHost: gate",
}


async def testSlowWritersAreLetGoAndDisturbNobody(gateway: GatewayUnderTest) -> None:
    port = gateway.ports.gateway
    slow = [asyncio.create_task(dribble(port, UNFINISHED[each])) for each in UNFINISHED for _ in range(SLOW)]
    silent = [asyncio.create_task(fallSilent(port, SILENT[each])) for each in SILENT for _ in range(SLOW)]
    async with httpx.AsyncClient(base_url=gateway.url, timeout=30) as client:
        for _ in range(50):
            assert (await client.get("/api/auth/me")).status_code == HTTPStatus.OK
    async with asyncio.timeout(ENDED_SECONDS):
        lasted = await asyncio.gather(*slow, *silent)
    assert min(lasted) >= GIVEN_SECONDS - 1, "somebody on a poor line was cut off"
    assert [one for one in gateway.public.received if one.target == "/api/auth/slow"] == []


async def testOneAddressHoldsSoManyBodiesAndNoMore(gateway: GatewayUnderTest) -> None:
    port = gateway.ports.gateway
    held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(AT_MOST)]
    for _, writer in held:
        writer.write(SILENT["body"])
        await writer.drain()
    one = request("POST", "/api/auth/me", body=b"{}")
    chunked = request("GET", "/api/auth/me", [("Transfer-Encoding", "chunked")]) + b"2\r\n{}\r\n0\r\n\r\n"
    nowhere = request("POST", "/nothing", body=b"{}")
    async with asyncio.timeout(GIVEN_SECONDS - 2):
        # all of them have arrived once one more is refused
        assert b"retry-after" in (await untilRefused(port, one)).lower()
        assert b"retry-after" in (await untilRefused(port, chunked)).lower()
        assert b"retry-after" in (await untilRefused(port, nowhere)).lower()
    for method, headers in (("GET", []), ("DELETE", []), ("POST", []), ("POST", [("Content-Length", "0")])):
        answer = await exchangeRaw(port, request(method, "/api/auth/me", headers))
        assert answer.startswith(b"HTTP/1.1 200 "), (method, headers, "has no body")
    for _, writer in held:
        writer.close()


async def untilRefused(port: int, asked: bytes) -> bytes:
    answer = b""
    while b" 429 " not in answer:
        answer = await exchangeRaw(port, asked)
    return answer


async def dribble(port: int, begun: bytes) -> float:
    """A byte a second, as long as the gateway bears it; how long that was."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    startedAt = asyncio.get_running_loop().time()
    writer.write(begun)
    ending = asyncio.create_task(reader.read())
    while not ending.done():
        with contextlib.suppress(ConnectionError):
            writer.write(b"A")
            await writer.drain()
        await asyncio.wait({ending}, timeout=EVERY_SECONDS)
    return await lastedUntil(ending, startedAt, writer)


async def fallSilent(port: int, begun: bytes) -> float:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    startedAt = asyncio.get_running_loop().time()
    writer.write(begun)
    ending = asyncio.create_task(reader.read())
    await asyncio.wait({ending})
    return await lastedUntil(ending, startedAt, writer)


async def lastedUntil(ending: asyncio.Task[bytes], startedAt: float, writer: asyncio.StreamWriter) -> float:
    lasted = asyncio.get_running_loop().time() - startedAt
    with contextlib.suppress(ConnectionError):
        said = await ending
        assert said == b"" or b" 408 " in said.partition(b"\r\n")[0]
    writer.close()
    return lasted
