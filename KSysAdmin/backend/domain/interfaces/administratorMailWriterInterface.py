from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from enum import StrEnum

from KSysAdmin.backend.domain.models.administrator import Administrator


class AdministratorMailKind(StrEnum):
    """The mails administrators get; each is also the name of its template."""

    INVITATION = "invitation"
    ACCESS_RESET = "accessReset"
    BROWSER_LINK = "browserLink"
    NEW_DEVICE = "newDevice"
    PASSWORD_SET = "passwordSet"  # noqa: S105 - a kind of mail, not a password
    PASSKEY_COPIED = "passkeyCopied"
    FACTOR_ADDED = "factorAdded"
    FACTOR_REMOVED = "factorRemoved"
    FACTOR_REPLACED = "factorReplaced"
    RECOVERY_CODES_RENEWED = "recoveryCodesRenewed"
    RECOVERY_CODE_USED = "recoveryCodeUsed"


class AdministratorMailWriterInterface(ABC):
    """Writes and sends a mail to an administrator; raises when it was not taken. Called by jobs only."""

    @abstractmethod
    async def send(
        self, kind: AdministratorMailKind, administrator: Administrator, facts: Mapping[str, str], token: str | None
    ) -> None:
        """`token`: of a one-time link, for the mails that hold one."""
