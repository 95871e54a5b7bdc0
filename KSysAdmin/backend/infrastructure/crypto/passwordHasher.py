from __future__ import annotations

from KSysAdmin.backend.domain.interfaces.passwordHasherInterface import PasswordHasherInterface
from shared.backend.cryptoFactory import CryptoFactory


class PasswordHasher(PasswordHasherInterface):
    """Argon2id in the platform's bounded pool."""

    def __init__(self, crypto: CryptoFactory) -> None:
        self._crypto = crypto

    async def hash(self, password: str) -> str:
        return await self._crypto.hashPassword(password)

    async def verify(self, password: str, stored: str | None) -> bool:
        if stored is None:
            return await self._crypto.verifyAgainstNothing(password)
        return await self._crypto.matchesPassword(password, stored)

    def needsRehash(self, stored: str) -> bool:
        return self._crypto.needsRehash(stored)
