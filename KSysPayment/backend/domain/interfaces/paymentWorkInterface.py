from __future__ import annotations

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

    payments: PaymentRepositoryInterface
    attempts: AttemptRepositoryInterface
    idempotencyKeys: IdempotencyRepositoryInterface
    externalIds: ExternalIdRepositoryInterface
    receipts: ReceiptRepositoryInterface
    inbox: InboxRepositoryInterface
    inboundTokens: InboundTokenRepositoryInterface
    exceptions: ExceptionRepositoryInterface
    events: EventRepositoryInterface
    ledger: LedgerRepositoryInterface
    audit: AuditTrailInterface


OpenPaymentWork = Callable[[], PaymentWorkInterface]
