from __future__ import annotations

from enum import StrEnum


class FactorMethod(StrEnum):
    """What a person can show beside the password, or instead of it; also its name in a session's methods."""

    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY_CODE = "recoveryCode"
    EMAIL_CODE = "emailCode"
