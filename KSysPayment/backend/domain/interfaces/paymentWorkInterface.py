from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from KSysPayment.backend.domain.interfaces.repositoryInterfaces import (
    AttemptRepositoryInterface,
    EventRepositoryInterface,
    ExceptionRepositoryInterface,
    ExternalIdRepositoryInterface,
    IdempotencyRepositoryInterface,
    InboundTokenRepositoryInterface,
    InboxRepositoryInterface,
    LedgerRepositoryInterface,
    PaymentRepositoryInterface,
    ReceiptRepositoryInterface,
)
from shared.backend.database.auditTrail import AuditTrailInterface
from shared.backend.database.unitOfWork import UnitOfWorkInterface


class PaymentWorkInterface(UnitOfWorkInterface):
    """One transaction over everything this service remembers."""

    @property
    @abstractmethod
    def payments(self) -> PaymentRepositoryInterface: ...

    @property
    @abstractmethod
    def attempts(self) -> AttemptRepositoryInterface: ...

    @property
    @abstractmethod
    def idempotencyKeys(self) -> IdempotencyRepositoryInterface: ...

    @property
    @abstractmethod
    def externalIds(self) -> ExternalIdRepositoryInterface: ...

    @property
    @abstractmethod
    def receipts(self) -> ReceiptRepositoryInterface: ...

    @property
    @abstractmethod
    def inbox(self) -> InboxRepositoryInterface: ...

    @property
    @abstractmethod
    def inboundTokens(self) -> InboundTokenRepositoryInterface: ...

    @property
    @abstractmethod
    def exceptions(self) -> ExceptionRepositoryInterface: ...

    @property
    @abstractmethod
    def events(self) -> EventRepositoryInterface: ...

    @property
    @abstractmethod
    def ledger(self) -> LedgerRepositoryInterface: ...

    @property
    @abstractmethod
    def audit(self) -> AuditTrailInterface: ...


OpenPaymentWork = Callable[[], PaymentWorkInterface]
