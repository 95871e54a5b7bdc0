from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pydantic import JsonValue

from KSysAdmin.backend.domain.exceptions.settingErrors import RuleSetRefusedError
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface
from KSysAdmin.backend.domain.policies.addressRule import AddressRule
from KSysAdmin.backend.domain.policies.penaltyRule import PenaltyRule
from KSysAdmin.backend.domain.policies.rateLimitRule import RateLimitRule

# The gateway takes no larger set; it would keep the one before, so nothing larger is ever stored.
MOST_POLICIES: Final = 2_000
MOST_ADDRESSES: Final = 1_000


@dataclass(frozen=True)
class GatewayRules:
    """Everything the gateway enforces, as one set: it takes all of it or nothing."""

    policies: Mapping[str, RateLimitRule]
    addresses: Sequence[AddressRule]
    penalty: PenaltyRule

    def changed(self, changes: Mapping[str, RateLimitRule], removed: Collection[str]) -> GatewayRules:
        """The set as it would be with these limits instead; RuleSetRefusedError when that is none."""
        kept = {policyId: rule for policyId, rule in self.policies.items() if policyId not in removed}
        return replace(self, policies={**kept, **changes}).ensureAcceptable()

    def ensureAcceptable(self) -> GatewayRules:
        if len(self.policies) > MOST_POLICIES:
            raise RuleSetRefusedError(f"the gateway takes {MOST_POLICIES} limits at most")
        if len(self.addresses) > MOST_ADDRESSES:
            raise RuleSetRefusedError(f"the address lists take {MOST_ADDRESSES} entries at most")
        names = [rule.name for rule in self.policies.values()]
        if len(set(names)) != len(names):
            raise RuleSetRefusedError("two limits have the same name")
        return self

    def document(self) -> dict[str, JsonValue]:
        """What the gateway reads."""
        return {
            "policies": [{"id": policyId, **rule.model_dump(mode="json")} for policyId, rule in self.policies.items()],
            "addressLists": {"allow": self._networks("allow"), "deny": self._networks("deny")},
            "penaltyBox": self.penalty.model_dump(mode="json"),
        }

    def _networks(self, verdict: str) -> list[JsonValue]:
        return [rule.network for rule in self.addresses if rule.verdict == verdict]


async def readGatewayRules(work: AdminUnitOfWorkInterface) -> GatewayRules:
    """The set as it is in this transaction."""
    policies = {str(policy.id): policy.rule for policy in await work.policies.listAll()}
    addresses = [entry.rule for entry in await work.addressEntries.listAll()]
    return GatewayRules(policies, addresses, (await work.penaltyBox.get()).rule).ensureAcceptable()
