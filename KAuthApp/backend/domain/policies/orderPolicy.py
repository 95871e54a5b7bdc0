from __future__ import annotations

from pydantic import Field

from KAuthApp.backend.domain.exceptions.authErrors import ProofRequiredError
from KAuthApp.backend.domain.policies.counterPolicy import Tally
from shared.backend.utils.valueObject import ValueObject


class OrderPolicy(ValueObject):
    """How many mails may be ordered in an hour before it costs work: from one client address, and to one address."""

    sourceProofAfter: int = Field(default=10, ge=1)
    targetProofAfter: int = Field(default=3, ge=1)

    def judge(self, source: Tally, target: Tally, hasProof: bool) -> None:
        """ProofRequiredError when this order needs a proof of work and has none."""
        isMuch = source.count >= self.sourceProofAfter or target.count >= self.targetProofAfter
        if isMuch and not hasProof:
            raise ProofRequiredError


class NoticePolicy(ValueObject):
    """How many notices of one kind a person is sent, whoever causes them."""

    mostAnHour: int = Field(default=10, ge=1)
    mostADay: int = Field(default=20, ge=1)

    def maySend(self, thisHour: Tally, today: Tally) -> bool:
        """With this one counted in already."""
        return thisHour.count <= self.mostAnHour and today.count <= self.mostADay
