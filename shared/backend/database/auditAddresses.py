from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.personalSealer import AUDIT_PURPOSE, PersonalSealer
from shared.backend.utils.uuid import isValidId

PSEUDONYM: Final = "pseudonym."
_PSEUDONYM_LENGTH: Final = 32
_KEY = text("SELECT key_sealed FROM user_key WHERE user_id = :userId")


class AuditAddresses:
    """
    What the audit keeps of the address somebody came from. Its rows never change, so it has to be right when written.

    A user's is sealed with the user's key: readable until the user is erased. Of somebody who is not known, or has no
    key, a pseudonym is kept: the same for the same address, and nothing the address can be had from.
    """

    def __init__(self, crypto: CryptoFactory) -> None:
        self._crypto, self._sealer = crypto, PersonalSealer(crypto)

    async def protect(self, session: AsyncSession, actorKind: str, actorId: str, address: str) -> str:
        userId = UUID(actorId) if actorKind == "user" and isValidId(actorId) else None
        key = None if userId is None else await self._keyOf(session, userId)
        if userId is None or key is None:
            return self._pseudonymOf(address)
        return self._sealer.seal(userId, key, address, AUDIT_PURPOSE)

    async def _keyOf(self, session: AsyncSession, userId: UUID) -> str | None:
        found = (await (await session.connection()).execute(_KEY, {"userId": userId})).scalar_one_or_none()
        return None if found is None else str(found)

    def _pseudonymOf(self, address: str) -> str:
        return PSEUDONYM + self._crypto.blindIndex(address, "audit.address")[:_PSEUDONYM_LENGTH]
