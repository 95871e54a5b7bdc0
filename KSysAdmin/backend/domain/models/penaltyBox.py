from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, SmallInteger
from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from KSysAdmin.backend.domain.policies.penaltyRule import PenaltyRule
from shared.backend.database.table import UtcDateTime

THE_ONLY_ONE = 1


class PenaltyBox(AdminTable, table=True):
    """What happens to callers who keep hitting limits. There is one row; the migration makes it, switched off."""

    __tablename__ = "penalty_box"
    __table_args__ = (
        CheckConstraint(f"id = {THE_ONLY_ONE}", name="only_one"),
        CheckConstraint("refusals > 1 AND within_seconds > 0 AND penalty_seconds > 0", name="positive"),
    )

    id: int = Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False})
    enabled: bool
    refusals: int
    withinSeconds: int = Field(sa_column_kwargs={"name": "within_seconds"})
    penaltySeconds: int = Field(sa_column_kwargs={"name": "penalty_seconds"})
    updatedAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "updated_at"})

    @property
    def rule(self) -> PenaltyRule:
        return PenaltyRule.model_construct(**{name: getattr(self, name) for name in PenaltyRule.model_fields})

    def replace(self, rule: PenaltyRule, at: datetime) -> None:
        for name, value in rule.model_dump().items():
            setattr(self, name, value)
        self.updatedAt = at
