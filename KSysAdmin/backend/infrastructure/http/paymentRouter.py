from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from KSysAdmin.backend.application.output.paymentOutput import PaymentOutput, TimelineOutput
from KSysAdmin.backend.domain.exceptions.userErrors import PaymentNotFoundError
from KSysAdmin.backend.domain.interfaces.paymentReaderInterface import PaymentFilter
from KSysAdmin.backend.domain.models.paymentStatuses import PaymentMethod, PaymentStatus
from KSysAdmin.backend.domain.policies.permission import Permission
from KSysAdmin.backend.infrastructure.http.authorization import REFUSALS, UseCasesDep, requires
from KSysAdmin.backend.infrastructure.http.timeQuery import QueryTime
from shared.backend.exceptions.problems import problemsOf
from shared.backend.http.paging import PageDep
from shared.backend.utils.paging import InvalidCursorError, Page

paymentRouter = APIRouter(prefix="/api/admin/payments", tags=["payments"])


async def provideFilter(
    status: Annotated[PaymentStatus | None, Query()] = None,
    method: Annotated[PaymentMethod | None, Query()] = None,
    reference: Annotated[str | None, Query(min_length=1, max_length=64)] = None,
    ownerId: Annotated[UUID | None, Query()] = None,
    createdFrom: Annotated[QueryTime | None, Query()] = None,
    createdTo: Annotated[QueryTime | None, Query(description="Not included")] = None,
) -> PaymentFilter:
    return PaymentFilter(
        status=status,
        method=method,
        reference=reference,
        ownerId=ownerId,
        createdFrom=createdFrom,
        createdTo=createdTo,
    )


FilterDep = Annotated[PaymentFilter, Depends(provideFilter)]


@paymentRouter.get(
    "",
    summary="List payments of everyone, newest first",
    description="Payments of every owner; filters narrow the list.",
    dependencies=[requires(Permission.PAYMENT_READ)],
    responses=problemsOf(*REFUSALS, InvalidCursorError),
)
async def listAllPayments(wanted: FilterDep, page: PageDep, useCases: UseCasesDep) -> Page[PaymentOutput]:
    return await useCases.listPayments.execute(wanted, page)


@paymentRouter.get(
    "/{paymentId}/timeline",
    summary="Everything that happened to a payment, oldest first",
    description="State changes, calls to the bank, receipts, journals with their entries, and exceptions.",
    dependencies=[requires(Permission.PAYMENT_READ)],
    responses=problemsOf(*REFUSALS, PaymentNotFoundError),
)
async def showPaymentTimeline(paymentId: UUID, useCases: UseCasesDep) -> TimelineOutput:
    return await useCases.showPaymentTimeline.execute(paymentId)
