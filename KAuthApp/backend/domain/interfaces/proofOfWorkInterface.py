from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from KAuthApp.backend.domain.policies.proofPolicy import ProofPurpose
from shared.backend.utils.valueObject import ValueObject


class ProofChallenge(ValueObject):
    """Work to be done: find the counter whose derived key begins with the prefix (altcha, version 2)."""

    algorithm: str
    nonce: str
    salt: str
    cost: int
    keyLength: int
    keyPrefix: str
    keySignature: str
    expiresAt: int
    purpose: ProofPurpose
    signature: str


class SolvedProof(ValueObject):
    """A challenge of ours that was solved; `challengeHash` names it among all there ever were."""

    challengeHash: str
    expiresAt: datetime


class ProofOfWorkInterface(ABC):
    """Makes challenges that cost whoever solves them time, and checks solutions at almost no cost."""

    @abstractmethod
    def challenge(self, purpose: ProofPurpose, rounds: int, at: datetime) -> ProofChallenge: ...

    @abstractmethod
    def read(self, proof: str, purpose: ProofPurpose, at: datetime) -> SolvedProof | None:
        """The solved challenge, or None when it is not ours, wrong, expired or for another call."""
