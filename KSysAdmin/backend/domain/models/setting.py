from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from KSysAdmin.backend.domain.models.adminTable import AdminTable
from shared.backend.database.table import UtcDateTime
from shared.backend.utils.uuid import generateId


class Setting(AdminTable, table=True):
    """A setting that someone has changed; one that is absent has its default."""

    __tablename__ = "setting"

    key: str = Field(primary_key=True, max_length=100)
    value: JsonValue = Field(sa_type=JSONB, sa_column_kwargs={"nullable": False})
    updatedAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "updated_at"})
    updatedBy: UUID = Field(foreign_key="administrator.id", sa_column_kwargs={"name": "updated_by"})

    def change(self, value: JsonValue, by: UUID, at: datetime) -> None:
        self.value, self.updatedBy, self.updatedAt = value, by, at


class SettingHistory(AdminTable, table=True):
    """Every value a setting ever had, and who gave it."""

    __tablename__ = "setting_history"
    __table_args__ = (Index("ix_setting_history_key_id", "key", "id"),)

    id: UUID = Field(primary_key=True)
    key: str = Field(max_length=100)
    oldValue: JsonValue = Field(sa_type=JSONB, sa_column_kwargs={"name": "old_value", "nullable": False})
    newValue: JsonValue = Field(sa_type=JSONB, sa_column_kwargs={"name": "new_value", "nullable": False})
    changedAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "changed_at"})
    changedBy: UUID = Field(foreign_key="administrator.id", sa_column_kwargs={"name": "changed_by"})

    @classmethod
    def record(cls, key: str, oldValue: JsonValue, newValue: JsonValue, by: UUID, at: datetime) -> Self:
        return cls(id=generateId(), key=key, oldValue=oldValue, newValue=newValue, changedBy=by, changedAt=at)
