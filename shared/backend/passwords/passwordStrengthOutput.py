from __future__ import annotations

from pydantic import Field

from shared.backend.passwords.passwordJudgement import PasswordJudgement
from shared.backend.utils.apiModel import OutputModel


class PasswordReasonOutput(OutputModel):
    """As the refusal of the password says it."""

    code: str = Field(examples=["auth.passwordCompromised"])
    message: str = Field(examples=["it is on the lists that guessers try first"])


class PasswordStrengthOutput(OutputModel):
    """How soon a password would be guessed, and whether it would be taken."""

    score: int = Field(ge=0, le=4, description="0, guessed at once, to 4; at most 1 when it is refused", examples=[1])
    isAccepted: bool = Field(examples=[False])
    reasons: list[PasswordReasonOutput] = Field(description="Why it is refused; empty when it is taken")

    @classmethod
    def fromJudgement(cls, judgement: PasswordJudgement) -> PasswordStrengthOutput:
        refusal = judgement.refusal
        reasons = [] if refusal is None else [PasswordReasonOutput(code=refusal.code, message=refusal.detail)]
        return cls(score=judgement.score, isAccepted=refusal is None, reasons=reasons)
