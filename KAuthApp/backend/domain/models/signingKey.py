from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from KAuthApp.backend.domain.models.authTable import AuthTable
from KAuthApp.backend.domain.policies.tokenPolicy import TokenPolicy
from shared.backend.database.table import UtcDateTime
from shared.backend.utils.uuid import generateId


class SigningKey(AuthTable, table=True):
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

    @classmethod
    def create(
        cls,
        kid: str,
        algorithm: str,
        publicJwk: dict[str, JsonValue],
        privateSealed: str,
        at: datetime,
        signsFrom: datetime,
    ) -> Self:
        if "d" in publicJwk:
            raise ValueError("the public part must not hold the private one")
        return cls(
            id=generateId(),
            kid=kid,
            algorithm=algorithm,
            publicJwk=publicJwk,
            privateSealed=privateSealed,
            createdAt=at,
            signsFrom=signsFrom,
        )

    def signs(self, at: datetime) -> bool:
        return self.signsFrom <= at and (self.signsUntil is None or at < self.signsUntil)

    def isPublished(self, at: datetime) -> bool:
        return self.verifiesUntil is None or at < self.verifiesUntil

    def retire(self, signsUntil: datetime, policy: TokenPolicy) -> None:
        """Sign no more from then on; stay published until the last token has expired."""
        self.signsUntil = signsUntil
        self.verifiesUntil = policy.lastTokenEnd(signsUntil)
