from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from KSysAdmin.backend.domain.policies.addressRule import AddressRule
from shared.backend.database.table import UtcDateTime
from shared.backend.utils.uuid import generateId


class AddressEntry(AdminTable, table=True):
    """One named range of an address list. Built and changed only from a validated `AddressRule`."""

    __tablename__ = "address_entry"
    __table_args__ = (
        UniqueConstraint("network"),
        CheckConstraint("verdict IN ('allow', 'deny')", name="verdict"),
    )

    id: UUID = Field(primary_key=True)
    verdict: str = Field(max_length=10)
    network: str = Field(max_length=43)
    name: str = Field(max_length=100)
    reason: str = Field(max_length=500)
    endsAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "ends_at"})
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    updatedAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "updated_at"})

    @classmethod
    def create(cls, rule: AddressRule, at: datetime) -> Self:
        rule.ensureStillToCome(at)
        return cls(id=generateId(), createdAt=at, updatedAt=at, **rule.model_dump())

    @property
    def rule(self) -> AddressRule:
        """What it says. Not validated anew: an entry made yesterday stays readable when the rules grow stricter."""
        return AddressRule.model_construct(**{name: getattr(self, name) for name in AddressRule.model_fields})

    def replace(self, rule: AddressRule, at: datetime) -> None:
        rule.ensureStillToCome(at)
        for name, value in rule.model_dump().items():
            setattr(self, name, value)
        self.updatedAt = at
