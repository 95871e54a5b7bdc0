from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from shared.backend.http.access import PublicAccess
from shared.backend.loggingFactory import SystemLogger

# Shorter than the gateway and load balancers wait: a part that hangs is named instead of making the answer hang.
PROBE_SECONDS: Final = 1.5

logger = SystemLogger("platform")


class ComponentHealth(BaseModel):
    """One thing the server needs, and how long it took to answer."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["healthy", "unhealthy"]
    latencyMs: float = Field(examples=[0.8])


class Health(BaseModel):
    """`degraded`: Redis is away and the server goes on without it; `unhealthy`: it cannot do its work."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["healthy", "degraded", "unhealthy"]
    components: dict[str, ComponentHealth]


class Liveness(BaseModel):
    """The process runs; `instanceId` says which start of it this is."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["alive"] = "alive"
    instanceId: str


Check = Callable[[], Awaitable[object]]


class HealthChecks:
    """What `/health` asks; `essential` parts make the server unhealthy, others only degraded."""

    def __init__(self, instanceId: str, essential: dict[str, Check], others: dict[str, Check]) -> None:
        self.instanceId = instanceId
        self._essential, self._others = essential, others

    async def run(self) -> Health:
        essential, others = await asyncio.gather(_probeAll(self._essential), _probeAll(self._others))
        return Health(status=_overall(essential, others), components=essential | others)


async def _probeAll(checks: dict[str, Check]) -> dict[str, ComponentHealth]:
    answers = await asyncio.gather(*(_probe(name, check) for name, check in checks.items()))
    return dict(zip(checks, answers, strict=True))


async def _probe(name: str, check: Check) -> ComponentHealth:
    startedAt = time.perf_counter()
    try:
        await _within(PROBE_SECONDS, check)
        status: Literal["healthy", "unhealthy"] = "healthy"
    except Exception as error:  # noqa: BLE001 - whatever it is, the component is not well
        logger.error.error("health.componentFailed", f"{name} does not answer", exception=error, component=name)
        status = "unhealthy"
    return ComponentHealth(status=status, latencyMs=round((time.perf_counter() - startedAt) * 1000, 2))


async def _within(seconds: float, check: Check) -> None:
    """As `asyncio.wait_for`, which would also wait until what it gave up has tidied up after itself."""
    asking = asyncio.ensure_future(check())
    asking.add_done_callback(lambda asked: asked.cancelled() or asked.exception())
    try:
        done, _ = await asyncio.wait({asking}, timeout=seconds)
    finally:
        asking.cancel()
    if not done:
        raise TimeoutError(f"no answer within {seconds} s")
    asking.result()


def _overall(
    essential: dict[str, ComponentHealth], others: dict[str, ComponentHealth]
) -> Literal["healthy", "degraded", "unhealthy"]:
    if any(component.status == "unhealthy" for component in essential.values()):
        return "unhealthy"
    if any(component.status == "unhealthy" for component in others.values()):
        return "degraded"
    return "healthy"


async def provideHealthChecks(request: Request) -> HealthChecks:
    checks: HealthChecks = request.state.healthChecks
    return checks


HealthChecksDep = Annotated[HealthChecks, Depends(provideHealthChecks)]

# Not in the OpenAPI document: through the gateway `/health` is the gateway's own.
healthRouter = APIRouter(tags=["health"], include_in_schema=False)


@healthRouter.get(
    "/health",
    summary="Is the server able to work?",
    description="Database, Redis and crypto with their latency. 200 when healthy or degraded, 503 when unhealthy.",
    dependencies=[Depends(PublicAccess())],
    responses={503: {"model": Health, "description": "An essential part does not answer"}},
)
async def health(checks: HealthChecksDep, response: Response) -> Health:
    result = await checks.run()
    response.status_code = 503 if result.status == "unhealthy" else 200
    return result


@healthRouter.get(
    "/health/live",
    summary="Does the process run?",
    description="Depends on nothing.",
    dependencies=[Depends(PublicAccess())],
)
async def healthLive(checks: HealthChecksDep) -> Liveness:
    return Liveness(instanceId=checks.instanceId)
