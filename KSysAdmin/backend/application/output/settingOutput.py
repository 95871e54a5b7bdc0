from __future__ import annotations

from uuid import UUID

from pydantic import JsonValue

from KSysAdmin.backend.domain.models.setting import Setting, SettingHistory
from KSysAdmin.backend.domain.policies.settingCatalogue import SettingDefinition
from shared.backend.utils.apiModel import OutputModel, Timestamp


class SettingOutput(OutputModel):
    """One setting as it is in force. `updatedAt` and `updatedBy` are null while it has its default."""

    key: str
    description: str
    value: JsonValue
    defaultValue: JsonValue
    valueSchema: dict[str, JsonValue]
    updatedAt: Timestamp | None
    updatedBy: UUID | None

    @classmethod
    def of(cls, definition: SettingDefinition, stored: Setting | None) -> SettingOutput:
        return cls(
            key=definition.key,
            description=definition.description,
            value=definition.default if stored is None else stored.value,
            defaultValue=definition.default,
            valueSchema=definition.jsonSchema,
            updatedAt=None if stored is None else stored.updatedAt,
            updatedBy=None if stored is None else stored.updatedBy,
        )


class SettingsOutput(OutputModel):
    items: list[SettingOutput]


class SettingChangeOutput(OutputModel):
    """One change of one setting."""

    id: UUID
    oldValue: JsonValue
    newValue: JsonValue
    changedAt: Timestamp
    changedBy: UUID

    @classmethod
    def of(cls, change: SettingHistory) -> SettingChangeOutput:
        return cls.model_validate({name: getattr(change, name) for name in cls.model_fields})
