"""What payments hold of a person: given out whole; erased down to what the books must keep, under a bare number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, null, or_, select, update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from KSysPayment.backend.domain.models.bankCall import BankCall
from KSysPayment.backend.domain.models.idempotencyKey import IdempotencyKey
from KSysPayment.backend.domain.models.ledger import Entry, LedgerAccount
from KSysPayment.backend.domain.models.payment import Payment
from KSysPayment.backend.domain.models.paymentAttempt import PaymentAttempt
from KSysPayment.backend.domain.models.paymentEvent import PaymentEvent
from KSysPayment.backend.domain.models.paymentException import PaymentException
from KSysPayment.backend.domain.models.receipt import Receipt, ReceiptEvidence
from shared.backend.database.personalTables import OwnedRows, PersonalTableInterface, keepRows

_ROWS_AT_A_TIME: Final = 5000


def paymentPersonalTables() -> Sequence[PersonalTableInterface]:
    """Every table of this service with a path to a person, in the order in which their rows can be erased."""
    return [
        OwnedRows(IdempotencyKey, lambda userId: col(IdempotencyKey.ownerId) == userId),
        OwnedRows(
            PaymentException,
            lambda userId: col(PaymentException.paymentId).in_(_paymentsOf(userId)),
            secret=("assigneeId", "resolvedBy"),
            eraser=keepRows,
        ),
        OwnedRows(BankCall, _isCallFor, secret=("requestHeaders",), eraser=keepRows),
        OwnedRows(ReceiptEvidence, _isEvidenceFor, eraser=keepRows),
        OwnedRows(Receipt, lambda userId: col(Receipt.paymentId).in_(_paymentsOf(userId)), eraser=keepRows),
        OwnedRows(
            PaymentAttempt, lambda userId: col(PaymentAttempt.paymentId).in_(_paymentsOf(userId)), eraser=keepRows
        ),
        OwnedRows(PaymentEvent, lambda userId: col(PaymentEvent.ownerId) == userId, eraser=keepRows),
        OwnedRows(Entry, _isEntryOf, eraser=keepRows),
        OwnedRows(LedgerAccount, lambda userId: col(LedgerAccount.ownerId) == userId, eraser=keepRows),
        OwnedRows(
            Payment, lambda userId: col(Payment.ownerId) == userId, secret=("checkoutToken",), eraser=forgetWords
        ),
    ]


async def forgetWords(session: AsyncSession, userId: UUID) -> None:
    """What the person wrote about payments goes; amounts, times and states stay."""
    hasWords = or_(col(Payment.description).is_not(None), col(Payment.merchantMetadata) != {})
    some = _paymentsOf(userId).where(hasWords).limit(_ROWS_AT_A_TIME)
    statement = (
        update(Payment)
        .where(col(Payment.id).in_(some))
        .values({"description": null(), "merchantMetadata": {}})
        .returning(col(Payment.id))
    )
    connection = await session.connection()
    while (await connection.execute(statement)).first() is not None:
        pass  # a statement has five seconds, and a merchant many payments


def _paymentsOf(userId: UUID) -> Select[UUID]:
    return select(col(Payment.id)).where(col(Payment.ownerId) == userId)


def _isCallFor(userId: UUID) -> ColumnElement[bool]:
    attempts = select(col(PaymentAttempt.id)).where(col(PaymentAttempt.paymentId).in_(_paymentsOf(userId)))
    return col(BankCall.attemptId).in_(attempts)


def _isEvidenceFor(userId: UUID) -> ColumnElement[bool]:
    receipts = select(col(Receipt.id)).where(col(Receipt.paymentId).in_(_paymentsOf(userId)))
    return col(ReceiptEvidence.receiptId).in_(receipts)


def _isEntryOf(userId: UUID) -> ColumnElement[bool]:
    accounts = select(col(LedgerAccount.id)).where(col(LedgerAccount.ownerId) == userId)
    return col(Entry.accountId).in_(accounts)
