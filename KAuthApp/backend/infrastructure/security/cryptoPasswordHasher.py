from __future__ import annotations

from contextlib import AbstractAsyncContextManager, AbstractContextManager

from KAuthApp.backend.domain.interfaces.passwordHasherInterface import PasswordHasherInterface
from shared.backend.cryptoFactory import CryptoFactory


class CryptoPasswordHasher(PasswordHasherInterface):
    """Argon2id in the platform's bounded pool of threads."""

    def __init__(self, crypto: CryptoFactory) -> None:
        self._crypto = crypto

    async def hash(self, password: str) -> str:
        return await self._crypto.hashPassword(password)

    def place(self, isUrgent: bool = False) -> AbstractContextManager[object]:
        return self._crypto.hashingPlace(isUrgent)

    def turn(self, isUrgent: bool = False) -> AbstractAsyncContextManager[None]:
        return self._crypto.hashingTurn(isUrgent)

    async def verify(self, password: str, passwordHash: str, isUrgent: bool = False) -> bool:
        return await self._crypto.matchesPassword(password, passwordHash, isUrgent)

    async def verifyAgainstNothing(self, password: str) -> None:
        await self._crypto.verifyAgainstNothing(password)

    def needsRehash(self, passwordHash: str) -> bool:
        return self._crypto.needsRehash(passwordHash)
