from __future__ import annotations

from sqlmodel import SQLModel

from shared.backend.database.table import makeRegistry

adminRegistry = makeRegistry()


class AdminTable(SQLModel, registry=adminRegistry):
    """Base of every table the schema owner declares; the migrated database is compared with this registry."""

    __abstract__ = True
    metadata = adminRegistry.metadata
