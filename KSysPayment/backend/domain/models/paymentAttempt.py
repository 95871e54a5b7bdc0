from __future__ import annotations

from datetime import date, datetime
from typing import Self
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from KSysPayment.backend.domain.exceptions.paymentErrors import PaymentMoveRefusedError
from KSysPayment.backend.domain.models.money import Money
from KSysPayment.backend.domain.models.payment import Payment
from KSysPayment.backend.domain.models.paymentTable import PaymentTable
from KSysPayment.backend.domain.models.statuses import ATTEMPT_MOVES, AttemptState, PaymentMethod
from KSysPayment.backend.domain.models.virtualAccountNumber import VirtualAccountNumber
from shared.backend.database.table import UtcDateTime, enumColumn
from shared.backend.utils.uuid import generateId


class PaymentAttempt(PaymentTable, table=True):
    """One instrument offered to the payer: here, one virtual account at the bank."""

    __tablename__ = "payment_attempt"
    __table_args__ = (
        UniqueConstraint("bank_account", "external_day", "external_id"),
        UniqueConstraint("bank_account", "partner_reference"),
        # Stricter than "never live twice": a number is never given again, so late money always finds its payment.
        UniqueConstraint("bank_account", "virtual_account_no"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        Index("ix_payment_attempt_payment_id", "payment_id"),
        Index("ix_payment_attempt_next_check_at", "next_check_at", postgresql_where=text("next_check_at IS NOT NULL")),
    )

    id: UUID = Field(primary_key=True)
    paymentId: UUID = Field(foreign_key="payment.id", sa_column_kwargs={"name": "payment_id"})
    bankAccount: str = Field(max_length=32, sa_column_kwargs={"name": "bank_account"})
    method: PaymentMethod = Field(sa_type=enumColumn(PaymentMethod, "method"))
    state: AttemptState = Field(sa_type=enumColumn(AttemptState, "state"))
    partnerReference: str = Field(max_length=64, sa_column_kwargs={"name": "partner_reference"})
    externalDay: date = Field(sa_column_kwargs={"name": "external_day"})
    externalId: str = Field(max_length=36, sa_column_kwargs={"name": "external_id"})
    partnerServiceId: str = Field(max_length=8, sa_column_kwargs={"name": "partner_service_id"})
    customerNo: str = Field(max_length=20, sa_column_kwargs={"name": "customer_no"})
    virtualAccountNo: str = Field(max_length=28, sa_column_kwargs={"name": "virtual_account_no"})
    accountName: str = Field(max_length=40, sa_column_kwargs={"name": "account_name"})
    currency: str = Field(max_length=3)
    amountMinor: int = Field(sa_type=BigInteger, sa_column_kwargs={"name": "amount_minor"})
    expiresAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "expires_at"})
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    sentAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "sent_at"})
    resolvedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "resolved_at"})
    closedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "closed_at"})
    deadlineAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "deadline_at"})
    nextCheckAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "next_check_at"})
    checkCount: int = Field(default=0, sa_column_kwargs={"name": "check_count"})
    checkedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "checked_at"})
    bankCode: str | None = Field(default=None, max_length=16, sa_column_kwargs={"name": "bank_code"})
    bankMessage: str | None = Field(default=None, max_length=255, sa_column_kwargs={"name": "bank_message"})

    @classmethod
    def send(
        cls,
        payment: Payment,
        *,
        bankAccount: str,
        number: VirtualAccountNumber,
        accountName: str,
        externalDay: date,
        externalId: str,
        at: datetime,
        checkAt: datetime,
        deadlineAt: datetime,
    ) -> Self:
        """An attempt marked sent before the bank is called: a crash from here on is found and asked about."""
        attemptId = generateId()
        return cls(
            id=attemptId,
            paymentId=payment.id,
            bankAccount=bankAccount,
            method=PaymentMethod.BRIVA,
            state=AttemptState.SENT,
            partnerReference=attemptId.hex,
            externalDay=externalDay,
            externalId=externalId,
            partnerServiceId=number.partnerServiceId,
            customerNo=number.customerNo,
            virtualAccountNo=number.digits,
            accountName=accountName,
            currency=payment.currency,
            amountMinor=payment.amountMinor,
            expiresAt=payment.expiresAt,
            createdAt=at,
            sentAt=at,
            nextCheckAt=checkAt,
            deadlineAt=deadlineAt,
        )

    @property
    def number(self) -> VirtualAccountNumber:
        return VirtualAccountNumber(partnerServiceId=self.partnerServiceId, customerNo=self.customerNo)

    @property
    def amount(self) -> Money:
        return Money(minorUnits=self.amountMinor, currency=self.currency)

    @property
    def isUnresolved(self) -> bool:
        """True while nobody knows whether the bank made the virtual account."""
        return self.state in {AttemptState.SENT, AttemptState.UNKNOWN}

    @property
    def isOpen(self) -> bool:
        return self.state is AttemptState.ACCEPTED

    def accept(self, at: datetime, checkAt: datetime) -> None:
        self._move(AttemptState.ACCEPTED)
        self.resolvedAt, self.nextCheckAt, self.checkCount = at, checkAt, 0

    def reject(self, at: datetime) -> None:
        self._move(AttemptState.REJECTED)
        self.resolvedAt, self.nextCheckAt = at, None

    def doubt(self, checkAt: datetime) -> None:
        """The bank's answer said nothing certain: ask again at `checkAt`."""
        if self.state is not AttemptState.UNKNOWN:
            self._move(AttemptState.UNKNOWN)
        self.nextCheckAt = checkAt

    def expire(self, at: datetime) -> None:
        self._move(AttemptState.EXPIRED)
        self.closedAt, self.nextCheckAt = at, None

    def close(self, at: datetime) -> None:
        self._move(AttemptState.CLOSED)
        self.closedAt, self.nextCheckAt = at, None

    def _move(self, to: AttemptState) -> None:
        if to not in ATTEMPT_MOVES[self.state]:
            raise PaymentMoveRefusedError(f"an attempt does not go from {self.state.value} to {to.value}")
        self.state = to
