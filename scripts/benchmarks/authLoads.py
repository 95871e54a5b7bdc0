"""The loads of authBench: each asks one side for some seconds and says one number."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final

from scripts.benchmarks.authSides import Side
from scripts.benchmarks.wire import Headers, Wire
from scripts.stack.paths import ROOT
from scripts.stack.unprivileged import dyingWithParent

AT_ONCE: Final = 8
FAMILIES: Final = 16
REFRESH: Final = "/api/auth/token/refresh"
CHECKS_PER_SECOND: Final = 200
CHECKERS: Final = 8
CROWD: Final = 140
FILLS_WITHIN_SECONDS: Final = 1.0
REFUSED: Final = 503
DEVICE: Final = "kDevice="


async def loginsPerSecond(side: Side, seconds: float) -> float:
    """Returning people, each with the cookie by which their browser is known."""
    devices = [await _deviceOf(side, person) for person in range(AT_ONCE)]

    async def signIn(lane: int, wire: Wire) -> None:
        await side.signIn(wire, lane, devices[lane])

    return await _perSecond(side, AT_ONCE, seconds, signIn)


async def refreshesPerSecond(side: Side, seconds: float) -> float:
    """Families that refresh one after the other, all families at once."""
    tokens = [await _firstToken(side, person) for person in range(FAMILIES)]

    async def refresh(lane: int, wire: Wire) -> None:
        answer = await wire.ask("POST", REFRESH, body={"refreshToken": tokens[lane]})
        tokens[lane] = str(answer.json()["refreshToken"])

    return await _perSecond(side, FAMILIES, seconds, refresh)


async def slowestCheck(side: Side, seconds: float, *, isPoolFull: bool) -> float:
    """The 99th percentile of session checks at a steady rate, in milliseconds."""
    way = await side.way()
    headers = dict(header.split(": ", 1) for header in way.headers)
    async with _crowd(side) if isPoolFull else contextlib.nullcontext():
        lanes = [_check(side, way.path, headers, number, seconds) for number in range(CHECKERS)]
        times = [one for lane in await asyncio.gather(*lanes) for one in lane]
    return statistics.quantiles(times, n=100, method="inclusive")[98]


async def refusalMilliseconds(side: Side) -> float:
    """How long the slowest refusal took when many more sign in at once than there are places."""
    async with contextlib.AsyncExitStack() as stack:
        wires = [await stack.enter_async_context(Wire(side.url)) for _ in range(CROWD)]
        for wire in wires:
            await wire.ask("GET", "/health/live")
        path, headers, body = side.toLogin(0)
        answers = await asyncio.gather(*(wire.ask("POST", path, headers, body) for wire in wires))
    refusals = [answer.cameAt - answer.sentAt for answer in answers if answer.status == REFUSED]
    if not refusals:
        raise RuntimeError("nobody of the crowd was refused")
    return max(refusals) * 1000


async def _perSecond(side: Side, lanes: int, seconds: float, act: Callable[[int, Wire], Awaitable[None]]) -> float:
    startedAt = time.perf_counter()

    async def run(lane: int) -> int:
        async with Wire(side.url) as wire:
            for done in itertools.count():
                if time.perf_counter() - startedAt > seconds:
                    return done
                await act(lane, wire)
        raise AssertionError("counting has no end")

    counts = await asyncio.gather(*(run(lane) for lane in range(lanes)))
    return sum(counts) / (time.perf_counter() - startedAt)


async def _deviceOf(side: Side, person: int) -> Headers:
    async with Wire(side.url) as wire:
        cookies = (await side.signIn(wire, person)).cookies
    known = [cookie for cookie in cookies if cookie.startswith(DEVICE)]
    return {"Cookie": known[0]} if known else {}


async def _firstToken(side: Side, person: int) -> str:
    path, headers, body = side.toLogin(person)
    if isinstance(body, str):
        raise TypeError("only ours gives tokens")
    async with Wire(side.url) as wire:
        answer = await wire.ask("POST", path, headers, {**body, "client": "api"})
    tokens = answer.json()["tokens"]
    if not isinstance(tokens, dict):
        raise TypeError(f"no tokens: {answer.text[:500]}")
    return str(tokens["refreshToken"])


async def _check(side: Side, path: str, headers: Headers, number: int, seconds: float) -> Sequence[float]:
    every, times = CHECKERS / CHECKS_PER_SECOND, []
    due = startedAt = time.monotonic() + number * every / CHECKERS
    async with Wire(side.url) as wire:
        while due < startedAt + seconds:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            answer = await wire.ask("GET", path, headers)
            times.append((answer.cameAt - due) * 1000)
            due += every
    return times


@contextlib.asynccontextmanager
async def _crowd(side: Side) -> AsyncIterator[None]:
    """So many people sign in again and again, from a process of their own, that the pool is full all the time."""
    command = dyingWithParent([sys.executable, "-m", "scripts.benchmarks.authCrowd", str(side.port), str(CROWD)])
    crowd = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    await asyncio.sleep(FILLS_WITHIN_SECONDS)
    try:
        yield
    finally:
        crowd.terminate()
        await crowd.wait()
        await asyncio.sleep(FILLS_WITHIN_SECONDS)
