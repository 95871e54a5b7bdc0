from __future__ import annotations

from datetime import datetime
from typing import Final, Self
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from KAuthApp.backend.domain.interfaces.personalSealerInterface import PersonalSealerInterface
from KAuthApp.backend.domain.models.authTable import AuthTable
from KAuthApp.backend.domain.models.userKey import UserKey
from shared.backend.database.table import UtcDateTime

_PURPOSE: Final = "totp"


class UserTotp(AuthTable, table=True):
    """The authenticator app of one account. It counts for nothing until its first code was right.

    `lastStep` is the newest time step whose code was spent: no code of it or of an older one counts again
    (RFC 6238, 5.2).
    """

    __tablename__ = "user_totp"

    userId: UUID = Field(
        primary_key=True, foreign_key="user_account.id", ondelete="CASCADE", sa_column_kwargs={"name": "user_id"}
    )
    secretSealed: str = Field(max_length=400, repr=False, sa_column_kwargs={"name": "secret_sealed"})
    lastStep: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"name": "last_step"})
    failuresInARow: int = Field(default=0, sa_column_kwargs={"name": "failures_in_a_row"})
    lastFailedAt: datetime | None = Field(
        default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "last_failed_at"}
    )
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    confirmedAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "confirmed_at"})

    @classmethod
    def propose(cls, key: UserKey, secret: str, sealer: PersonalSealerInterface, at: datetime) -> Self:
        """A secret that counts once a code of it was right."""
        return cls(userId=key.userId, secretSealed=sealer.seal(key, secret, _PURPOSE), createdAt=at)

    @property
    def isConfirmed(self) -> bool:
        return self.confirmedAt is not None

    def secretFor(self, key: UserKey | None, sealer: PersonalSealerInterface) -> str | None:
        """The secret, or None when the key that sealed it is gone."""
        return None if key is None else sealer.unseal(key, self.secretSealed, _PURPOSE)
