from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from shared.backend.database.table import UtcDateTime, personalColumn
from shared.backend.personalSealer import SEALED_PREFIX
from shared.backend.utils.uuid import isValidId


class AuditEvent(AdminTable, table=True):
    """One recorded change of state. Rows are only ever written by the database's `append_audit_event`."""

    __tablename__ = "audit_event"
    __table_args__ = (
        UniqueConstraint("chain", "seq"),
        Index(None, "occurred_at", "id"),
        Index(None, "target_id", "occurred_at", "id"),
        Index(None, "actor_id", "action", "occurred_at", "id"),
        Index("ix_audit_event_kind", "actor_kind", "target_kind", "action", "occurred_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    chain: str = Field(max_length=20)
    seq: int = Field(sa_type=BigInteger)
    occurredAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "occurred_at"})
    actorKind: str = Field(max_length=20, sa_column_kwargs={"name": "actor_kind"})
    actorId: str = Field(max_length=64, sa_column_kwargs={"name": "actor_id"})
    actingFor: str | None = Field(default=None, max_length=64, sa_column_kwargs={"name": "acting_for"})
    action: str = Field(max_length=100)
    targetKind: str = Field(max_length=40, sa_column_kwargs={"name": "target_kind"})
    targetId: str = Field(max_length=64, sa_column_kwargs={"name": "target_id"})
    beforeState: dict[str, JsonValue] | None = Field(
        default=None, sa_type=JSONB, sa_column_kwargs={"name": "before_state"}
    )
    afterState: dict[str, JsonValue] | None = Field(
        default=None, sa_type=JSONB, sa_column_kwargs={"name": "after_state"}
    )
    requestId: str | None = Field(default=None, max_length=128, sa_column_kwargs={"name": "request_id"})
    clientAddress: str | None = Field(default=None, max_length=200, sa_column_kwargs=personalColumn("client_address"))
    previousHash: bytes = Field(sa_type=LargeBinary, sa_column_kwargs={"name": "previous_hash"})
    hash: bytes = Field(sa_type=LargeBinary)

    @property
    def userId(self) -> UUID | None:
        """The user who did it, when it was one."""
        return UUID(self.actorId) if self.actorKind == "user" and isValidId(self.actorId) else None

    @property
    def targetUserId(self) -> UUID | None:
        """The user it was done to, when it was one."""
        return UUID(self.targetId) if self.targetKind == "user" and isValidId(self.targetId) else None

    @property
    def sealedAddress(self) -> str | None:
        """The address, while it is sealed with the key of its person."""
        isSealed = self.clientAddress is not None and self.clientAddress.startswith(SEALED_PREFIX)
        return self.clientAddress if isSealed else None


class AuditChainHead(AdminTable, table=True):
    """The last link of one chain; its lock puts the appends of that chain in one order."""

    __tablename__ = "audit_chain_head"

    chain: str = Field(primary_key=True, max_length=20)
    writerRole: str = Field(max_length=63, sa_column_kwargs={"name": "writer_role"})
    seq: int = Field(sa_type=BigInteger)
    hash: bytes = Field(sa_type=LargeBinary)
