from __future__ import annotations

from pydantic import Field

from shared.backend.utils.valueObject import ValueObject


class SecondFactors(ValueObject):
    """Which factors an account has beside its password."""

    totp: bool = False
    passkeys: int = Field(default=0, ge=0)
    recoveryCodesLeft: int = Field(default=0, ge=0)

    @property
    def areOn(self) -> bool:
        """Whether a password alone no longer signs in. Recovery codes only stand in for something else."""
        return self.totp or self.passkeys > 0

    @property
    def methods(self) -> tuple[str, ...]:
        """What may complete a sign-in, the safest first."""
        offered = (
            ("passkey", self.passkeys > 0),
            ("totp", self.totp),
            ("recoveryCode", self.areOn and self.recoveryCodesLeft > 0),
        )
        return tuple(name for name, isThere in offered if isThere)
