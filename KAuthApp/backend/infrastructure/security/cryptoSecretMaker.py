from __future__ import annotations

from secrets import choice, randbelow, token_bytes
from typing import Final
from uuid import UUID

from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose
from KAuthApp.backend.domain.policies.challengePolicy import CHALLENGE_BYTES
from KAuthApp.backend.domain.policies.codePolicy import CODE_DIGITS
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.http.credentials import hashCredential

_SECRET_BYTES: Final = 32
_TAG_DIGITS: Final = 5  # of 4 bits
_RECOVERY_ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"
_RECOVERY_LETTERS: Final = 24


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

    def newRecoveryCode(self) -> str:
        letters = [choice(_RECOVERY_ALPHABET) for _ in range(_RECOVERY_LETTERS)]
        return "-".join("".join(letters[start : start + 4]) for start in range(0, _RECOVERY_LETTERS, 4))

    def hashRecoveryCode(self, userId: UUID, code: str) -> str:
        typed = "".join(letter for letter in code.lower() if letter in _RECOVERY_ALPHABET)
        return hashCredential(f"{userId}:{typed}")

    def counterKey(self, *subject: str) -> str:
        return self._crypto.keyedHash("|".join(subject), "kauth.failureCounter")

    def registrationIndex(self, email: str) -> str:
        return self._crypto.keyedHash(email, "kauth.shadowAddress", self._crypto.oldestKeyId)

    def passwordTag(self, email: str, password: str) -> str:
        keyed = self._crypto.keyedHash(f"{email}|{password}", "kauth.shadowPassword", self._crypto.oldestKeyId)
        return keyed[:_TAG_DIGITS]

    def pseudonymOf(self, email: str) -> str:
        return self._crypto.blindIndex(email, "kauth.auditAddress")

    def decoySeedOf(self, email: str) -> bytes:
        return bytes.fromhex(self._crypto.keyedHash(email, "kauth.passkeyDecoys", self._crypto.oldestKeyId))
