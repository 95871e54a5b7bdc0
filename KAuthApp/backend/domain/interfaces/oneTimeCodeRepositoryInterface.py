from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
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
    async def attemptTogether(
        self, userId: UUID, codeHashes: Mapping[CodePurpose, str], policy: CodePolicy, at: datetime
    ) -> bool:
        """One try at several codes at once: all are right and spent, or none is spent and the wrong ones counted."""

    @abstractmethod
    async def voidAll(self, userId: UUID, at: datetime) -> None:
        """No code that was mailed to this user is good any more."""

    @abstractmethod
    async def isRight(self, userId: UUID, purpose: CodePurpose, codeHash: str, at: datetime) -> bool:
        """Whether this is the open code; uses nothing up and counts nothing. Call it with the account locked."""

    @abstractmethod
    async def countIssued(self, userId: UUID, purpose: CodePurpose, since: datetime) -> int: ...

    @abstractmethod
    async def discard(self, codeId: UUID) -> None:
        """As if it had never been issued: its mail was not taken."""

    @abstractmethod
    async def removeExpiredBefore(self, before: datetime, most: int) -> int: ...
