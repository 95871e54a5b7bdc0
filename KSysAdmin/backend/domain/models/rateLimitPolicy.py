from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint, text
from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from KSysAdmin.backend.domain.policies.rateLimitRule import RateLimitRule
from shared.backend.database.table import UtcDateTime
from shared.backend.utils.uuid import generateId


class RateLimitPolicy(AdminTable, table=True):
    """One limit that the gateway enforces. Built and changed only from a validated `RateLimitRule`."""

    __tablename__ = "rate_limit_policy"
    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint("match IN ('exact', 'prefix')", name="match"),
        CheckConstraint("scope IN ('ip', 'user', 'apiKey', 'global')", name="scope"),
        CheckConstraint("mode IN ('enforce', 'shadow')", name="mode"),
        CheckConstraint("kind IN ('rate', 'concurrency')", name="kind"),
        CheckConstraint("cost > 0", name="cost"),
        CheckConstraint('"limit" > 0 AND window_seconds > 0 AND (burst IS NULL OR burst > 0)', name="positive"),
    )

    id: UUID = Field(primary_key=True)
    name: str = Field(max_length=100)
    method: str = Field(max_length=10)
    path: str = Field(max_length=300)
    match: str = Field(max_length=10)
    scope: str = Field(max_length=10)
    limit: int
    windowSeconds: int = Field(sa_column_kwargs={"name": "window_seconds"})
    burst: int | None = Field(default=None)
    mode: str = Field(max_length=10)
    enabled: bool
    kind: str = Field(default="rate", max_length=20, sa_column_kwargs={"server_default": text("'rate'")})
    cost: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    leased: bool | None = Field(default=None)
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    updatedAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "updated_at"})

    @classmethod
    def create(cls, rule: RateLimitRule, at: datetime) -> Self:
        return cls(id=generateId(), createdAt=at, updatedAt=at, **rule.model_dump(mode="json"))

    @property
    def rule(self) -> RateLimitRule:
        """What it enforces. Not validated anew: a rule made yesterday stays readable when the rules grow stricter."""
        return RateLimitRule.model_construct(**{name: getattr(self, name) for name in RateLimitRule.model_fields})

    def replace(self, rule: RateLimitRule, at: datetime) -> None:
        for name, value in rule.model_dump(mode="json").items():
            setattr(self, name, value)
        self.updatedAt = at
