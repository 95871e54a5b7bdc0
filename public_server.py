from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI
from pydantic import SecretStr

from KAuthApp.backend.compositionRoot import AuthSettings, authRouters, composeAuth
from KSysPayment.backend.compositionRoot import PaymentSettings, composePayment, paymentPersonalTables, paymentRouters
from shared.backend.server import ServerPlan, ServerResources, ServiceModule, createServer


class PublicSettings(AuthSettings, PaymentSettings):
    databasePublicUrl: SecretStr


def _compose(resources: ServerResources, settings: PublicSettings) -> Sequence[ServiceModule]:
    auth = composeAuth(resources, settings, paymentPersonalTables())
    return [auth.module, composePayment(resources, settings, auth.resolveIdentity)]


def _routers() -> Sequence[APIRouter]:
    return [*authRouters(), *paymentRouters()]


plan = ServerPlan(
    title="K public API",
    description="Sign-in (KAuthApp) and payments (KSysPayment).",
    openApiUrl="/api/openapi.json",
    settings=PublicSettings,
    databaseUrl=lambda settings: settings.databasePublicUrl,
    compose=_compose,
    routers=_routers,
)


def createPublicApp(settings: PublicSettings | None = None) -> FastAPI:
    """The public server; without `settings` it reads the environment when it starts."""
    return createServer(plan, settings)


app = createPublicApp()
