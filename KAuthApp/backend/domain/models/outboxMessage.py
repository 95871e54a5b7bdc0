from __future__ import annotations

from KAuthApp.backend.domain.models.authTable import AuthTable
from shared.backend.database.outbox import OutboxMessageFields, outboxIndexes


class OutboxMessage(OutboxMessageFields, AuthTable, table=True):
    """What others must hear of, written in the transaction that made it true."""

    __table_args__ = outboxIndexes()
