from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from shared.backend.database.table import UtcDateTime


class SignInFailure(AdminTable, table=True):
    """Wrong passwords in a row for one account from one address; the key is a hash of both, known or not."""

    __tablename__ = "administrator_sign_in_failure"

    keyHash: str = Field(primary_key=True, max_length=64, sa_column_kwargs={"name": "key_hash"})
    failures: int
    lastFailedAt: datetime = Field(sa_type=UtcDateTime, index=True, sa_column_kwargs={"name": "last_failed_at"})
