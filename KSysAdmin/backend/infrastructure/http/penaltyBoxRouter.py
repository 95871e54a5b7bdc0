from __future__ import annotations

from fastapi import APIRouter

from KSysAdmin.backend.application.output.penaltyBoxOutput import PenaltyBoxOutput
from KSysAdmin.backend.domain.policies.penaltyRule import PenaltyRule
from KSysAdmin.backend.domain.policies.permission import Permission
from KSysAdmin.backend.infrastructure.http.authorization import (
    FRESH_REFUSALS,
    REFUSALS,
    ActorDep,
    UseCasesDep,
    requires,
)
from shared.backend.exceptions.problems import problemsOf

penaltyBoxRouter = APIRouter(prefix="/api/admin/penalty-box", tags=["rate limits"])


@penaltyBoxRouter.get(
    "",
    summary="What happens to callers who keep hitting limits",
    description="Switched off until somebody switches it on.",
    dependencies=[requires(Permission.RATE_LIMIT_READ)],
    responses=problemsOf(*REFUSALS),
)
async def showPenaltyBox(useCases: UseCasesDep) -> PenaltyBoxOutput:
    return await useCases.showPenaltyBox.execute()


@penaltyBoxRouter.put(
    "",
    summary="Change the penalty box",
    description="Acts at the gateway within a second. Whoever is inside stays there until the end they were told.",
    dependencies=[requires(Permission.RATE_LIMIT_WRITE, isFresh=True)],
    responses=problemsOf(*FRESH_REFUSALS),
)
async def changePenaltyBox(rule: PenaltyRule, actor: ActorDep, useCases: UseCasesDep) -> PenaltyBoxOutput:
    return await useCases.changePenaltyBox.execute(rule, actor)
