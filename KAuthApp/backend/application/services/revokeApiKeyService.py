from __future__ import annotations

from uuid import UUID

from KAuthApp.backend.application.dto.auditEntries import API_KEY, byUser
from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.dto.outboxMessages import END_COPIES_TOPIC, EndedSessionsDTO
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kauth")


class RevokeApiKeyService:
    """Ends one of the person's keys. Asking again is fine, and finishes what a lost Redis left undone."""

    def __init__(self, openWork: OpenAuthWork, copies: SessionCopiesInterface, clock: ClockInterface) -> None:
        self._openWork, self._copies, self._clock = openWork, copies, clock

    async def execute(self, keyId: UUID, identity: IdentityDTO) -> None:
        now = self._clock.now()
        async with self._openWork() as work:
            key = await work.apiKeys.getForUpdate(identity.userId, keyId)
            if key.revoke(now):
                await work.outbox.add(END_COPIES_TOPIC, EndedSessionsDTO.payload([keyId]))
                await work.audit.append(byUser(identity.userId, "auth.apiKeyRevoked", now, target=(API_KEY, keyId)))
            await work.commit()

        await self._copies.endSessions([keyId], now)
        logger.security.info("auth.apiKeyRevoked", userId=str(identity.userId), keyId=str(keyId))
