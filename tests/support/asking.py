from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import httpx

# Mostly within a second; a machine that is busy with others too is no reason to fail.
SOON_S: Final = 60.0


async def askUntil(
    client: httpx.AsyncClient, path: str, isIt: Callable[[httpx.Response], bool]
) -> list[httpx.Response]:
    """All answers up to the one that is waited for."""
    answers = [await client.get(path)]
    async with asyncio.timeout(SOON_S):
        while not isIt(answers[-1]):
            await asyncio.sleep(0.02)
            answers.append(await client.get(path))
    return answers
