from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose, OneTimeCode
from KAuthApp.backend.domain.policies.codePolicy import CodePolicy


class CodeAttempt(StrEnum):
    """What came of one try at a code."""

    RIGHT = "right"
    WRONG = "wrong"
    NONE_OPEN = "noneOpen"


class OneTimeCodeRepositoryInterface(ABC):
    """The mailed codes."""

    @abstractmethod
    async def replace(self, code: OneTimeCode) -> None:
        """Void the open code of the same user and purpose and add this one; the account is locked."""

    @abstractmethod
    async def attempt(
        self, userId: UUID, purpose: CodePurpose, codeHash: str, policy: CodePolicy, at: datetime
    ) -> CodeAttempt:
        """One try, decided by one conditional statement: of any number of equal tries one is RIGHT."""

    @abstractmethod
    async def countIssued(self, userId: UUID, purpose: CodePurpose, since: datetime) -> int: ...

    @abstractmethod
    async def discard(self, codeId: UUID) -> None:
        """As if it had never been issued: its mail was not taken."""

    @abstractmethod
    async def removeExpiredBefore(self, before: datetime, most: int) -> int: ...
