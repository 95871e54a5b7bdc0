from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from shared.backend.exceptions.errors import ConflictError


class Refusal(StrEnum):
    """Why what an authenticator said is not believed. For logs and for who is signed in, not for strangers."""

    MALFORMED = "malformed"
    WRONG_TYPE = "wrongType"
    WRONG_CHALLENGE = "wrongChallenge"
    WRONG_ORIGIN = "wrongOrigin"
    CROSS_ORIGIN = "crossOrigin"
    WRONG_RELYING_PARTY = "wrongRelyingParty"
    USER_NOT_PRESENT = "userNotPresent"
    USER_NOT_VERIFIED = "userNotVerified"
    BACKED_UP_BUT_NOT_ELIGIBLE = "backedUpButNotEligible"
    BACKUP_ELIGIBILITY_CHANGED = "backupEligibilityChanged"
    WRONG_CREDENTIAL = "wrongCredential"
    WRONG_USER = "wrongUser"
    NOT_VERIFIED = "notVerified"


class WebAuthnRefusedError(Exception):
    """The rule that was broken; a service turns it into its own refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


class PasskeysUnavailableError(ConflictError):
    """Browsers know passkeys on https and on http://localhost only."""

    code: ClassVar[str] = "auth.passkeysUnavailable"
    title: ClassVar[str] = "Passkeys need this site to be reached by https"
