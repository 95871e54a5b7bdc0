from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from KAuthApp.backend.domain.models.userAccount import UserLocale
from shared.backend.utils.valueObject import ValueObject


class MailKind(StrEnum):
    """The mails this service sends; each is also the name of its template."""

    VERIFICATION = "verification"
    ADDRESS_KNOWN = "addressKnown"
    PASSWORD_RESET = "passwordReset"  # noqa: S105 - a kind of mail, not a password
    NEW_DEVICE = "newDevice"
    SIGN_IN_CODE = "signInCode"
    PASSWORD_CHANGED = "passwordChanged"  # noqa: S105 - a kind of mail, not a password
    FACTOR_ADDED = "factorAdded"
    FACTOR_REMOVED = "factorRemoved"
    FACTORS_RESET = "factorsReset"
    RECOVERY_CODES_RENEWED = "recoveryCodesRenewed"
    RECOVERY_CODE_USED = "recoveryCodeUsed"
    EMAIL_CHANGE_OLD = "emailChangeOld"
    EMAIL_CHANGE_NEW = "emailChangeNew"
    EMAIL_CHANGED = "emailChanged"
    ACCOUNT_ERASED = "accountErased"
    API_KEY_CREATED = "apiKeyCreated"
    PASSKEY_COPIED = "passkeyCopied"


class MailReceiver(Protocol):
    """Whom a mail is written to: an account is one."""

    @property
    def emailAsGiven(self) -> str: ...

    @property
    def fullName(self) -> str | None: ...

    @property
    def locale(self) -> UserLocale: ...


class Addressee(ValueObject):
    """Somebody who is written to at an address that is not, or no longer, that of an account."""

    emailAsGiven: str
    fullName: str | None = None
    locale: UserLocale


class MailWriterInterface(ABC):
    """Writes and sends a mail; raises when it was not taken. Called by jobs only."""

    @abstractmethod
    async def send(
        self, kind: MailKind, receiver: MailReceiver, code: str | None = None, facts: Mapping[str, str] | None = None
    ) -> None:
        """`facts`: what this kind's template tells besides; `at` in it is a time in ISO 8601."""
