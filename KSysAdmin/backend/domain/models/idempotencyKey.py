from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from shared.backend.database.table import UtcDateTime, enumColumn


class RecoveryPoint(StrEnum):
    """How far the first call came; a later one goes on from there."""

    SENT = "sent"
    FINISHED = "finished"


class IdempotencyKey(AdminTable, table=True):
    """One promise: this key of this owner has one effect and one answer."""

    __tablename__ = "idempotency_key"
    __table_args__ = (Index("ix_idempotency_key_created_at", "created_at"),)

    ownerId: UUID = Field(primary_key=True, sa_column_kwargs={"name": "owner_id"})
    key: str = Field(primary_key=True, max_length=255)
    requestHash: str = Field(max_length=64, sa_column_kwargs={"name": "request_hash"})
    recoveryPoint: RecoveryPoint = Field(
        sa_type=enumColumn(RecoveryPoint, "recovery_point"), sa_column_kwargs={"name": "recovery_point"}
    )
    resourceId: UUID = Field(sa_column_kwargs={"name": "resource_id"})
    lockedUntil: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "locked_until"})
    responseStatus: int | None = Field(default=None, sa_column_kwargs={"name": "response_status"})
    responseBody: dict[str, JsonValue] | None = Field(
        default=None, sa_type=JSONB(none_as_null=True), sa_column_kwargs={"name": "response_body", "nullable": True}
    )
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    finishedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "finished_at"})
