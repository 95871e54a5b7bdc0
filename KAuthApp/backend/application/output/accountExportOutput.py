from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import Field, JsonValue

from KAuthApp.backend.domain.interfaces.personalDataInterface import TablePages
from shared.backend.utils.apiModel import OutputModel, Timestamp


class AccountExportOutput(OutputModel):
    """Everything stored about the person who asks."""

    exportedAt: Timestamp
    userId: UUID
    data: dict[str, list[dict[str, JsonValue]]] = Field(
        description="The rows of every table that refers to the person, by the name of the table. A secret is not "
        "shown; that there is one is.",
        examples=[{"user_account": [{"email": "sari@example.com", "passwordHash": "kept, not shown"}]}],
    )


@dataclass(frozen=True)
class AccountExport:
    """The same, not read yet: a person may have more than fits in memory."""

    exportedAt: datetime
    userId: UUID
    tables: AsyncIterator[TablePages]
