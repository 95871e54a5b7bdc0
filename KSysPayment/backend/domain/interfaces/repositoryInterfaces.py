"""What the use cases need to be remembered. Every repository raises when a thing that must exist does not."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from pydantic import JsonValue

from KSysPayment.backend.domain.models.idempotencyKey import IdempotencyKey
from KSysPayment.backend.domain.models.inboxEvent import InboundToken, InboxEvent
from KSysPayment.backend.domain.models.ledger import Entry, Journal, LedgerAccount
from KSysPayment.backend.domain.models.money import Money
from KSysPayment.backend.domain.models.payment import Payment
from KSysPayment.backend.domain.models.paymentAttempt import PaymentAttempt
from KSysPayment.backend.domain.models.paymentEvent import PaymentEvent
from KSysPayment.backend.domain.models.paymentException import ExceptionKind
from KSysPayment.backend.domain.models.receipt import ReceiptSource, ReferenceKind
from KSysPayment.backend.domain.models.statuses import PaymentMethod, PaymentStatus
from KSysPayment.backend.domain.policies.receiptPolicy import FundedPayment, Settlement
from shared.backend.utils.paging import Page, PageInput
from shared.backend.utils.valueObject import ValueObject


class MoneyReport(ValueObject):
    """Someone says money came. `originId` is the inbox event, attempt or line it was read from."""

    bankAccount: str
    bankReference: str
    referenceKind: ReferenceKind = ReferenceKind.BANK
    virtualAccountNo: str
    amount: Money
    bankTime: datetime | None = None
    source: ReceiptSource
    originId: UUID


class TakenReceipt(ValueObject):
    """The money fact as recorded, its payment locked. `isNew` for exactly one of all who report it."""

    receiptId: UUID
    isNew: bool
    recordedAmountMinor: int
    recordedAccountNo: str
    attemptId: UUID | None
    payment: FundedPayment | None

    def isAsAsked(self, amount: Money) -> bool:
        """Whether just this amount was asked for, under just this account."""
        return self.payment is not None and self.payment.amountMinor == amount.minorUnits


class PaymentFilter(ValueObject):
    status: PaymentStatus | None = None
    method: PaymentMethod | None = None
    reference: str | None = None
    createdFrom: datetime | None = None
    createdTo: datetime | None = None


@dataclass(frozen=True)
class PaymentView:
    """A payment with the instrument its payer sees."""

    payment: Payment
    attempt: PaymentAttempt | None


@dataclass(frozen=True)
class EntryView:
    """One line of the books with the journal it belongs to and the account it moved."""

    entry: Entry
    journal: Journal
    accountCode: str


class PaymentRepositoryInterface(ABC):
    """Payments of one owner at a time; another owner's payment is not found."""

    @abstractmethod
    async def add(self, row: Payment) -> None:
        """PaymentReferenceExistsError when the owner used the reference before."""

    @abstractmethod
    async def findByReference(self, ownerId: UUID, reference: str) -> Payment | None: ...

    @abstractmethod
    async def get(self, ownerId: UUID, paymentId: UUID) -> PaymentView: ...

    @abstractmethod
    async def getByCheckoutToken(self, token: str) -> PaymentView: ...

    @abstractmethod
    async def getForUpdate(self, ownerId: UUID, paymentId: UUID) -> Payment: ...

    @abstractmethod
    async def lock(self, paymentId: UUID) -> Payment:
        """For jobs, which act for no owner."""

    @abstractmethod
    async def listOwned(self, ownerId: UUID, chosen: PaymentFilter, page: PageInput) -> Page[PaymentView]: ...


class AttemptRepositoryInterface(ABC):
    @abstractmethod
    async def add(self, row: PaymentAttempt) -> None:
        """VirtualAccountTakenError when the number was given before."""

    @abstractmethod
    async def get(self, attemptId: UUID) -> PaymentAttempt: ...

    @abstractmethod
    async def getOfPayment(self, paymentId: UUID) -> PaymentAttempt: ...

    @abstractmethod
    async def claimDue(self, at: datetime, lease: timedelta, most: int) -> Sequence[PaymentAttempt]:
        """Take attempts whose next check is due; nobody else sees them until the lease has run out."""

    @abstractmethod
    async def hasOpen(self) -> bool:
        """True while money may come that no one has told us of."""

    @abstractmethod
    async def findDescription(self, attemptId: UUID) -> str: ...


class IdempotencyRepositoryInterface(ABC):
    @abstractmethod
    async def claim(self, row: IdempotencyKey) -> bool:
        """True for exactly one caller; the others wait for it to commit and then get False."""

    @abstractmethod
    async def getForUpdate(self, ownerId: UUID, key: str) -> IdempotencyKey: ...

    @abstractmethod
    async def deleteOlderThan(self, at: datetime, most: int) -> int: ...


class ExternalIdRepositoryInterface(ABC):
    @abstractmethod
    async def next(self, bankAccount: str, day: date) -> int:
        """One more than the number given before on this day; durable with the transaction."""


class ReceiptRepositoryInterface(ABC):
    @abstractmethod
    async def take(self, report: MoneyReport, at: datetime) -> TakenReceipt:
        """Lock the payment and record the money fact; the first report inserts it, the others add evidence."""

    @abstractmethod
    async def settle(self, receiptId: UUID, settlement: Settlement, at: datetime) -> None:
        """Books, payment, attempt, exception and audit row of a new receipt, in this transaction."""


class InboxRepositoryInterface(ABC):
    @abstractmethod
    async def record(self, row: InboxEvent) -> bool:
        """True when it was new; a second arrival only counts up `seen`."""

    @abstractmethod
    async def claimDue(self, at: datetime, lease: timedelta, most: int) -> Sequence[InboxEvent]: ...

    @abstractmethod
    async def get(self, eventId: UUID) -> InboxEvent: ...

    @abstractmethod
    async def markProcessed(self, eventId: UUID, at: datetime) -> None: ...


class InboundTokenRepositoryInterface(ABC):
    @abstractmethod
    async def add(self, row: InboundToken) -> None: ...

    @abstractmethod
    async def findValid(self, tokenHash: str, at: datetime) -> InboundToken | None:
        """The token when it was issued by us and has not run out."""

    @abstractmethod
    async def deleteExpired(self, at: datetime, most: int) -> int: ...


class ExceptionRepositoryInterface(ABC):
    @abstractmethod
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
        """Once per `dedupeKey`, however often it is noticed."""

    @abstractmethod
    async def resolveForAttempt(self, attemptId: UUID, kind: ExceptionKind, resolution: str, at: datetime) -> None: ...


class EventRepositoryInterface(ABC):
    @abstractmethod
    async def placeWaiting(self, most: int) -> int:
        """Give committed events their place in the feed; one writer at a time."""

    @abstractmethod
    async def readAfter(self, ownerId: UUID, position: int, most: int) -> Sequence[PaymentEvent]: ...

    @abstractmethod
    async def readAllAfter(self, position: int, most: int) -> Sequence[PaymentEvent]: ...

    @abstractmethod
    async def lastPosition(self) -> int: ...


class LedgerRepositoryInterface(ABC):
    @abstractmethod
    async def accountsOf(self, ownerId: UUID) -> Sequence[LedgerAccount]: ...

    @abstractmethod
    async def entriesOf(self, ownerId: UUID, page: PageInput) -> Page[EntryView]: ...
