from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self


class EvenPace:
    """
    A block that never ends sooner than after so many seconds: what was done inside cannot be told by the clock.

    For blocks whose ways differ by little; a block that takes longer is not held up. A refusal is not held up either.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._endsAt = 0.0

    async def __aenter__(self) -> Self:
        self._endsAt = asyncio.get_running_loop().time() + self._seconds
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            await asyncio.sleep(max(0.0, self._endsAt - asyncio.get_running_loop().time()))
