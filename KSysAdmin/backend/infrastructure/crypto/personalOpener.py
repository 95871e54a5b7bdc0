from __future__ import annotations

from datetime import datetime
from uuid import UUID

from KSysAdmin.backend.domain.interfaces.personalOpenerInterface import PersonalOpenerInterface
from KSysAdmin.backend.domain.models.userKey import UserKey
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.personalSealer import PersonalSealer


class PersonalOpener(PersonalOpenerInterface):
    """Keys of 256 bits that are opened in Rust only."""

    def __init__(self, crypto: CryptoFactory) -> None:
        self._sealer = PersonalSealer(crypto)

    def newKey(self, userId: UUID, at: datetime) -> UserKey:
        return UserKey(userId=userId, keySealed=self._sealer.newKey(userId), createdAt=at)

    def seal(self, key: UserKey, text: str, purpose: str) -> str:
        return self._sealer.seal(key.userId, key.keySealed, text, purpose)

    def open(self, key: UserKey, sealed: str, purpose: str) -> str | None:
        return self._sealer.unseal(key.userId, key.keySealed, sealed, purpose)
