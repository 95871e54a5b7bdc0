from __future__ import annotations

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from shared.backend.database.outbox import OutboxMessageFields, outboxIndexes


class OutboxMessage(OutboxMessageFields, AdminTable, table=True):
    """What others must hear of; the index holds only what is still to be delivered."""

    __tablename__ = "outbox_message"
    __table_args__ = outboxIndexes()
