"""A real nginx with its own Redis and two tiny servers, on free ports, gone afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from redis.asyncio import Redis

from nginx.tests.listening import NotReadyError, isListening
from nginx.tests.redisUnderTest import RedisUnderTest
from nginx.tests.tinyServer import TinyServer
from scripts.stack.gatewayConfig import renderGatewayConfig
from scripts.stack.ports import freePort
from scripts.stack.provision import ServiceTools
from scripts.stack.unprivileged import dyingWithParent

SECRET = "the gateway's own secret, of the tests"
LOG_FOLLOWS_SECONDS = 1.0
READY_SECONDS = 10.0
LIVE_SECONDS = 1.0
WORKERS = 2
METRICS_FOLLOW_SECONDS = 0.8
# So long a test tries until Redis was there in time for all of it, on a machine that stands still at times.
DECIDED_WITHIN_S = 300.0
IN_FORCE = re.compile(r'^gateway_policies_version\{worker="\d+"\} (\d+)', re.MULTILINE)


@dataclass(frozen=True)
class Ports:
    gateway: int
    metrics: int
    public: int
    admin: int
    redis: int


def choosePorts() -> Ports:
    chosen: list[int] = []
    for _ in range(5):
        chosen.append(freePort(avoid=chosen))
    return Ports(*chosen)


class GatewayUnderTest:
    """
    Start with `start`, end with `stop`; Redis may be killed, stopped and started in between.

    `store` is a Redis that somebody else starts and stops, for several gateways to share.
    """

    def __init__(
        self,
        tools: ServiceTools,
        folder: Path,
        settings: Mapping[str, str] | None = None,
        store: RedisUnderTest | None = None,
    ) -> None:
        self.ports = choosePorts()
        self.folder = folder
        self.log = folder / "gateway.log"
        self.accessLog = folder / "access.log"
        self.public = TinyServer("public", self.ports.public)
        self.admin = TinyServer("admin", self.ports.admin)
        self.tools, self.settings = tools, dict(settings or {})
        self._ownsStore = store is None
        self.store = store or RedisUnderTest(tools.redis, folder, self.ports.redis)
        self._nginx: subprocess.Popen[bytes] | None = None
        self.version = 0

    @property
    def url(self) -> str:
        scheme = "https" if "GATEWAY_TLS_CERTIFICATE" in self.settings else "http"
        return f"{scheme}://127.0.0.1:{self.ports.gateway}"

    @property
    def redisUrl(self) -> str:
        return self.store.url

    @property
    def metricsUrl(self) -> str:
        return f"http://127.0.0.1:{self.ports.metrics}/metrics"

    async def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        if self._ownsStore:
            self.startRedis()
        await self.public.start()
        await self.admin.start()
        command = self.render()
        makePages(self.folder / "gateway" / "www")
        self._startNginx(command)
        await self._untilListening(self.ports.gateway)

    def _startNginx(self, command: Sequence[str]) -> None:
        environment = {**self.tools.nginx.environment, "PATH": "/usr/bin:/bin"}
        with self.log.open("ab") as output:
            self._nginx = subprocess.Popen(
                dyingWithParent(command), stdout=output, stderr=subprocess.STDOUT, env=environment, cwd="/"
            )

    def render(self) -> list[str]:
        values = {
            "GATEWAY_HTTP_PORT": str(self.ports.gateway),
            "GATEWAY_METRICS_PORT": str(self.ports.metrics),
            "PUBLIC_SERVER_PORT": str(self.ports.public),
            "ADMIN_SERVER_PORT": str(self.ports.admin),
            "REDIS_URL": self.redisUrl,
            "GATEWAY_SHARED_SECRET": SECRET,
            "GATEWAY_ACCESS_LOG": str(self.accessLog),
            "K_INSTANCE_ID": "underTest",
            **self.settings,
        }
        return renderGatewayConfig(self.tools.nginx, values, self.folder / "gateway")

    async def stop(self) -> None:
        if self._ownsStore:
            self.killRedis()
        process, self._nginx = self._nginx, None
        if process is not None:
            process.terminate()
            await asyncio.to_thread(process.wait)
        await self.public.stop()
        await self.admin.stop()

    def workers(self) -> set[int]:
        """The pids of the workers; of two generations while the older one finishes what it has begun."""
        if self._nginx is None:
            return set()
        pid = self._nginx.pid
        return {int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}

    def reload(self) -> None:
        if self._nginx is not None:
            self._nginx.send_signal(signal.SIGHUP)

    def startRedis(self) -> None:
        self.store.start()

    def killRedis(self) -> None:
        self.store.kill()

    def signalRedis(self, number: signal.Signals) -> None:
        self.store.signal(number)

    def redis(self) -> Redis:
        return self.store.client()

    async def publish(self, *policies: Mapping[str, object]) -> int:
        """Publish as KSysAdmin does, and wait until every worker follows."""
        self.version += 1
        await self.publishText(json.dumps({"version": self.version, "policies": policies}), self.version)
        await self.untilFollowed()
        return self.version

    async def untilFollowed(self) -> None:
        """Until every worker says that the version published last is in force."""
        deadline = time.monotonic() + READY_SECONDS
        workers = int(self.settings.get("GATEWAY_WORKERS", WORKERS))
        while await self.versionsInForce() != [self.version] * workers:
            if time.monotonic() > deadline:
                raise NotReadyError(f"version {self.version} was never in force:\n{self.log.read_text()[-2000:]}")
            await asyncio.sleep(0.02)

    async def versionsInForce(self) -> list[int]:
        """The version each worker works with, in the order of the workers."""
        return versionsIn(await self.metrics())

    async def metrics(self) -> str:
        answer = await exchangeRaw(self.ports.metrics, request("GET", "/metrics"))
        return answer.decode("latin-1")

    async def publishText(self, text: str, version: int) -> None:
        self.version = version
        async with self.redis() as redis, redis.pipeline(transaction=True) as together:
            together.set("kadmin:ratelimit:policies", text)
            together.set("kadmin:ratelimit:version", version)
            await together.execute()

    async def remember(self, secret: str, userId: str, service: str = "kauth", **changes: object) -> None:
        """Write a session's copy as the servers do."""
        copy = {
            "userId": userId,
            "sessionId": f"session-of-{secret}",
            "tier": "standard",
            "expiresAt": int(time.time()) + 600,
            "audience": "public",
            "roles": [],
            **changes,
        }
        key = f"{service}:session:{hashlib.sha256(secret.encode()).hexdigest()}"
        async with self.redis() as redis:
            await redis.set(key, json.dumps(copy), ex=600)

    def accessText(self) -> str:
        """The access log with everything that was asked until now: lines are written a few at once."""
        time.sleep(LOG_FOLLOWS_SECONDS)
        return self.accessLog.read_text()

    def logLines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.accessText().splitlines()]

    async def _untilListening(self, port: int) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not isListening(port):
            if time.monotonic() > deadline or (self._nginx is not None and self._nginx.poll() is not None):
                raise NotReadyError(self.log.read_text()[-3000:])
            await asyncio.sleep(0.02)


