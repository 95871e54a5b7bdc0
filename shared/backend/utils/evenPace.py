from __future__ import annotations

import asyncio
import time
from types import TracebackType
from typing import Final, Self

TIMER_S: Final = 0.002


class EvenPace:
    """
    A block that never ends sooner than after so many seconds: what was done inside cannot be told by the clock.

    For blocks whose ways differ by little; a block that takes longer is not held up. A refusal is not held up either.
    A loop's timers count whole milliseconds from when they are set, so a timer alone would still tell by which part of
    one the block was slower: the last two of them are waited out turn by turn.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._endsAt = 0.0

    async def __aenter__(self) -> Self:
        self._endsAt = time.monotonic() + self._seconds
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            return
        await asyncio.sleep(max(0.0, self._endsAt - TIMER_S - time.monotonic()))
        while time.monotonic() < self._endsAt:  # noqa: ASYNC110 - no event tells of a moment
            await asyncio.sleep(0)
