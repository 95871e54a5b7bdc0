from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from shared.backend.database.table import UtcDateTime


class SigningKey(AdminTable, table=True):
    """A key that signs access tokens; the private part is sealed.

    It is published until `verifiesUntil`, when the last token it signed has expired.
    """

    __tablename__ = "signing_key"

    id: UUID = Field(primary_key=True)
    kid: str = Field(max_length=64, unique=True)
    algorithm: str = Field(max_length=16)
    publicJwk: dict[str, JsonValue] = Field(sa_type=JSONB, sa_column_kwargs={"name": "public_jwk"})
    privateSealed: str = Field(max_length=1000, repr=False, sa_column_kwargs={"name": "private_sealed"})
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    signsFrom: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "signs_from"})
    signsUntil: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "signs_until"})
    verifiesUntil: datetime | None = Field(
        default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "verifies_until"}
    )
