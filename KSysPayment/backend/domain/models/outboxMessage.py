from __future__ import annotations

from KSysPayment.backend.domain.models.paymentTable import PaymentTable
from shared.backend.database.outbox import OutboxMessageFields, outboxIndexes


class OutboxMessage(OutboxMessageFields, PaymentTable, table=True):
    """The platform's outbox as this service maps it."""

    __tablename__ = "outbox_message"
    __table_args__ = outboxIndexes()
