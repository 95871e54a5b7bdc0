"""
A Redis that is further away: a TCP proxy that holds back what goes to it, so that every answer comes so much later.
The proxy itself costs some 0.3 ms a round trip, which whoever asks for a distance must take off.

`python -m scripts.benchmarks.slowRedis PORT REDIS_PORT MILLISECONDS [OTHER_MILLISECONDS]`; SIGUSR1 changes to the other
delay and back. It is a process of its own, so that whoever measures does not slow it down.
"""

from __future__ import annotations

import asyncio
import selectors
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Final, cast

from scripts.stack.paths import ROOT
from scripts.stack.unprivileged import dyingWithParent

HOST: Final = "127.0.0.1"
STARTS_WITHIN_S: Final = 15.0


@dataclass
class Distance:
    """How far away Redis is now, in seconds of a round trip, and how far after the next change."""

    seconds: float
    otherwise: float

    def change(self) -> None:
        self.seconds, self.otherwise = self.otherwise, self.seconds


class ToRedis(asyncio.Protocol):
    """The end that the caller is connected to: what it says waits before it goes on."""

    def __init__(self, distance: Distance, redisPort: int) -> None:
        self._distance, self._redisPort = distance, redisPort
        self._loop = asyncio.get_running_loop()
        self._redis: asyncio.WriteTransport | None = None
        self._early: list[bytes] = []
        self._lastDue = 0.0
        self._opening: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._opening = self._loop.create_task(self._open(cast("asyncio.Transport", transport)))

    def data_received(self, data: bytes) -> None:
        # what came later never overtakes, also not when the distance has just become shorter
        due = max(self._lastDue, self._loop.time() + self._distance.seconds)
        self._lastDue = due
        self._loop.call_at(due, self._passOn, data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._redis is not None:
            self._redis.close()

    async def _open(self, caller: asyncio.Transport) -> None:
        try:
            self._redis, _ = await self._loop.create_connection(lambda: FromRedis(caller), HOST, self._redisPort)
        except OSError:
            caller.close()
            return
        early, self._early = self._early, []
        for data in early:
            self._redis.write(data)

    def _passOn(self, data: bytes) -> None:
        if self._redis is None:
            self._early.append(data)
            return
        self._redis.write(data)


class FromRedis(asyncio.Protocol):
    """The end that Redis is connected to: what it says goes on at once."""

    def __init__(self, caller: asyncio.Transport) -> None:
        self._caller = caller

    def data_received(self, data: bytes) -> None:
        self._caller.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._caller.close()


class DelayingProxy:
    """Such a process, from `start` to `stop`."""

    def __init__(self, port: int, redisPort: int, milliseconds: float, otherwise: float = 0.0) -> None:
        self.port, self._redisPort = port, redisPort
        self._milliseconds = (milliseconds, otherwise)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it listens."""
        words = [self.port, self._redisPort, *self._milliseconds]
        command = [sys.executable, "-m", "scripts.benchmarks.slowRedis", *(str(word) for word in words)]
        self._process = subprocess.Popen(dyingWithParent(command), cwd=ROOT)
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not _isListening(self.port):
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError("the delaying proxy did not start")
            time.sleep(0.02)

    def change(self) -> None:
        """To the other delay."""
        if self._process is not None:
            self._process.send_signal(signal.SIGUSR1)

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            process.wait()


def _isListening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


async def _serve(port: int, redisPort: int, distance: Distance) -> None:
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, distance.change)
    server = await loop.create_server(lambda: ToRedis(distance, redisPort), HOST, port)
    async with server:
        await server.serve_forever()


def main(argv: list[str]) -> int:
    port, redisPort = int(argv[0]), int(argv[1])
    delays = [float(each) / 1000 for each in (*argv[2:], "0")]
    # epoll counts in milliseconds, select in microseconds
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selectors.SelectSelector())) as runner:
        runner.run(_serve(port, redisPort, Distance(delays[0], delays[1])))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
