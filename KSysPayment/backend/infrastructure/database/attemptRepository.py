from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, exists, select

from KSysPayment.backend.domain.exceptions.paymentErrors import PaymentNotFoundError, VirtualAccountTakenError
from KSysPayment.backend.domain.interfaces.repositoryInterfaces import AttemptRepositoryInterface
from KSysPayment.backend.domain.models.payment import Payment
from KSysPayment.backend.domain.models.paymentAttempt import PaymentAttempt
from KSysPayment.backend.domain.models.statuses import AttemptState
from shared.backend.database.baseRepository import BaseRepository
from shared.backend.database.failures import brokenConstraint

ONE_NUMBER: Final = "uq_payment_attempt_bank_account_virtual_account_no"


class AttemptRepository(BaseRepository[PaymentAttempt], AttemptRepositoryInterface):
    model = PaymentAttempt

    async def add(self, row: PaymentAttempt) -> None:
        try:
            await super().add(row)
        except IntegrityError as error:
            if brokenConstraint(error) == ONE_NUMBER:
                raise VirtualAccountTakenError("draw another number") from error
            raise

    async def get(self, attemptId: UUID) -> PaymentAttempt:
        attempt = await self._session.get(PaymentAttempt, attemptId, populate_existing=True)
        if attempt is None:
            raise PaymentNotFoundError("there is no such attempt")
        return attempt

    async def getOfPayment(self, paymentId: UUID) -> PaymentAttempt:
        statement = (
            select(PaymentAttempt)
            .where(PaymentAttempt.paymentId == paymentId)
            .order_by(col(PaymentAttempt.id).desc())
            .limit(1)
            .execution_options(populate_existing=True)
        )
        attempt = (await self._session.exec(statement)).one_or_none()
        if attempt is None:
            raise PaymentNotFoundError("the payment has no attempt")
        return attempt

    async def claimDue(self, at: datetime, lease: timedelta, most: int) -> Sequence[PaymentAttempt]:
        statement = (
            select(PaymentAttempt)
            .where(col(PaymentAttempt.nextCheckAt) <= at)
            .order_by(col(PaymentAttempt.nextCheckAt))
            .limit(most)
            .with_for_update(skip_locked=True, key_share=True)
        )
        attempts = (await self._session.exec(statement)).all()
        for attempt in attempts:
            attempt.nextCheckAt = at + lease
            attempt.checkCount += 1
        await self._session.flush()
        return attempts

    async def hasOpen(self) -> bool:
        waiting = (AttemptState.SENT, AttemptState.UNKNOWN, AttemptState.ACCEPTED)
        statement = select(exists().where(col(PaymentAttempt.state).in_(waiting)))
        return bool((await self._session.exec(statement)).one())

    async def findDescription(self, attemptId: UUID) -> str:
        statement = (
            select(Payment.description, Payment.reference)
            .join(PaymentAttempt, col(PaymentAttempt.paymentId) == col(Payment.id))
            .where(PaymentAttempt.id == attemptId)
        )
        description, reference = (await self._session.exec(statement)).one()
        return description or reference
