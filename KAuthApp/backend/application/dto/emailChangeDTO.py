from __future__ import annotations

from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import JsonValue

from shared.backend.utils.valueObject import ValueObject

EMAIL_CHANGE_TOPIC: Final = "auth.emailChange"


class EmailChangeStep(StrEnum):
    """What is written, and to which of the two addresses."""

    CODE_TO_OLD = "codeToOld"
    CODE_TO_NEW = "codeToNew"
    CHANGED_TO_OLD = "changedToOld"
    CHANGED_TO_NEW = "changedToNew"
    REVERTED_TO_OLD = "revertedToOld"


class EmailChangeMailDTO(ValueObject):
    """A mail about a change of address. It names the change, not the addresses: those are sealed in its row."""

    changeId: UUID
    step: EmailChangeStep

    @classmethod
    def order(cls, changeId: UUID, step: EmailChangeStep) -> dict[str, JsonValue]:
        """The payload of the outbox message."""
        return cls(changeId=changeId, step=step).model_dump(mode="json")
