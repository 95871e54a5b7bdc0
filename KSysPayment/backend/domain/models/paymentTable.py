from __future__ import annotations

from sqlmodel import SQLModel

from shared.backend.database.table import makeRegistry

paymentRegistry = makeRegistry()


class PaymentTable(SQLModel, registry=paymentRegistry):
    """Base of every table this service maps; KSysAdmin owns the schema and a drift test holds the two together."""

    metadata = paymentRegistry.metadata
