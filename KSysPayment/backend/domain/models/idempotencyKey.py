from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Self
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from KSysPayment.backend.domain.exceptions.paymentErrors import IdempotencyInProgressError, IdempotencyKeyReusedError
from KSysPayment.backend.domain.models.paymentTable import PaymentTable
from shared.backend.database.table import UtcDateTime, enumColumn

LOCK: Final = timedelta(seconds=60)


class RecoveryPoint(StrEnum):
    """How far the first call came; a later one goes on from there."""

    SENT = "sent"
    FINISHED = "finished"


class IdempotencyKey(PaymentTable, table=True):
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

    @classmethod
    def claim(cls, ownerId: UUID, key: str, requestHash: str, resourceId: UUID, at: datetime) -> Self:
        return cls(
            ownerId=ownerId,
            key=key,
            requestHash=requestHash,
            recoveryPoint=RecoveryPoint.SENT,
            resourceId=resourceId,
            lockedUntil=at + LOCK,
            createdAt=at,
        )

    @property
    def isFinished(self) -> bool:
        return self.recoveryPoint is RecoveryPoint.FINISHED

    def ensureSameRequest(self, requestHash: str) -> None:
        if self.requestHash != requestHash:
            raise IdempotencyKeyReusedError("send a new key with a new request")

    def takeOver(self, at: datetime) -> None:
        """Go on with what a lost call began, unless it may still be running."""
        if self.lockedUntil > at:
            seconds = max(1, (self.lockedUntil - at).seconds)
            raise IdempotencyInProgressError("ask again later with the same key", retryAfterSeconds=min(seconds, 5))
        self.lockedUntil = at + LOCK

    def release(self, at: datetime) -> None:
        """The call failed on our side: the next one need not wait for the lock to run out."""
        self.lockedUntil = at

    def finish(self, status: int, body: Mapping[str, JsonValue], at: datetime) -> None:
        self.recoveryPoint = RecoveryPoint.FINISHED
        self.responseStatus, self.responseBody, self.finishedAt = status, dict(body), at
