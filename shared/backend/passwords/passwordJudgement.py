from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shared.backend.exceptions.errors import InvalidInputError

BEST_REFUSED: Final = 1


@dataclass(frozen=True)
class PasswordJudgement:
    """What a policy says of a new password: why it is refused, if it is, and how strong it is from 0 to 4."""

    refusal: InvalidInputError | None
    score: int

    @classmethod
    def refused(cls, refusal: InvalidInputError, score: int = 0) -> PasswordJudgement:
        """Whatever its score, what is refused is never shown as good."""
        return cls(refusal, min(score, BEST_REFUSED))

    @classmethod
    def accepted(cls, score: int) -> PasswordJudgement:
        return cls(None, score)

    def ensureAccepted(self) -> None:
        """Raise the refusal, if there is one."""
        if self.refusal is not None:
            raise self.refusal
