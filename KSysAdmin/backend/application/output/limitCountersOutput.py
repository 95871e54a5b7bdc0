from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from KSysAdmin.backend.domain.interfaces.gatewayInterface import GatewayNode, Verdicts
from KSysAdmin.backend.domain.policies.gatewayRules import GatewayRules
from shared.backend.utils.apiModel import OutputModel, Timestamp


class PolicyCountersOutput(OutputModel):
    """
    How often one limit said what since the gateways started. `name` is null for one that is not stored (any more):
    removed, or built into the gateway for the time before it is given any.
    """

    policyId: str
    name: str | None
    allowed: int
    limited: int
    shadowLimited: int


class GatewayNodeOutput(OutputModel):
    """
    One gateway. `policiesVersion` is the oldest in use there; behind `version` for more than a second, it refused the
    newest set or cannot reach Redis.
    """

    url: str
    isReachable: bool
    policiesVersion: int | None
    refusedSets: int
    workersWithoutRedis: int

    @classmethod
    def of(cls, node: GatewayNode) -> GatewayNodeOutput:
        return cls.model_validate({name: getattr(node, name) for name in cls.model_fields})


class LimitCountersOutput(OutputModel):
    """
    Counters of every gateway that answers, added up; they only rise, until a gateway is started anew.

    `penaltyRefusals` counts requests of callers in the penalty box, which no limit counts.
    """

    readAt: Timestamp
    version: int
    items: list[PolicyCountersOutput]
    penaltyRefusals: int
    nodes: list[GatewayNodeOutput]

    @classmethod
    def of(
        cls, nodes: Sequence[GatewayNode], rules: GatewayRules, version: int, readAt: datetime
    ) -> LimitCountersOutput:
        total = {policyId: Verdicts() for policyId in rules.policies}
        for policyId, verdicts in (item for node in nodes for item in node.verdicts.items()):
            total[policyId] = total.get(policyId, Verdicts()).plus(verdicts)
        return cls(
            readAt=readAt,
            version=version,
            items=[_counted(policyId, verdicts, rules) for policyId, verdicts in total.items()],
            penaltyRefusals=sum(node.penaltyRefusals for node in nodes),
            nodes=[GatewayNodeOutput.of(node) for node in nodes],
        )


def _counted(policyId: str, verdicts: Verdicts, rules: GatewayRules) -> PolicyCountersOutput:
    rule = rules.policies.get(policyId)
    return PolicyCountersOutput(
        policyId=policyId,
        name=None if rule is None else rule.name,
        allowed=verdicts.allowed,
        limited=verdicts.limited,
        shadowLimited=verdicts.shadowLimited,
    )
