"""`python -m scripts.benchmarks.authCrowd PORT PEOPLE`: signs people in without an end; the refused come back soon."""

from __future__ import annotations

import asyncio
import sys
from typing import Final

from scripts.benchmarks.authSides import PASSWORD, PEOPLE, emailOf
from scripts.benchmarks.wire import Wire

COME_BACK_SECONDS: Final = 0.5


async def main(port: int, people: int) -> None:
    await asyncio.gather(*(_signIn(port, person) for person in range(people)))


async def _signIn(port: int, person: int) -> None:
    body = {"email": emailOf(person % PEOPLE), "password": PASSWORD}
    async with Wire(f"http://127.0.0.1:{port}") as wire:
        while True:
            answer = await wire.ask("POST", "/api/auth/login", body=body)
            await asyncio.sleep(0 if answer.isAccepted else COME_BACK_SECONDS)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
