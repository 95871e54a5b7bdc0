from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from KSysAdmin.backend.application.output.rateLimitPolicyOutput import RateLimitPolicyOutput
from KSysAdmin.backend.domain.exceptions.settingErrors import RateLimitPolicyExistsError, RateLimitPolicyNotFoundError
from KSysAdmin.backend.domain.policies.permission import Permission
from KSysAdmin.backend.domain.policies.rateLimitRule import RateLimitRule
from KSysAdmin.backend.infrastructure.http.authorization import (
    FRESH_REFUSALS,
    REFUSALS,
    ActorDep,
    UseCasesDep,
    requires,
)
from shared.backend.exceptions.problems import problemsOf
from shared.backend.http.paging import PageDep
from shared.backend.utils.paging import InvalidCursorError, Page

rateLimitRouter = APIRouter(prefix="/api/admin/rate-limit-policies", tags=["rate limits"])


@rateLimitRouter.get(
    "",
    summary="List rate limits by name",
    description="The policies the gateway enforces or, in `shadow` mode, only counts.",
    dependencies=[requires(Permission.RATE_LIMIT_READ)],
    responses=problemsOf(*REFUSALS, InvalidCursorError),
)
async def listRateLimitPolicies(page: PageDep, useCases: UseCasesDep) -> Page[RateLimitPolicyOutput]:
    return await useCases.listRateLimitPolicies.execute(page)


@rateLimitRouter.post(
    "",
    summary="Create a rate limit; the gateway enforces it within a second",
    description=(
        "All policies that match a request must agree. `burst` is how many may come at once; `shadow` "
        "counts and refuses nobody."
    ),
    status_code=HTTPStatus.CREATED,
    dependencies=[requires(Permission.RATE_LIMIT_WRITE, isFresh=True)],
    responses=problemsOf(*FRESH_REFUSALS, RateLimitPolicyExistsError),
)
async def createRateLimitPolicy(rule: RateLimitRule, actor: ActorDep, useCases: UseCasesDep) -> RateLimitPolicyOutput:
    return await useCases.createRateLimitPolicy.execute(rule, actor)


@rateLimitRouter.put(
    "/{policyId}",
    summary="Replace a rate limit",
    description="Acts at the gateway within a second, without a reload.",
    dependencies=[requires(Permission.RATE_LIMIT_WRITE, isFresh=True)],
    responses=problemsOf(*FRESH_REFUSALS, RateLimitPolicyNotFoundError, RateLimitPolicyExistsError),
)
async def replaceRateLimitPolicy(
    policyId: UUID, rule: RateLimitRule, actor: ActorDep, useCases: UseCasesDep
) -> RateLimitPolicyOutput:
    return await useCases.replaceRateLimitPolicy.execute(policyId, rule, actor)


@rateLimitRouter.delete(
    "/{policyId}",
    summary="Remove a rate limit",
    description="Acts at the gateway within a second, without a reload.",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=[requires(Permission.RATE_LIMIT_WRITE, isFresh=True)],
    responses=problemsOf(*FRESH_REFUSALS, RateLimitPolicyNotFoundError),
)
async def removeRateLimitPolicy(policyId: UUID, actor: ActorDep, useCases: UseCasesDep) -> None:
    await useCases.removeRateLimitPolicy.execute(policyId, actor)
