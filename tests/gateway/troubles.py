"""What may happen to Redis, and how it ends; everything that waits does so beside the load."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tests.gateway.twoNodes import TwoNodes

# beyond what a gateway waits, so that it must go on without
SLOW_MS: Final = 100.0


@dataclass(frozen=True)
class Trouble:
    """How it begins and how it ends; `end` of one that is over at once tidies up only."""

    begin: Callable[[TwoNodes], Awaitable[None]]
    end: Callable[[TwoNodes], Awaitable[None]] | None = None
    isOverAtOnce: bool = False


async def _kill(nodes: TwoNodes) -> None:
    await asyncio.to_thread(nodes.primary.kill)


async def _startAgain(nodes: TwoNodes) -> None:
    await asyncio.to_thread(nodes.primary.start)


async def _stop(nodes: TwoNodes) -> None:
    nodes.primary.signal(signal.SIGSTOP)


async def _continue(nodes: TwoNodes) -> None:
    nodes.primary.signal(signal.SIGCONT)


async def _flush(nodes: TwoNodes) -> None:
    async with nodes.primary.client() as redis:
        await redis.flushall()
        await redis.script_flush()


async def _restart(nodes: TwoNodes) -> None:
    await asyncio.to_thread(nodes.primary.kill)
    await asyncio.to_thread(nodes.primary.start)


async def _changeSpeed(nodes: TwoNodes) -> None:
    nodes.changeSpeed()


async def _failOver(nodes: TwoNodes) -> None:
    await nodes.failOver()


async def _rejoin(nodes: TwoNodes) -> None:
    await nodes.rejoin()


async def _hangAndPromote(nodes: TwoNodes) -> None:
    """A primary that hangs is not known to be dead: it still takes connections."""
    nodes.primary.signal(signal.SIGSTOP)
    await nodes.replica.promote()
    nodes.primary, nodes.replica = nodes.replica, nodes.primary


async def _returnAsReplica(nodes: TwoNodes) -> None:
    nodes.replica.signal(signal.SIGCONT)
    await nodes.replica.follow(nodes.primary)
    await nodes.replica.untilInStep()


TROUBLES: Final[Mapping[str, Trouble]] = {
    "killed": Trouble(_kill, _startAgain),
    "hung": Trouble(_stop, _continue),
    "slow": Trouble(_changeSpeed, _changeSpeed),
    "flushed": Trouble(_flush, isOverAtOnce=True),
    "restarted": Trouble(_restart, isOverAtOnce=True),
    "failedOver": Trouble(_failOver, _rejoin, isOverAtOnce=True),
    "hungAndFailedOver": Trouble(_hangAndPromote, _returnAsReplica, isOverAtOnce=True),
}


async def goThrough(trouble: Trouble, nodes: TwoNodes, seconds: float) -> float:
    """From its beginning to its end; how long after it was over a worker did without Redis still."""
    await trouble.begin(nodes)
    if trouble.isOverAtOnce:
        awayFor = await nodes.awayFor(seconds)
        if trouble.end is not None:
            await trouble.end(nodes)
        return awayFor
    await asyncio.sleep(seconds)
    if trouble.end is not None:
        await trouble.end(nodes)
    return await nodes.awayFor(seconds)
