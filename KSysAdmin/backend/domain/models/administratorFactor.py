from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, UniqueConstraint
from sqlmodel import Field

from KSysAdmin.backend.domain.interfaces.secretKeeperInterface import SealedSecret
from KSysAdmin.backend.domain.models.adminTable import AdminTable
from shared.backend.database.table import UtcDateTime
from shared.backend.utils.uuid import generateId


class AdministratorTotp(AdminTable, table=True):
    """The authenticator app of one administrator. Unconfirmed until the first code was right.

    `proposedSealed` is the secret of another app that takes its place once a code of it was right.
    `lastStep` is the newest time step whose code was spent: no code of it or an older one counts again.
    """

    __tablename__ = "administrator_totp"

    administratorId: UUID = Field(
        primary_key=True,
        foreign_key="administrator.id",
        ondelete="CASCADE",
        sa_column_kwargs={"name": "administrator_id"},
    )
    secretCiphertext: bytes = Field(sa_type=LargeBinary, sa_column_kwargs={"name": "secret_ciphertext"})
    secretSalt: bytes = Field(sa_type=LargeBinary, sa_column_kwargs={"name": "secret_salt"})
    secretNonce: bytes = Field(sa_type=LargeBinary, sa_column_kwargs={"name": "secret_nonce"})
    secretKeyId: int = Field(sa_column_kwargs={"name": "secret_key_id"})
    lastStep: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"name": "last_step"})
    failuresInARow: int = Field(default=0, sa_column_kwargs={"name": "failures_in_a_row"})
    lastFailedAt: datetime | None = Field(
        default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "last_failed_at"}
    )
    proposedSealed: str | None = Field(
        default=None, max_length=400, repr=False, sa_column_kwargs={"name": "proposed_sealed"}
    )
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    confirmedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "confirmed_at"})

    @classmethod
    def propose(cls, administratorId: UUID, sealed: SealedSecret, at: datetime) -> Self:
        """A secret that counts only once a code of it was right."""
        return cls(
            administratorId=administratorId,
            secretCiphertext=sealed.ciphertext,
            secretSalt=sealed.salt,
            secretNonce=sealed.nonce,
            secretKeyId=sealed.keyId,
            createdAt=at,
        )

    @property
    def sealedSecret(self) -> SealedSecret:
        return SealedSecret(
            ciphertext=self.secretCiphertext, salt=self.secretSalt, nonce=self.secretNonce, keyId=self.secretKeyId
        )


class AdministratorRecoveryCode(AdminTable, table=True):
    """One of ten codes that each stand in for the authenticator app once; known only by its SHA-256."""

    __tablename__ = "administrator_recovery_code"
    __table_args__ = (UniqueConstraint("administrator_id", "code_hash"),)

    id: UUID = Field(primary_key=True)
    administratorId: UUID = Field(
        foreign_key="administrator.id", ondelete="CASCADE", sa_column_kwargs={"name": "administrator_id"}
    )
    codeHash: str = Field(max_length=64, sa_column_kwargs={"name": "code_hash"})
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    usedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "used_at"})

    @classmethod
    def create(cls, administratorId: UUID, codeHash: str, at: datetime) -> Self:
        return cls(id=generateId(), administratorId=administratorId, codeHash=codeHash, createdAt=at)
