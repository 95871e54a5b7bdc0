from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.domain.models.rateLimitPolicy import RateLimitPolicy
from KSysAdmin.backend.domain.policies.rateLimitRule import Kind, Match, Method, Mode, Scope
from shared.backend.utils.apiModel import OutputModel, Timestamp


class RateLimitPolicyOutput(OutputModel):
    id: UUID
    name: str
    method: Method
    path: str
    match: Match
    scope: Scope
    limit: int
    windowSeconds: int
    burst: int | None
    mode: Mode
    enabled: bool
    kind: Kind
    cost: int
    leased: bool | None
    createdAt: Timestamp
    updatedAt: Timestamp

    @classmethod
    def of(cls, policy: RateLimitPolicy) -> RateLimitPolicyOutput:
        return cls.model_validate({name: getattr(policy, name) for name in cls.model_fields})
