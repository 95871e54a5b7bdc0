"""A real payment server for tests: real PostgreSQL and Redis, the bank's simulator, only identities are made up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import httpx
import uvicorn
from pydantic import SecretStr
from sqlalchemy import text

from KSysPayment.backend.compositionRoot import PaymentSettings, composeParts, composePayment, paymentRouters
from KSysPayment.backend.domain.interfaces.identityReaderInterface import Actor
from KSysPayment.simulator.testing import RunningSimulator, findFreePort
from shared.backend.exceptions.errors import UnauthorizedError
from shared.backend.http.credentials import Credential
from shared.backend.server import ServerPlan, ServerResources, ServiceModule, createServer
from shared.backend.utils.uuid import generateId, isValidId

ChangeAsOwner = Callable[..., Awaitable[None]]
ReadAsOwner = Callable[..., Awaitable[Sequence[Mapping[str, object]]]]

TITLE = "payment test server"
# An idle connection goes before its server ends it: both take 5 s by default, and then a request may be lost between.
LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=1)


class PaymentTestSettings(PaymentSettings):
    databasePublicUrl: SecretStr


revokedIdentities: set[UUID] = set()


async def resolveTestIdentity(credential: Credential) -> Actor:
    """The bearer token is the user's id, until it is revoked."""
    secret = credential.secret.get_secret_value()
    if not isValidId(secret) or UUID(secret) in revokedIdentities:
        raise UnauthorizedError("sign in first")
    return Actor(userId=UUID(secret))


def bankSettings(simulator: RunningSimulator) -> dict[str, object]:
    """The BRI_* settings that belong to this simulator, files read."""
    values: dict[str, object] = {}
    for name, value in simulator.briEnvironment.items():
        isFile = name.endswith("_FILE")
        values[name.removesuffix("_FILE")] = Path(value).read_text(encoding="utf-8") if isFile else value
    return values


@dataclass
class PaymentServer:
    """A running server and handles to what stands behind it."""

    baseUrl: str
    client: httpx.AsyncClient
    bank: httpx.AsyncClient
    settings: PaymentTestSettings
    resources: ServerResources
    module: ServiceModule
    userId: UUID = field(default_factory=generateId)

    def headers(self, userId: UUID | None = None, key: str | None = None) -> dict[str, str]:
        keyed = {} if key is None else {"Idempotency-Key": key}
        return {"Authorization": f"Bearer {userId or self.userId}", **keyed}

    async def create(
        self,
        *,
        key: str | None = None,
        userId: UUID | None = None,
        reference: str | None = None,
        changes: Mapping[str, object] | None = None,
    ) -> httpx.Response:
        """Ask for 150,000 rupiah; `changes` replaces properties of the body."""
        unique = str(generateId())
        body: dict[str, object] = {
            "reference": reference or f"ORDER-{unique}",
            "amount": {"value": "150000.00", "currency": "IDR"},
            "method": "briva",
            "description": "Test order",
        }
        return await self.client.post(
            "/api/payment/payments", json={**body, **(changes or {})}, headers=self.headers(userId, key or unique)
        )

    async def get(self, paymentId: str) -> dict[str, object]:
        response = await self.client.get(f"/api/payment/payments/{paymentId}", headers=self.headers())
        assert response.status_code == 200, response.text
        body: dict[str, object] = response.json()
        return body

    async def pay(self, digits: str, amount: str = "150000.00", **more: object) -> httpx.Response:
        response = await self.bank.post(
            f"/simulator/virtual-accounts/{digits}/pay", json={"amount": amount, **more}, timeout=30
        )
        assert response.status_code == 200, response.text
        return response

    async def fault(self, operation: str, fault: str, times: int = 1, **more: object) -> None:
        response = await self.bank.put(
            "/simulator/faults", json={"operation": operation, "fault": fault, "times": times, **more}
        )
        assert response.status_code == 200, response.text

    async def run(self, *names: str) -> None:
        """Run these jobs until they have nothing left to do."""
        for job in self.module.jobs:
            if job.name.removeprefix("payment.") in names:
                while await job.run():
                    pass

    async def makeDue(self) -> None:
        """
        Every open attempt is due now, but for those that somebody works at.

        Waiting for those, with others held, would be a deadlock in the middle of a crowd.
        """
        await self.change(
            "UPDATE payment_attempt SET next_check_at = now() - interval '1 second' WHERE id IN"
            " (SELECT id FROM payment_attempt WHERE next_check_at IS NOT NULL FOR UPDATE SKIP LOCKED)"
        )

    async def rows(self, statement: str, **values: object) -> Sequence[Mapping[str, object]]:
        async with self.resources.database.openSession() as session:
            found = await (await session.connection()).execute(text(statement), values)
            return [dict(row) for row in found.mappings().all()]

    async def change(self, statement: str, **values: object) -> None:
        async with self.resources.database.openSession() as session:
            await (await session.connection()).execute(text(statement), values)
            await session.commit()

    async def violations(self) -> Mapping[str, Sequence[str]]:
        await self.run("relay")
        parts = composeParts(self.resources, self.settings)
        return await parts.invariants.findViolations(self.resources.clock.now())


def settingsFor(
    environment: Mapping[str, object], simulator: RunningSimulator, baseUrl: str, changes: Mapping[str, object]
) -> PaymentTestSettings:
    values = {**environment, **bankSettings(simulator), "publicBaseUrl": baseUrl, **changes}
    return PaymentTestSettings.model_validate(values)


def makeServerPlan(onOpen: Callable[[ServerResources, ServiceModule], None]) -> ServerPlan[PaymentTestSettings]:
    """The payment service alone, on a server of the platform; `onOpen` gets what stands behind it."""

    def compose(resources: ServerResources, settings: PaymentTestSettings) -> Sequence[ServiceModule]:
        module = composePayment(resources, settings, resolveTestIdentity)
        onOpen(resources, module)
        return [module]

    return ServerPlan(
        title=TITLE,
        description=TITLE,
        openApiUrl="/api/openapi.json",
        settings=PaymentTestSettings,
        databaseUrl=lambda settings: settings.databasePublicUrl,
        compose=compose,
        routers=paymentRouters,
    )


@asynccontextmanager
async def runPaymentServer(
    environment: Mapping[str, object], simulator: RunningSimulator, **changes: object
) -> AsyncIterator[PaymentServer]:
    """The server on a free port; its jobs run only when a test asks."""
    port = findFreePort()
    baseUrl = f"http://127.0.0.1:{port}"
    settings = settingsFor(environment, simulator, baseUrl, changes)
    opened: list[tuple[ServerResources, ServiceModule]] = []
    plan = makeServerPlan(lambda resources, module: opened.append((resources, module)))
    config = uvicorn.Config(
        createServer(plan, settings), "127.0.0.1", port, log_level="warning", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done(), "the server did not start"
        await asyncio.sleep(0.02)
    resources, module = opened[0]
    async with (
        httpx.AsyncClient(base_url=baseUrl, timeout=60, trust_env=False, limits=LIMITS) as client,
        httpx.AsyncClient(base_url=simulator.baseUrl, timeout=60, trust_env=False, limits=LIMITS) as bank,
    ):
        moved = await bank.put("/simulator/merchant", json={"baseUrl": f"{baseUrl}/api/payment/bri"})
        assert moved.status_code == 200, moved.text
        try:
            yield PaymentServer(baseUrl, client, bank, settings, resources, module)
        finally:
            server.should_exit = True
            await serving
