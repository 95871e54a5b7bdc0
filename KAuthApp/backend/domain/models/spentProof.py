from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from KAuthApp.backend.domain.models.authTable import AuthTable
from shared.backend.database.table import UtcDateTime


class SpentProof(AuthTable, table=True):
    """A proof of work that has been accepted once and is not accepted again."""

    __tablename__ = "spent_proof"

    challengeHash: str = Field(primary_key=True, max_length=64, sa_column_kwargs={"name": "challenge_hash"})
    expiresAt: datetime = Field(sa_type=UtcDateTime, index=True, sa_column_kwargs={"name": "expires_at"})
