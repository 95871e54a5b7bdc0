from __future__ import annotations

from KSysAdmin.backend.domain.models.penaltyBox import PenaltyBox
from shared.backend.utils.apiModel import OutputModel, Timestamp


class PenaltyBoxOutput(OutputModel):
    enabled: bool
    refusals: int
    withinSeconds: int
    penaltySeconds: int
    updatedAt: Timestamp

    @classmethod
    def of(cls, box: PenaltyBox) -> PenaltyBoxOutput:
        return cls.model_validate({name: getattr(box, name) for name in cls.model_fields})
