from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from enum import StrEnum

from KAuthApp.backend.domain.models.userAccount import UserAccount


class MailKind(StrEnum):
    """The mails this service sends; each is also the name of its template."""

    VERIFICATION = "verification"
    ADDRESS_KNOWN = "addressKnown"
    PASSWORD_RESET = "passwordReset"  # noqa: S105 - a kind of mail, not a password
    PASSWORD_CHANGED = "passwordChanged"  # noqa: S105 - a kind of mail, not a password
    FACTOR_ADDED = "factorAdded"
    FACTOR_REMOVED = "factorRemoved"
    RECOVERY_CODES_RENEWED = "recoveryCodesRenewed"
    RECOVERY_CODE_USED = "recoveryCodeUsed"


class MailWriterInterface(ABC):
    """Writes and sends a mail to the owner of an account; raises when it was not taken. Called by jobs only."""

    @abstractmethod
    async def send(
        self, kind: MailKind, user: UserAccount, code: str | None = None, facts: Mapping[str, str] | None = None
    ) -> None:
        """`facts`: what this kind's template tells besides; `at` in it is a time in ISO 8601."""