def makePages(root: Path) -> None:
    """Built pages of our own in place of the links to the real ones, which may not be built yet."""
    root.unlink(missing_ok=True)
    for page in ("auth", "payment", "admin", "docs"):
        assets = root / page / "assets"
        shutil.rmtree(root / page, ignore_errors=True)
        assets.mkdir(parents=True)
        (root / page / "index.html").write_text(f"<!doctype html><title>{page}</title>")
        (root / page / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
        (assets / "index-a1b2c3d4.js").write_text("console.log('hello')\n" * 200)


def aPolicy(**changes: object) -> dict[str, object]:
    """A policy of the shape KSysAdmin publishes."""
    policy: dict[str, object] = {
        "id": "p1",
        "name": "burst",
        "method": "*",
        "path": "/api/auth/limited",
        "match": "exact",
        "scope": "ip",
        "limit": 5,
        "windowSeconds": 60,
        "burst": None,
        "mode": "enforce",
        "enabled": True,
    }
    return {**policy, **changes}


def versionsIn(metrics: str) -> list[int]:
    """The version each worker works with, in the order of the workers."""
    return [int(version) for version in IN_FORCE.findall(metrics)]


async def untilTrue(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.02)
    return True


async def untilAnswered(
    client: httpx.AsyncClient, path: str, status: int, headers: Mapping[str, str], seconds: float
) -> bool:
    """Ask again and again until the answer has this status."""
    deadline = time.monotonic() + seconds
    while (await client.get(path, headers=headers)).status_code != status:
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.05)
    return True


async def exchangeRaw(port: int, data: bytes, seconds: float = 2.0) -> bytes:
    """Send bytes as they are; return what came back until the server closed or fell silent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    received = b""
    with contextlib.suppress(asyncio.TimeoutError, ConnectionError):
        async with asyncio.timeout(seconds):
            while piece := await reader.read(65536):
                received += piece
    writer.close()
    return received


def request(method: str, target: str, headers: Sequence[tuple[str, str]] = (), body: bytes = b"") -> bytes:
    """A request written by hand, with exactly these headers beside Host and Connection."""
    lines = [f"{method} {target} HTTP/1.1", "Host: gateway.test", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body
