from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from KSysAdmin.backend.application.output.auditOutput import AuditEventOutput, AuditVerificationOutput
from KSysAdmin.backend.domain.interfaces.auditEventRepositoryInterface import AuditFilter
from KSysAdmin.backend.domain.policies.permission import Permission
from KSysAdmin.backend.infrastructure.http.authorization import CHANGE_REFUSALS, REFUSALS, UseCasesDep, requires
from KSysAdmin.backend.infrastructure.http.timeQuery import QueryTime
from shared.backend.exceptions.problems import problemsOf
from shared.backend.http.paging import PageDep
from shared.backend.utils.paging import InvalidCursorError, Page

auditRouter = APIRouter(prefix="/api/admin/audit-events", tags=["audit"])


async def provideFilter(
    actor: Annotated[str | None, Query(min_length=1, max_length=64, description="Id or kind of who did it")] = None,
    action: Annotated[
        str | None, Query(min_length=1, max_length=100, description="`user.suspended`, or a family: `user.`")
    ] = None,
    target: Annotated[str | None, Query(min_length=1, max_length=64, description="Id or kind of what changed")] = None,
    occurredFrom: Annotated[QueryTime | None, Query(alias="from")] = None,
    occurredTo: Annotated[QueryTime | None, Query(alias="to", description="Not included")] = None,
) -> AuditFilter:
    return AuditFilter(actor=actor, action=action, target=target, occurredFrom=occurredFrom, occurredTo=occurredTo)


FilterDep = Annotated[AuditFilter, Depends(provideFilter)]


@auditRouter.get(
    "",
    summary="List what was changed, newest first",
    description="Append-only: every change of state, with actor, target, before and after.",
    dependencies=[requires(Permission.AUDIT_READ)],
    responses=problemsOf(*REFUSALS, InvalidCursorError),
)
async def listAuditEvents(wanted: FilterDep, page: PageDep, useCases: UseCasesDep) -> Page[AuditEventOutput]:
    return await useCases.listAuditEvents.execute(wanted, page)


@auditRouter.post(
    "/verify",
    summary="Recompute every chain and name the first row that does not fit",
    description="Walks the hash chains and names the first row that was altered, removed or moved.",
    dependencies=[requires(Permission.AUDIT_READ)],
    responses=problemsOf(*CHANGE_REFUSALS),
)
async def verifyAudit(useCases: UseCasesDep) -> AuditVerificationOutput:
    return await useCases.verifyAudit.execute()
