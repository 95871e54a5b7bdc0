from __future__ import annotations

from datetime import datetime
from typing import Final, Self
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from shared.backend.database.table import UtcDateTime
from shared.backend.utils.uuid import generateId
from shared.backend.webAuthn.ceremoniesInterface import CredentialHint, KnownCredential, NewCredential

MAX_PASSKEY_NAME_LENGTH: Final = 100
MOST_PASSKEYS: Final = 20


class AdministratorPasskey(AdminTable, table=True):
    """A passkey of one administrator: what is needed to recognise it again, and what its owner calls it."""

    __tablename__ = "administrator_passkey"

    id: UUID = Field(primary_key=True)
    administratorId: UUID = Field(
        foreign_key="administrator.id", ondelete="CASCADE", index=True, sa_column_kwargs={"name": "administrator_id"}
    )
    credentialId: bytes = Field(sa_type=LargeBinary, unique=True, sa_column_kwargs={"name": "credential_id"})
    publicKey: bytes = Field(sa_type=LargeBinary, repr=False, sa_column_kwargs={"name": "public_key"})
    signCount: int = Field(sa_type=BigInteger, sa_column_kwargs={"name": "sign_count"})
    aaguid: UUID
    transports: list[str] = Field(sa_type=ARRAY(String(20)))
    isBackupEligible: bool = Field(sa_column_kwargs={"name": "is_backup_eligible"})
    isBackedUp: bool = Field(sa_column_kwargs={"name": "is_backed_up"})
    name: str = Field(max_length=100)
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    lastUsedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "last_used_at"})
    counterRegressedAt: datetime | None = Field(
        default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "counter_regressed_at"}
    )

    @classmethod
    def register(cls, administratorId: UUID, credential: NewCredential, name: str, at: datetime) -> Self:
        return cls(
            id=generateId(),
            administratorId=administratorId,
            credentialId=credential.credentialId,
            publicKey=credential.publicKey,
            signCount=credential.signCount,
            aaguid=credential.aaguid,
            transports=list(credential.transports),
            isBackupEligible=credential.isBackupEligible,
            isBackedUp=credential.isBackedUp,
            name=name[:MAX_PASSKEY_NAME_LENGTH],
            createdAt=at,
        )

    @property
    def known(self) -> KnownCredential:
        """What an assertion is checked against."""
        return KnownCredential(
            credentialId=self.credentialId,
            publicKey=self.publicKey,
            signCount=self.signCount,
            isBackupEligible=self.isBackupEligible,
        )

    @property
    def hint(self) -> CredentialHint:
        """What a browser looks for."""
        return CredentialHint(credentialId=self.credentialId, transports=tuple(self.transports))

    def rename(self, name: str) -> None:
        self.name = name
