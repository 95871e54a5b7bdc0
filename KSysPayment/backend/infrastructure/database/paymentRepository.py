from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from KSysPayment.backend.domain.exceptions.paymentErrors import (
    CheckoutNotFoundError,
    PaymentNotFoundError,
    PaymentReferenceExistsError,
)
from KSysPayment.backend.domain.interfaces.repositoryInterfaces import (
    PaymentFilter,
    PaymentRepositoryInterface,
    PaymentView,
)
from KSysPayment.backend.domain.models.payment import Payment
from KSysPayment.backend.domain.models.paymentAttempt import PaymentAttempt
from shared.backend.database.baseRepository import BaseRepository
from shared.backend.database.failures import brokenConstraint
from shared.backend.utils.paging import Page, PageInput

ONE_REFERENCE: Final = "uq_payment_owner_id_reference"


class PaymentRepository(BaseRepository[Payment], PaymentRepositoryInterface):
    model = Payment

    async def add(self, row: Payment) -> None:
        try:
            await super().add(row)
        except IntegrityError as error:
            if brokenConstraint(error) == ONE_REFERENCE:
                raise PaymentReferenceExistsError("choose another reference for another payment") from error
            raise

    async def findByReference(self, ownerId: UUID, reference: str) -> Payment | None:
        statement = select(Payment).where(Payment.ownerId == ownerId, Payment.reference == reference)
        return (await self._session.exec(statement)).one_or_none()

    async def get(self, ownerId: UUID, paymentId: UUID) -> PaymentView:
        payment = await self._findOne(col(Payment.id) == paymentId, col(Payment.ownerId) == ownerId)
        if payment is None:
            raise PaymentNotFoundError("there is no such payment")
        return PaymentView(payment, await self._attemptOf(payment.id))

    async def getByCheckoutToken(self, token: str) -> PaymentView:
        payment = await self._findOne(col(Payment.checkoutToken) == token)
        if payment is None:
            raise CheckoutNotFoundError("there is no such checkout")
        return PaymentView(payment, await self._attemptOf(payment.id))

    async def getForUpdate(self, ownerId: UUID, paymentId: UUID) -> Payment:
        return await self._lockOne(col(Payment.id) == paymentId, col(Payment.ownerId) == ownerId)

    async def lock(self, paymentId: UUID) -> Payment:
        return await self._lockOne(col(Payment.id) == paymentId)

    async def listOwned(self, ownerId: UUID, chosen: PaymentFilter, page: PageInput) -> Page[PaymentView]:
        statement = select(Payment).where(Payment.ownerId == ownerId, *_conditions(chosen))
        found = await self.page(statement, page, ["createdAt", "id"])
        attempts = select(PaymentAttempt).where(col(PaymentAttempt.paymentId).in_([row.id for row in found.items]))
        byPayment = {attempt.paymentId: attempt for attempt in (await self._session.exec(attempts)).all()}
        views = [PaymentView(payment, byPayment.get(payment.id)) for payment in found.items]
        return Page[PaymentView].model_construct(items=views, nextCursor=found.nextCursor)

    async def _findOne(self, *conditions: ColumnElement[bool]) -> Payment | None:
        return (await self._session.exec(select(Payment).where(*conditions))).one_or_none()

    async def _lockOne(self, *conditions: ColumnElement[bool]) -> Payment:
        statement = (
            select(Payment).where(*conditions).with_for_update(key_share=True).execution_options(populate_existing=True)
        )
        payment = (await self._session.exec(statement)).one_or_none()
        if payment is None:
            raise PaymentNotFoundError("there is no such payment")
        return payment

    async def _attemptOf(self, paymentId: UUID) -> PaymentAttempt | None:
        statement = (
            select(PaymentAttempt)
            .where(PaymentAttempt.paymentId == paymentId)
            .order_by(col(PaymentAttempt.id).desc())
            .limit(1)
        )
        return (await self._session.exec(statement)).one_or_none()


def _conditions(chosen: PaymentFilter) -> Sequence[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if chosen.status is not None:
        conditions.append(col(Payment.status) == chosen.status)
    if chosen.method is not None:
        conditions.append(col(Payment.method) == chosen.method)
    if chosen.reference is not None:
        conditions.append(col(Payment.reference) == chosen.reference)
    if chosen.createdFrom is not None:
        conditions.append(col(Payment.createdAt) >= chosen.createdFrom)
    if chosen.createdTo is not None:
        conditions.append(col(Payment.createdAt) < chosen.createdTo)
    return conditions
