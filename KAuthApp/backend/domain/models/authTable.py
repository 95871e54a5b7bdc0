from __future__ import annotations

from sqlmodel import SQLModel

from shared.backend.database.table import makeRegistry

authRegistry = makeRegistry()


class AuthTable(SQLModel, registry=authRegistry):
    """Base of this service's own copies of the tables it uses; the owner of the schema is KSysAdmin."""

    metadata = authRegistry.metadata
