from __future__ import annotations

from enum import StrEnum

from sqlalchemy import BigInteger
from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable


class PublicationName(StrEnum):
    """What is copied to Redis as a whole, under one version."""

    SETTINGS = "settings"
    RATE_LIMIT_POLICIES = "rateLimitPolicies"


class Publication(AdminTable, table=True):
    """The version of one published set. Whoever changes the set locks this row first, so versions follow commits."""

    __tablename__ = "publication"

    name: str = Field(primary_key=True, max_length=40)
    version: int = Field(sa_type=BigInteger)

    def advance(self) -> None:
        self.version += 1
