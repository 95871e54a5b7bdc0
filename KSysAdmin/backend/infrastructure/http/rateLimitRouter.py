from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from KSysAdmin.backend.application.input.simulationInputs import ReplayInput, SimulateInput
from KSysAdmin.backend.application.output.limitCountersOutput import LimitCountersOutput
from KSysAdmin.backend.application.output.rateLimitPolicyOutput import RateLimitPolicyOutput
from KSysAdmin.backend.application.output.simulationOutputs import ReplayOutput, SimulationOutput
from KSysAdmin.backend.domain.exceptions.settingErrors import (
    GatewayAwayError,
    GatewayLogMissingError,
    RateLimitPolicyExistsError,
    RateLimitPolicyNotFoundError,
    RuleSetRefusedError,
)
from KSysAdmin.backend.domain.policies.permission import Permission
from KSysAdmin.backend.domain.policies.rateLimitRule import RateLimitRule
from KSysAdmin.backend.infrastructure.http.authorization import (
    CHANGE_REFUSALS,
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
        "counts and refuses nobody; a `concurrency` limit counts requests under way."
    ),
    status_code=HTTPStatus.CREATED,
    dependencies=[requires(Permission.RATE_LIMIT_WRITE, isFresh=True)],
    responses=problemsOf(*FRESH_REFUSALS, RateLimitPolicyExistsError, RuleSetRefusedError),
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


@rateLimitRouter.get(
    "/counters",
    summary="What every rate limit has done",
    description=(
        "Read from the private port of every gateway at this moment, and added up. A gateway that does not answer is "
        "listed and says so."
    ),
    dependencies=[requires(Permission.RATE_LIMIT_READ)],
    responses=problemsOf(*REFUSALS),
)
async def showLimitCounters(useCases: UseCasesDep) -> LimitCountersOutput:
    return await useCases.showLimitCounters.execute()


@rateLimitRouter.post(
    "/simulate",
    summary="Would these requests be limited, by which limit and when?",
    description=(
        "Answered by the gateway with the code that decides over real traffic, on a clock of its own: nothing is "
        "counted and nothing changed. `changedPolicies` and `removedPolicies` say what would be different."
    ),
    dependencies=[requires(Permission.RATE_LIMIT_READ)],
    responses=problemsOf(*CHANGE_REFUSALS, RateLimitPolicyNotFoundError, RuleSetRefusedError, GatewayAwayError),
)
async def simulateRateLimits(asked: SimulateInput, useCases: UseCasesDep) -> SimulationOutput:
    return await useCases.simulateRateLimits.execute(asked)


@rateLimitRouter.post(
    "/replay",
    summary="How many requests of the log would other limits have refused?",
    description=(
        "Sends the requests in the gateways' log, of the last 24 hours unless told otherwise and the newest 50,000 at "
        "most, through the code that decides over real traffic. Who sent them is known by address only."
    ),
    dependencies=[requires(Permission.RATE_LIMIT_READ)],
    responses=problemsOf(
        *CHANGE_REFUSALS, RateLimitPolicyNotFoundError, RuleSetRefusedError, GatewayAwayError, GatewayLogMissingError
    ),
)
async def replayRateLimits(asked: ReplayInput, useCases: UseCasesDep) -> ReplayOutput:
    return await useCases.replayRateLimits.execute(asked)
