from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Self
from uuid import UUID

from pydantic import Field, model_validator

from KSysAdmin.backend.domain.exceptions.settingErrors import RateLimitPolicyNotFoundError
from KSysAdmin.backend.domain.policies.gatewayRules import GatewayRules
from KSysAdmin.backend.domain.policies.rateLimitRule import RateLimitRule
from KSysAdmin.backend.domain.policies.simulatedTraffic import SimulatedTraffic
from shared.backend.utils.apiModel import InputModel, Timestamp

MOST_CHANGES: Final = 200
LOOK_BACK: Final = timedelta(days=1)
LONGEST_LOOK_BACK: Final = timedelta(days=7)


class ChangedPolicyInput(RateLimitRule):
    """A limit as it might be: in place of the one with this id, or one more."""

    id: UUID | None = None

    @property
    def rule(self) -> RateLimitRule:
        return RateLimitRule.model_construct(**{name: getattr(self, name) for name in RateLimitRule.model_fields})


class ChangedRulesInput(InputModel):
    """What is to be different from the limits in force. Nothing given: they are tried as they are."""

    changedPolicies: list[ChangedPolicyInput] = Field(default_factory=list, max_length=MOST_CHANGES)
    removedPolicies: list[UUID] = Field(default_factory=list, max_length=MOST_CHANGES)

    def applyTo(self, rules: GatewayRules) -> GatewayRules:
        """The limits with the changes; those without an id are called `new-1`, `new-2`, …"""
        named = {str(each.id) for each in self.changedPolicies if each.id is not None}
        removed = {str(policyId) for policyId in self.removedPolicies}
        unknown = (named | removed) - set(rules.policies)
        if unknown:
            raise RateLimitPolicyNotFoundError(f"rate limit {min(unknown)} does not exist")
        changes = {
            f"new-{number}" if each.id is None else str(each.id): each.rule
            for number, each in enumerate(self.changedPolicies, start=1)
        }
        return rules.changed(changes, removed)


class SimulateInput(ChangedRulesInput, SimulatedTraffic):
    """Requests of one kind, and limits to send them against."""

    @property
    def traffic(self) -> SimulatedTraffic:
        return SimulatedTraffic.model_construct(**{name: getattr(self, name) for name in SimulatedTraffic.model_fields})


class ReplayInput(ChangedRulesInput):
    """Which part of the log to send against which limits; without times the last 24 hours."""

    since: Timestamp | None = None
    until: Timestamp | None = None

    @model_validator(mode="after")
    def ensureForwards(self) -> Self:
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise ValueError("since is before until")
        return self

    def period(self, at: datetime) -> tuple[datetime, datetime]:
        """From when until when, in the seven days before `at`."""
        earliest = at - LONGEST_LOOK_BACK
        until = max(min(self.until or at, at), earliest)
        return max(self.since or until - LOOK_BACK, earliest), until
