from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field

from KAuthApp.backend.domain.policies.guardPolicy import Standing
from shared.backend.utils.valueObject import ValueObject


class ProofPurpose(StrEnum):
    """The call that a proof of work is good for."""

    LOGIN = "login"
    REGISTER = "register"
    FORGOT = "forgot"
    RESEND = "resend"


class ProofPolicy(ValueObject):
    """How much work a proof is, and for how long it is good.

    One round is `iterations` of PBKDF2; about `rounds` of them are needed, four times as many at each further step.
    """

    lifetime: timedelta = Field(default=timedelta(minutes=10), ge=timedelta(minutes=1), le=timedelta(hours=1))
    iterations: int = Field(default=1000, ge=1, le=1_000_000)
    rounds: int = Field(default=600, ge=2, le=1_000_000)
    addressSteps: tuple[int, ...] = (50, 100, 300)

    def expiry(self, issuedAt: datetime) -> datetime:
        return issuedAt + self.lifetime

    def roundsFor(self, standing: Standing, isAttack: bool) -> int:
        """The more an address has failed, the more it works; under an attack everybody works one step more."""
        steps = sum(standing.address.count >= step for step in self.addressSteps) + isAttack
        return int(self.rounds * 4 ** min(steps, 3))
