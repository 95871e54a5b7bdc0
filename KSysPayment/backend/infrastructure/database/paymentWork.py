from __future__ import annotations

from KSysPayment.backend.domain.interfaces.paymentWorkInterface import PaymentWorkInterface
from KSysPayment.backend.infrastructure.database.attemptRepository import AttemptRepository
from KSysPayment.backend.infrastructure.database.eventRepository import EventRepository
from KSysPayment.backend.infrastructure.database.exceptionRepository import ExceptionRepository
from KSysPayment.backend.infrastructure.database.externalIdRepository import ExternalIdRepository
from KSysPayment.backend.infrastructure.database.idempotencyRepository import IdempotencyRepository
from KSysPayment.backend.infrastructure.database.inboxRepository import InboundTokenRepository, InboxRepository
from KSysPayment.backend.infrastructure.database.ledgerRepository import LedgerRepository
from KSysPayment.backend.infrastructure.database.paymentRepository import PaymentRepository
from KSysPayment.backend.infrastructure.database.receiptRepository import ReceiptRepository
from shared.backend.database.auditAddresses import AuditAddresses
from shared.backend.database.auditTrail import AuditTrail
from shared.backend.database.engine import Database
from shared.backend.database.unitOfWork import SqlUnitOfWork


class PaymentWork(SqlUnitOfWork, PaymentWorkInterface):
    """One transaction on PostgreSQL."""

    def __init__(self, database: Database, addresses: AuditAddresses | None = None) -> None:
        super().__init__(database)
        self.payments = PaymentRepository(self.session)
        self.attempts = AttemptRepository(self.session)
        self.idempotencyKeys = IdempotencyRepository(self.session)
        self.externalIds = ExternalIdRepository(self.session)
        self.receipts = ReceiptRepository(self.session)
        self.inbox = InboxRepository(self.session)
        self.inboundTokens = InboundTokenRepository(self.session)
        self.exceptions = ExceptionRepository(self.session)
        self.events = EventRepository(self.session)
        self.ledger = LedgerRepository(self.session)
        self.audit = AuditTrail(self.session, "payment", addresses)
