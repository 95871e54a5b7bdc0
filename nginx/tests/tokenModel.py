"""The limiter's arithmetic once more, in plain Python with exact fractions: what the Redis script is held against."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

TOLERANCE = Fraction(1, 2)


@dataclass(frozen=True)
class Rule:
    """One policy as the script is told of it; the window in whole seconds."""

    policyId: str
    kind: str
    limit: int
    windowSeconds: int
    burst: int
    cost: int = 1
    mode: str = "enforce"

    @property
    def window(self) -> int:
        return self.windowSeconds * 1_000_000

    @property
    def arguments(self) -> list[str | int]:
        return [
            self.policyId, "ip", self.kind, self.limit, self.windowSeconds, self.burst, self.cost, self.mode,
        ]  # fmt: skip


@dataclass
class TokenModel:
    """What every policy has been charged by one caller."""

    fullAt: dict[str, Fraction] = field(default_factory=dict)
    moments: dict[str, list[int]] = field(default_factory=dict)

    def take(self, rules: list[Rule], now: int) -> tuple[bool, list[bool]]:
        """Whether the request is admitted, and whether each rule alone would have let it pass."""
        passed = [self._passes(rule, now) for rule in rules]
        admitted = all(each or rule.mode == "shadow" for each, rule in zip(passed, rules, strict=True))
        if admitted:
            for each, rule in zip(passed, rules, strict=True):
                self._charge(rule, now, each)
        return admitted, passed

    def isUndecided(self, rules: list[Rule], now: int) -> bool:
        """Whether the moment is so near to a boundary that the width of a double decides."""
        return any(abs(self._wait(rule, now) - TOLERANCE) < Fraction(1, 10) for rule in rules if rule.kind == "gcra")

    def _passes(self, rule: Rule, now: int) -> bool:
        if rule.kind == "log":
            return len(self._inWindow(rule, now)) + rule.cost <= rule.limit
        return self._wait(rule, now) <= TOLERANCE

    def _wait(self, rule: Rule, now: int) -> Fraction:
        interval = Fraction(rule.window, rule.limit)
        return self._full(rule, now) + rule.cost * interval - rule.burst * interval - now

    def _full(self, rule: Rule, now: int) -> Fraction:
        return max(Fraction(now), self.fullAt.get(rule.policyId, Fraction(now)))

    def _inWindow(self, rule: Rule, now: int) -> list[int]:
        return [moment for moment in self.moments.get(rule.policyId, []) if moment > now - rule.window]

    def _charge(self, rule: Rule, now: int, passed: bool) -> None:
        if not passed:
            return
        self.moments[rule.policyId] = [*self._inWindow(rule, now), *([now] * rule.cost)]
        self.fullAt[rule.policyId] = self._full(rule, now) + rule.cost * Fraction(rule.window, rule.limit)
