from __future__ import annotations

from secrets import randbelow, token_bytes
from typing import Final
from uuid import UUID

from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose
from KAuthApp.backend.domain.policies.challengePolicy import CHALLENGE_BYTES
from KAuthApp.backend.domain.policies.codePolicy import CODE_DIGITS
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.http.credentials import hashCredential

_SECRET_BYTES: Final = 32


class CryptoSecretMaker(SecretMakerInterface):
    """Secrets from the system's generator, hashes keyed by the platform's master key."""

    def __init__(self, crypto: CryptoFactory) -> None:
        self._crypto = crypto

    def newSecret(self) -> str:
        return self._crypto.randomToken(_SECRET_BYTES)

    def newChallenge(self) -> bytes:
        return token_bytes(CHALLENGE_BYTES)

    def hashSecret(self, secret: str) -> str:
        return hashCredential(secret)

    def newCode(self) -> str:
        return f"{randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"

    def hashCode(self, userId: UUID, purpose: CodePurpose, code: str) -> str:
        return self._crypto.keyedHash(f"{userId}:{purpose.value}:{code}", "kauth.oneTimeCode")

    def pseudonymOf(self, email: str) -> str:
        return self._crypto.blindIndex(email, "kauth.auditAddress")
