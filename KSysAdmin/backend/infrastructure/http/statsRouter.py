from __future__ import annotations

from fastapi import APIRouter

from KSysAdmin.backend.application.output.overviewOutput import OverviewOutput
from KSysAdmin.backend.domain.policies.permission import Permission
from KSysAdmin.backend.infrastructure.http.authorization import REFUSALS, UseCasesDep, requires
from shared.backend.exceptions.problems import problemsOf

statsRouter = APIRouter(prefix="/api/admin/stats", tags=["overview"])


@statsRouter.get(
    "/overview",
    summary="The platform in numbers",
    description="Counts of users, sessions and payments.",
    dependencies=[requires(Permission.STATS_READ)],
    responses=problemsOf(*REFUSALS),
)
async def showOverview(useCases: UseCasesDep) -> OverviewOutput:
    return await useCases.showOverview.execute()
