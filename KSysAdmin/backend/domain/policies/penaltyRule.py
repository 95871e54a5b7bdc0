from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from shared.backend.utils.valueObject import ValueObject


class PenaltyRule(ValueObject):
    """
    Who is refused `refusals` times in `withinSeconds` is refused wherever a limit applies for `penaltySeconds`, is told
    until when, and is free then. Each gateway counts for itself.
    """

    enabled: bool = Field(strict=True)
    refusals: int = Field(strict=True, ge=2, le=10_000, examples=[50])
    withinSeconds: int = Field(strict=True, ge=1, le=3_600, examples=[60])
    penaltySeconds: int = Field(strict=True, ge=1, le=86_400, examples=[300])

    @model_validator(mode="after")
    def ensurePenaltyOutlastsTheCount(self) -> Self:
        if self.penaltySeconds < self.withinSeconds:
            raise ValueError("the penalty lasts at least as long as refusals are counted")
        return self
