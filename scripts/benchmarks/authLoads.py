"""The loads of authBench: each asks one side for some seconds and says one number."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Final

from scripts.benchmarks.authSides import Side
from scripts.benchmarks.wire import Answer, Headers, Wire
from scripts.stack.paths import ROOT
from scripts.stack.unprivileged import dyingWithParent

AT_ONCE: Final = 8
FAMILIES: Final = 16
REFRESH: Final = "/api/auth/token/refresh"
CHECKS_PER_SECOND: Final = 200
CHECKERS: Final = 8
FILLS_WITHIN_SECONDS: Final = 1.5
REFUSED: Final = 503
DEVICE: Final = "kDevice="


async def devicesOf(side: Side, people: int) -> Sequence[Headers]:
    """What the browser of each is known by, where one is known at all: by the first sign-in, a few at a time."""
    devices: list[Headers] = []
    for first in range(0, people, AT_ONCE):
        group = range(first, min(first + AT_ONCE, people))
        devices += await asyncio.gather(*(_deviceOf(side, person) for person in group))
    return devices


async def loginsPerSecond(side: Side, devices: Sequence[Headers], seconds: float) -> float:
    """People who come back, some at a time."""

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


async def slowestCheck(side: Side, seconds: float, port: int, crowd: Sequence[Headers] = ()) -> float:
    """The 99th percentile of session checks at a steady rate, in milliseconds, while a crowd fills the pool.

    The session is the side's; the port may be that of a gateway before it. Who asks stands for other machines and
    waits for no turn on this one, where that is allowed.
    """
    url = f"http://127.0.0.1:{port}"
    way = await side.way()
    headers = dict(header.split(": ", 1) for header in way.headers)
    async with _signingIn(side, crowd) if crowd else contextlib.nullcontext():
        with _realTime():
            lanes = [_check(url, way.path, headers, number, seconds) for number in range(CHECKERS)]
            times = [one for lane in await asyncio.gather(*lanes) for one in lane]
    return statistics.quantiles(times, n=100, method="inclusive")[98]


async def refusalMilliseconds(side: Side, crowd: Sequence[Headers]) -> float:
    """How long the slowest refusal took when many more sign in at once than there are places.

    Who asks stands for other machines, as above.
    """
    async with contextlib.AsyncExitStack() as stack:
        wires = [await stack.enter_async_context(Wire(side.url)) for _ in crowd]
        for wire in wires:
            await wire.ask("GET", "/health/live")
        with _realTime():
            tries = (_try(side, person, wires[person], each) for person, each in enumerate(crowd))
            answers = await asyncio.gather(*tries)
    refusals = [answer.cameAt - answer.sentAt for answer in answers if answer.status == REFUSED]
    if not refusals:
        raise RuntimeError("nobody of the crowd was refused")
    return max(refusals) * 1000


async def _try(side: Side, person: int, wire: Wire, device: Headers) -> Answer:
    path, headers, body = side.toLogin(person)
    return await wire.ask("POST", path, {**headers, **device}, body)


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


async def _check(url: str, path: str, headers: Headers, number: int, seconds: float) -> Sequence[float]:
    every, times = CHECKERS / CHECKS_PER_SECOND, []
    due = startedAt = time.monotonic() + number * every / CHECKERS
    async with Wire(url) as wire:
        while due < startedAt + seconds:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            answer = await wire.ask("GET", path, headers)
            times.append((answer.cameAt - due) * 1000)
            due += every
    return times


@contextlib.contextmanager
def _realTime() -> Iterator[None]:
    """This thread waits for nobody in the block, where that is allowed (root's); what it starts is ordinary."""
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(1))
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER | os.SCHED_RESET_ON_FORK, os.sched_param(0))


@contextlib.asynccontextmanager
async def _signingIn(side: Side, crowd: Sequence[Headers]) -> AsyncIterator[None]:
    """All of them sign in again and again, from a process of their own."""
    command = dyingWithParent([sys.executable, "-m", "scripts.benchmarks.authCrowd", str(side.port)])
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True)
    if process.stdin is not None:
        process.stdin.write(json.dumps(crowd).encode())
        process.stdin.close()
    try:
        await asyncio.sleep(FILLS_WITHIN_SECONDS)
        yield
    finally:
        process.terminate()
        await process.wait()
        await asyncio.sleep(FILLS_WITHIN_SECONDS)
