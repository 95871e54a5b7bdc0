from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from KSysAdmin.backend.domain.policies.simulatedTraffic import SimulatedTraffic

Document = Mapping[str, JsonValue]


@dataclass(frozen=True)
class PolicyOutcome:
    """What one limit did to simulated traffic."""

    policyId: str
    name: str
    firstRefusedAtSeconds: float | None
    refused: int
    admitted: int


@dataclass(frozen=True)
class Simulation:
    items: Sequence[PolicyOutcome]
    admitted: int
    refused: int


@dataclass(frozen=True)
class Replay:
    """How many requests of the log a set of limits would have refused; `byPolicy` by id."""

    total: int
    refused: int
    byPolicy: Mapping[str, int]


@dataclass(frozen=True)
class Verdicts:
    """How often one limit said what, since the gateway started."""

    allowed: int = 0
    limited: int = 0
    shadowLimited: int = 0

    def plus(self, other: Verdicts) -> Verdicts:
        return Verdicts(
            self.allowed + other.allowed, self.limited + other.limited, self.shadowLimited + other.shadowLimited
        )


@dataclass(frozen=True)
class GatewayNode:
    """
    One gateway as it says itself. `policiesVersion` is that of its slowest worker, None before the first set.

    `penaltyRefusals` is how many requests of callers in the penalty box it refused.
    """

    url: str
    isReachable: bool
    policiesVersion: int | None = None
    refusedSets: int = 0
    workersWithoutRedis: int = 0
    penaltyRefusals: int = 0
    verdicts: Mapping[str, Verdicts] = field(default_factory=dict)


class GatewayInterface(ABC):
    """The gateways, through their private ports."""

    @abstractmethod
    async def simulate(self, document: Document, traffic: SimulatedTraffic) -> Simulation:
        """Ask the code that decides over real traffic; RuleSetRefusedError or GatewayAwayError."""

    @abstractmethod
    async def replay(self, document: Document, lines: Sequence[bytes]) -> Replay:
        """Let the same code decide over these log lines, oldest first; RuleSetRefusedError or GatewayAwayError."""

    @abstractmethod
    async def readNodes(self) -> Sequence[GatewayNode]:
        """Every gateway there is, in the order of the settings; one that does not answer says so."""
