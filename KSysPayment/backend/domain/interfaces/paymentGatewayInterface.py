from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from KSysPayment.backend.domain.models.money import Money
from KSysPayment.backend.domain.models.receipt import ReferenceKind
from KSysPayment.backend.domain.models.virtualAccountNumber import VirtualAccountNumber
from shared.backend.utils.valueObject import ValueObject


class ExternalId(ValueObject):
    """The number of one request to the bank, unique on its Jakarta day."""

    day: date
    value: str


class VirtualAccountOrder(ValueObject):
    """What the bank is asked to open: a closed account for one amount."""

    attemptId: UUID
    number: VirtualAccountNumber
    accountName: str
    amount: Money
    expiresAt: datetime
    partnerReference: str
    description: str


class CreateAnswer(StrEnum):
    """`exists`: the bank has such an account already, perhaps from our own first try; ask before believing it."""

    OPENED = "opened"
    EXISTS = "exists"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class InquiryAnswer(StrEnum):
    FOUND = "found"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class CloseAnswer(StrEnum):
    CLOSED = "closed"
    PAID = "paid"
    UNKNOWN = "unknown"


class BankVerdict(ValueObject):
    """The bank's own words, kept with the attempt."""

    code: str | None = None
    message: str | None = None


class CreateResult(BankVerdict):
    answer: CreateAnswer


class StatusResult(ValueObject):
    """Whether an account was paid; `paid` is None when the bank gave no clear answer. The rest if it was said."""

    paid: bool | None
    bankReference: str | None = None
    amount: Money | None = None
    bankTime: datetime | None = None


class ReportLine(ValueObject):
    """One payment in the bank's report. `derived`: it does not carry the reference that the notification has."""

    virtualAccountNo: str
    bankReference: str
    referenceKind: ReferenceKind = ReferenceKind.BANK
    amount: Money
    bankTime: datetime | None = None


class PaymentGatewayInterface(ABC):
    """
    The bank. No method raises for what the bank or the network does: an answer nobody can read is `unknown`.

    Every call is bounded in time, carries a fresh request number and is written down; none runs inside a transaction.
    """

    @property
    @abstractmethod
    def bankAccount(self) -> str:
        """Under which the bank knows us; part of every unique key of the bank's facts."""

    @abstractmethod
    async def createVirtualAccount(
        self, order: VirtualAccountOrder, externalId: ExternalId | None = None
    ) -> CreateResult:
        """`externalId` is the number the attempt was written down with; without one a fresh number is taken."""

    @abstractmethod
    async def inquireVirtualAccount(
        self, attemptId: UUID, number: VirtualAccountNumber, partnerReference: str
    ) -> InquiryAnswer: ...

    @abstractmethod
    async def inquireStatus(self, attemptId: UUID, number: VirtualAccountNumber) -> StatusResult: ...

    @abstractmethod
    async def deleteVirtualAccount(
        self, attemptId: UUID, number: VirtualAccountNumber, partnerReference: str
    ) -> CloseAnswer: ...

    @abstractmethod
    async def report(self, since: datetime, until: datetime) -> Sequence[ReportLine] | None:
        """Payments in this span of one Jakarta day; None when the bank gave no clear answer."""
