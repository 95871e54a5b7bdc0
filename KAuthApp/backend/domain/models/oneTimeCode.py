from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from KAuthApp.backend.domain.models.authTable import AuthTable
from KAuthApp.backend.domain.policies.codePolicy import CodePolicy
from shared.backend.database.table import UtcDateTime, enumColumn
from shared.backend.utils.uuid import generateId


class CodePurpose(StrEnum):
    """What a mailed code is good for."""

    VERIFY_EMAIL = "verifyEmail"
    RESET_PASSWORD = "resetPassword"  # noqa: S105 - a purpose, not a password
    EMAIL_CHANGE_OLD = "emailChangeOld"
    EMAIL_CHANGE_NEW = "emailChangeNew"
    SIGN_IN = "signIn"


class OneTimeCode(AuthTable, table=True):
    """A code sent by mail, kept as a keyed hash. A user has at most one open code for a purpose."""

    __tablename__ = "one_time_code"
    __table_args__ = (
        Index(
            "uq_one_time_code_user_id_purpose_open",
            "user_id",
            "purpose",
            unique=True,
            postgresql_where=text("used_at IS NULL AND voided_at IS NULL"),
        ),
        Index(None, "user_id", "purpose", "created_at"),
        Index(None, "expires_at"),
    )

    id: UUID = Field(primary_key=True)
    userId: UUID = Field(foreign_key="user_account.id", ondelete="CASCADE", sa_column_kwargs={"name": "user_id"})
    purpose: CodePurpose = Field(sa_type=enumColumn(CodePurpose, "purpose"))
    codeHash: str = Field(max_length=64, repr=False, sa_column_kwargs={"name": "code_hash"})
    failedTries: int = Field(default=0, sa_column_kwargs={"name": "failed_tries"})
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    expiresAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "expires_at"})
    usedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "used_at"})
    voidedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "voided_at"})

    @classmethod
    def issue(cls, userId: UUID, purpose: CodePurpose, codeHash: str, policy: CodePolicy, at: datetime) -> Self:
        return cls(
            id=generateId(),
            userId=userId,
            purpose=CodePurpose(purpose),
            codeHash=codeHash,
            createdAt=at,
            expiresAt=policy.expiry(at),
        )

    @property
    def isOpen(self) -> bool:
        return self.usedAt is None and self.voidedAt is None

    def attempt(self, codeHash: str, policy: CodePolicy, at: datetime) -> bool:
        """One try: right uses the code up, wrong counts, the last wrong one voids it. True when it was the code.

        The repository decides the same in one conditional UPDATE; a test holds both to the same rule.
        """
        if not self.isOpen or at >= self.expiresAt:
            return False
        if self.codeHash == codeHash:
            self.usedAt = at
            return True
        self.failedTries += 1
        if policy.isExhausted(self.failedTries):
            self.voidedAt = at
        return False

    def void(self, at: datetime) -> None:
        self.voidedAt = at
