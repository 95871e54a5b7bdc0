from __future__ import annotations

from KSysAdmin.backend.domain.interfaces.gatewayInterface import Replay, Simulation
from KSysAdmin.backend.domain.interfaces.gatewayLogInterface import LoggedRequests
from KSysAdmin.backend.domain.policies.gatewayRules import GatewayRules
from KSysAdmin.backend.domain.policies.rateLimitRule import Mode
from shared.backend.utils.apiModel import OutputModel, Timestamp


class SimulatedPolicyOutput(OutputModel):
    """What one limit did. In `shadow` mode it refused nobody: `refused` is how many it would have."""

    policyId: str
    name: str
    mode: Mode | None
    firstRefusedAtSeconds: float | None
    refused: int
    admitted: int


class SimulationOutput(OutputModel):
    items: list[SimulatedPolicyOutput]
    admitted: int
    refused: int

    @classmethod
    def of(cls, simulation: Simulation, rules: GatewayRules) -> SimulationOutput:
        items = [
            SimulatedPolicyOutput(
                policyId=item.policyId,
                name=item.name,
                mode=rules.policies[item.policyId].mode if item.policyId in rules.policies else None,
                firstRefusedAtSeconds=item.firstRefusedAtSeconds,
                refused=item.refused,
                admitted=item.admitted,
            )
            for item in simulation.items
        ]
        return cls(items=items, admitted=simulation.admitted, refused=simulation.refused)


class ReplayedPolicyOutput(OutputModel):
    """How many requests of the log one limit would have refused; in `shadow` mode it would only have counted them."""

    policyId: str
    name: str
    mode: Mode | None
    refused: int


class ReplayOutput(OutputModel):
    """
    How the limits would have treated the log; those that refuse nothing are not listed.

    `refusedThen` is how many of these requests were really refused; `isCutOff` says that there were more requests in
    this time than are replayed, and the oldest were left out.
    """

    total: int
    refused: int
    refusedThen: int
    isCutOff: bool
    firstAt: Timestamp | None
    lastAt: Timestamp | None
    byPolicy: list[ReplayedPolicyOutput]

    @classmethod
    def of(cls, replay: Replay, log: LoggedRequests, rules: GatewayRules) -> ReplayOutput:
        acting = [(policyId, count) for policyId, count in replay.byPolicy.items() if count > 0]
        refused = sorted(acting, key=lambda item: (-item[1], item[0]))
        return cls(
            total=replay.total,
            refused=replay.refused,
            refusedThen=log.limited,
            isCutOff=log.isCutOff,
            firstAt=log.firstAt,
            lastAt=log.lastAt,
            byPolicy=[_replayed(policyId, count, rules) for policyId, count in refused],
        )


def _replayed(policyId: str, refused: int, rules: GatewayRules) -> ReplayedPolicyOutput:
    rule = rules.policies.get(policyId)
    name, mode = (policyId, None) if rule is None else (rule.name, rule.mode)
    return ReplayedPolicyOutput(policyId=policyId, name=name, mode=mode, refused=refused)
