"""A Redis of a test's own: killed, hung, emptied, started again, or made another one's replica."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import time
from pathlib import Path

from redis.asyncio import Redis

from nginx.tests.listening import NotReadyError, isListening
from scripts.stack.ports import freePort
from scripts.stack.provision import Tool
from scripts.stack.unprivileged import dyingWithParent

READY_SECONDS = 10.0


class RedisUnderTest:
    """On one port for its whole life, however often it dies."""

    def __init__(self, tool: Tool, folder: Path, port: int | None = None) -> None:
        self.port = port or freePort()
        self._tool, self._folder = tool, folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"redis://{self.address}/0"

    def start(self, replicaOf: RedisUnderTest | None = None) -> None:
        """Empty, and ready when this returns; a replica has begun to copy its primary."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)]
        options += ["--replicaof", "127.0.0.1", str(replicaOf.port)] if replicaOf else []
        options += ["--repl-diskless-sync-delay", "0"]
        log = self._folder / f"redis{self.port}.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                dyingWithParent([*self._tool.command, *options]),
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self._tool.runEnvironment(),
            )
        deadline = time.monotonic() + READY_SECONDS
        while not isListening(self.port):
            if time.monotonic() > deadline:
                raise NotReadyError(log.read_text()[-2000:])
            time.sleep(0.01)

    def kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def client(self) -> Redis:
        return Redis.from_url(self.url, decode_responses=True)

    async def promote(self) -> None:
        """What Sentinel or an operator does to a replica."""
        async with self.client() as redis:
            await redis.replicaof("NO", "ONE")

    async def follow(self, primary: RedisUnderTest) -> None:
        async with self.client() as redis:
            await redis.replicaof("127.0.0.1", primary.port)

    async def untilInStep(self) -> None:
        """Until this replica holds what its primary holds."""
        deadline = time.monotonic() + READY_SECONDS
        async with self.client() as redis:
            while (await redis.info("replication")).get("master_link_status") != "up":
                if time.monotonic() > deadline:
                    raise NotReadyError("the replica never heard of its primary")
                await asyncio.sleep(0.02)

    async def untilHolds(self, key: str, value: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        async with self.client() as redis:
            while await redis.get(key) != value:
                if time.monotonic() > deadline:
                    raise NotReadyError(f"{key} never became {value}")
                await asyncio.sleep(0.02)
