"""`python -m scripts.benchmarks.authCrowd PORT`: people who sign in without an end; the refused come back soon.

What each browser is known by comes on standard input: a JSON list of headers.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from typing import Final

from pydantic import TypeAdapter

from scripts.benchmarks.authSides import PASSWORD, emailOf
from scripts.benchmarks.wire import Headers, Wire

COME_BACK_SECONDS: Final = 1.0


async def main(port: int, crowd: Sequence[Headers]) -> None:
    await asyncio.gather(*(_signIn(port, person, device) for person, device in enumerate(crowd)))


async def _signIn(port: int, person: int, device: Headers) -> None:
    body = {"email": emailOf(person), "password": PASSWORD}
    async with Wire(f"http://127.0.0.1:{port}") as wire:
        while True:
            answer = await wire.ask("POST", "/api/auth/login", device, body)
            await asyncio.sleep(0 if answer.isAccepted else COME_BACK_SECONDS)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), TypeAdapter(list[dict[str, str]]).validate_json(sys.stdin.read())))
