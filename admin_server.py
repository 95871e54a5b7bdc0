from __future__ import annotations

from fastapi import FastAPI
from pydantic import SecretStr

from KSysAdmin.backend.compositionRoot import AdminSettings, adminRouters, composeAdmin
from shared.backend.server import ServerPlan, createServer


class AdminServerSettings(AdminSettings):
    databaseAdminUrl: SecretStr


plan = ServerPlan(
    title="K admin API",
    description="Administration (KSysAdmin): users, payments, limits, settings, audit.",
    openApiUrl="/api/admin/openapi.json",
    settings=AdminServerSettings,
    databaseUrl=lambda settings: settings.databaseAdminUrl,
    compose=lambda resources, settings: [composeAdmin(resources, settings)],
    routers=adminRouters,
)


def createAdminApp(settings: AdminServerSettings | None = None) -> FastAPI:
    """The admin server; without `settings` it reads the environment when it starts."""
    return createServer(plan, settings)


app = createAdminApp()
