from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from KSysPayment.backend.domain.interfaces.repositoryInterfaces import ExceptionRepositoryInterface
from KSysPayment.backend.domain.models.payment import Payment
from KSysPayment.backend.domain.models.paymentException import ExceptionKind, ExceptionState, PaymentException
from shared.backend.utils.uuid import generateId


class ExceptionRepository(ExceptionRepositoryInterface):
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def open(
        self,
        kind: ExceptionKind,
        dedupeKey: str,
        detail: str,
        at: datetime,
        *,
        paymentId: UUID | None = None,
        attemptId: UUID | None = None,
        receiptId: UUID | None = None,
        facts: dict[str, JsonValue] | None = None,
    ) -> None:
        await self._session.flush()
        connection = await self._session.connection()
        statement = (
            insert(PaymentException)
            .values(
                {
                    PaymentException.id: generateId(),
                    PaymentException.kind: kind,
                    PaymentException.state: ExceptionState.OPEN,
                    PaymentException.dedupeKey: dedupeKey[:200],
                    PaymentException.paymentId: paymentId,
                    PaymentException.attemptId: attemptId,
                    PaymentException.receiptId: receiptId,
                    PaymentException.detail: detail[:255],
                    PaymentException.facts: facts or {},
                    PaymentException.openedAt: at,
                }
            )
            .on_conflict_do_nothing(index_elements=[col(PaymentException.dedupeKey)])
        )
        await connection.execute(statement)
        if paymentId is None:
            return
        flagged = (
            update(Payment)
            .where(col(Payment.id) == paymentId, col(Payment.needsReview).is_(False))
            .values({"needsReview": True})
        )
        await connection.execute(flagged)

    async def resolveForAttempt(self, attemptId: UUID, kind: ExceptionKind, resolution: str, at: datetime) -> None:
        connection = await self._session.connection()
        await connection.execute(
            update(PaymentException)
            .where(
                col(PaymentException.attemptId) == attemptId,
                col(PaymentException.kind) == kind,
                col(PaymentException.state) == ExceptionState.OPEN,
            )
            .values(
                {
                    "state": ExceptionState.RESOLVED,
                    "resolvedAt": at,
                    "resolvedBy": "system",
                    "resolution": resolution,
                }
            )
        )
