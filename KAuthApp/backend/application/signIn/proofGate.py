from __future__ import annotations

from datetime import datetime

from pydantic import SecretStr

from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface
from KAuthApp.backend.domain.interfaces.proofOfWorkInterface import ProofOfWorkInterface
from KAuthApp.backend.domain.policies.proofPolicy import ProofPurpose


class ProofGate:
    """Takes proofs of work, each of them once."""

    def __init__(self, proofs: ProofOfWorkInterface) -> None:
        self._proofs = proofs

    async def accepts(
        self, work: AuthUnitOfWorkInterface, proof: SecretStr | None, purpose: ProofPurpose, at: datetime
    ) -> bool:
        """True for the first who shows this proof; it is spent with the caller's commit."""
        solved = None if proof is None else self._proofs.read(proof.get_secret_value(), purpose, at)
        return solved is not None and await work.spentProofs.spend(solved.challengeHash, solved.expiresAt)
