from __future__ import annotations

from sqlalchemy import Index, text

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from shared.backend.database.outbox import OutboxMessageFields


class OutboxMessage(OutboxMessageFields, AdminTable, table=True):
    """What others must hear of; the index holds only what is still to be delivered."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index(
            "ix_outbox_message_due",
            "available_at",
            "id",
            postgresql_where=text("delivered_at IS NULL AND dead_at IS NULL"),
        ),
    )
