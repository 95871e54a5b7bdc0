from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from fastapi import APIRouter, FastAPI
from pydantic import SecretStr

from shared.backend.config.liveSettings import POLL_SECONDS, LiveSettings
from shared.backend.config.settings import PlatformSettings, loadSettings
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.database.engine import Database
from shared.backend.exceptions.problems import installProblemHandlers
from shared.backend.health.healthRouter import HealthChecks, healthRouter
from shared.backend.http.openApi import installOpenApi
from shared.backend.http.routeIndex import installRouteIndex
from shared.backend.jobs.job import Job, JobRunner
from shared.backend.loggingFactory import SystemLogger, configureLogging
from shared.backend.mail.mailSender import MailSenderInterface, SmtpMailSender
from shared.backend.middleware.corsMiddleware import CorsMiddleware
from shared.backend.middleware.requestContextMiddleware import RequestContextMiddleware
from shared.backend.redis.client import RedisClient, closeRedis, initRedis
from shared.backend.utils.clock import ClockInterface, SystemClock
from shared.backend.utils.scheduling import giveWay

CORS_ORIGINS: Final = "cors.allowedOrigins"
# So that on a full machine the gateway and Redis, who answer within a moment, need not wait for a server's turn.
LOOP_SLICE_MS: Final = 20

logger = SystemLogger("platform")
Settings = TypeVar("Settings", bound=PlatformSettings)


@dataclass(frozen=True)
class ServerResources:
    """What a server opens once and its services share."""

    settings: PlatformSettings
    database: Database
    redis: RedisClient
    crypto: CryptoFactory
    clock: ClockInterface
    liveSettings: LiveSettings
    mail: MailSenderInterface


@dataclass(frozen=True)
class ServiceModule:
    """One service, composed: entries for `request.state`, its jobs, and what it must do before the first request."""

    name: str
    state: Mapping[str, object]
    jobs: Sequence[Job] = ()
    start: Callable[[], Awaitable[None]] | None = None


@dataclass(frozen=True)
class ServerPlan(Generic[Settings]):
    """Everything that makes one server: which settings, which database role, which services, which routes."""

    title: str
    description: str
    openApiUrl: str
    settings: type[Settings]
    databaseUrl: Callable[[Settings], SecretStr]
    compose: Callable[[ServerResources, Settings], Sequence[ServiceModule]]
    routers: Callable[[], Sequence[APIRouter]]


@dataclass
class _Runtime:
    """What middleware needs before the lifespan has opened it."""

    gatewaySecret: str = ""
    allowedOrigins: frozenset[str] = field(default_factory=frozenset)


@asynccontextmanager
async def openResources(
    settings: PlatformSettings, databaseUrl: SecretStr, name: str
) -> AsyncIterator[ServerResources]:
    """Open what the services share; closed in reverse order at the end of the block, whatever happens."""
    async with AsyncExitStack() as stack:
        crypto = await asyncio.to_thread(CryptoFactory.fromSettings, settings)
        stack.callback(crypto.close)
        database = Database(databaseUrl.get_secret_value(), settings.databasePoolSize, name)
        stack.push_async_callback(database.close)
        redis = await initRedis(settings.redisUrl.get_secret_value())
        stack.push_async_callback(closeRedis, redis)
        mail = SmtpMailSender(
            settings.smtpHost,
            settings.smtpPort,
            settings.mailFrom,
            security=settings.smtpSecurity,
            username=settings.smtpUsername,
            password=settings.smtpPassword,
        )
        yield ServerResources(settings, database, redis, crypto, SystemClock(), LiveSettings(redis), mail)


def createServer(plan: ServerPlan[Settings], settings: Settings | None = None) -> FastAPI:
    """
    The app of one server. Nothing is read or opened before its lifespan starts.

    `settings` replaces what the environment says (tests).
    """
    runtime = _Runtime()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, object]]:
        loaded = settings or loadSettings(plan.settings)
        configureLogging(loaded.logLevel, loaded.logFormat)
        async with openResources(loaded, plan.databaseUrl(loaded), plan.title) as resources:
            state = await _start(plan, loaded, resources, runtime)
            runner = JobRunner(state.jobs)
            runner.start()
            gc.collect()
            gc.freeze()
            giveWay(LOOP_SLICE_MS)
            logger.application.info("server.started", plan.title, instanceId=loaded.instanceId)
            try:
                yield state.entries
            finally:
                await runner.stop()

    app = FastAPI(
        title=plan.title,
        description=plan.description,
        version="1",
        lifespan=lifespan,
        openapi_url=None,  # a route like any other, with its access class
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # asked about anew for each request
        redirect_slashes=False,  # a redirect names the host that the caller named, and takes the body there
        generate_unique_id_function=lambda route: route.name,
        separate_input_output_schemas=False,
    )
    installProblemHandlers(app)
    for router in plan.routers():
        app.include_router(router)
    app.include_router(healthRouter)
    installOpenApi(app, plan.openApiUrl)
    installRouteIndex(app)
    app.add_middleware(CorsMiddleware, allowedOrigins=lambda: runtime.allowedOrigins)
    app.add_middleware(RequestContextMiddleware, gatewaySecret=lambda: runtime.gatewaySecret)
    return app


@dataclass(frozen=True)
class _Started:
    entries: dict[str, object]
    jobs: Sequence[Job]


async def _start(
    plan: ServerPlan[Settings], settings: Settings, resources: ServerResources, runtime: _Runtime
) -> _Started:
    runtime.gatewaySecret = settings.gatewaySharedSecret.get_secret_value()
    resources.liveSettings.onChange(lambda values: _takeOrigins(runtime, values.get(CORS_ORIGINS)))
    await resources.liveSettings.refresh()
    modules = plan.compose(resources, settings)
    for module in modules:
        if module.start is not None:
            await module.start()
    checks = HealthChecks(
        settings.instanceId,
        essential={"database": resources.database.checkConnection, "crypto": resources.crypto.checkHealth},
        others={"redis": resources.redis.checkConnection},
    )
    entries: dict[str, object] = {"healthChecks": checks, "settings": settings}
    for module in modules:
        entries.update(module.state)
    jobs = [job for module in modules for job in module.jobs] if settings.jobsInServer else []
    return _Started(entries, [Job("liveSettings", resources.liveSettings.refresh, POLL_SECONDS), *jobs])


def _takeOrigins(runtime: _Runtime, origins: object) -> None:
    if isinstance(origins, list):
        runtime.allowedOrigins = frozenset(str(origin) for origin in origins)


async def runWorker(plan: ServerPlan[Settings], stop: asyncio.Event) -> None:
    """The jobs of one server without its routes, until `stop` is set; the server beside it has JOBS_IN_SERVER=false."""
    settings = loadSettings(plan.settings)
    configureLogging(settings.logLevel, settings.logFormat)
    async with openResources(settings, plan.databaseUrl(settings), f"{plan.title} worker") as resources:
        await resources.liveSettings.refresh()
        modules = plan.compose(resources, settings)
        for module in modules:
            if module.start is not None:
                await module.start()
        live = Job("liveSettings", resources.liveSettings.refresh, POLL_SECONDS)
        runner = JobRunner([live, *(job for module in modules for job in module.jobs)])
        runner.start()
        await stop.wait()
        await runner.stop()
