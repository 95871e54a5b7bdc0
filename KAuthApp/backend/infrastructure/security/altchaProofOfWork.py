from __future__ import annotations

from datetime import UTC, datetime
from secrets import randbelow
from typing import Final

from altcha import Challenge, Payload, create_challenge, verify_solution

from KAuthApp.backend.domain.interfaces.proofOfWorkInterface import ProofChallenge, ProofOfWorkInterface, SolvedProof
from KAuthApp.backend.domain.policies.proofPolicy import ProofPolicy, ProofPurpose
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.http.credentials import hashCredential

_ALGORITHM: Final = "PBKDF2/SHA-256"
_PURPOSE: Final = "purpose"


class AltchaProofOfWork(ProofOfWorkInterface):
    """
    Challenges of altcha, version 2, signed with keys that come from the platform's master key.

    The counter to be found is drawn here, so the work is known beforehand, and a signature of the key it leads to
    spares the server from deriving that key again.
    """

    def __init__(self, crypto: CryptoFactory, policy: ProofPolicy) -> None:
        self._policy = policy
        self._challengeSecret = crypto.keyedHash("challenge", "kauth.proofOfWork")
        self._keySecret = crypto.keyedHash("derivedKey", "kauth.proofOfWork")

    def challenge(self, purpose: ProofPurpose, rounds: int, at: datetime) -> ProofChallenge:
        made = create_challenge(
            _ALGORITHM,
            self._policy.iterations,
            counter=rounds // 2 + randbelow(rounds),
            expires_at=self._policy.expiry(at),
            data={_PURPOSE: purpose.value},
            hmac_secret=self._challengeSecret,
            hmac_key_secret=self._keySecret,
        )
        return _toChallenge(made, purpose)

    def read(self, proof: str, purpose: ProofPurpose, at: datetime) -> SolvedProof | None:
        if not verify_solution(proof, self._challengeSecret, hmac_key_secret=self._keySecret).verified:
            return None
        challenge = Payload.from_base64(proof).challenge  # signed by us, so it holds what we put there
        expiresAt = datetime.fromtimestamp(challenge.parameters.expires_at or 0, UTC)
        isForThis = (challenge.parameters.data or {}).get(_PURPOSE) == purpose.value
        if not isForThis or expiresAt <= at:
            return None
        return SolvedProof(challengeHash=hashCredential(challenge.signature or ""), expiresAt=expiresAt)


def _toChallenge(made: Challenge, purpose: ProofPurpose) -> ProofChallenge:
    parameters = made.parameters
    return ProofChallenge(
        algorithm=parameters.algorithm,
        nonce=parameters.nonce,
        salt=parameters.salt,
        cost=parameters.cost,
        keyLength=parameters.key_length,
        keyPrefix=parameters.key_prefix,
        keySignature=parameters.key_signature or "",
        expiresAt=parameters.expires_at or 0,
        purpose=purpose,
        signature=made.signature or "",
    )
