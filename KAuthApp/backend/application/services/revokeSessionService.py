from __future__ import annotations

from uuid import UUID

from KAuthApp.backend.application.dto.auditEntries import SESSION, byUser
from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.dto.outboxMessages import END_COPIES_TOPIC, EndedSessionsDTO
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KAuthApp.backend.domain.models.userSession import SessionEndReason
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kauth")


class RevokeSessionService:
    """Ends one of the person's sessions. Asking again is fine, and finishes what a lost Redis left undone."""

    def __init__(self, openWork: OpenAuthWork, copies: SessionCopiesInterface, clock: ClockInterface) -> None:
        self._openWork, self._copies, self._clock = openWork, copies, clock

    async def execute(self, sessionId: UUID, identity: IdentityDTO) -> None:
        now = self._clock.now()
        async with self._openWork() as work:
            session = await work.sessions.getForUpdate(identity.userId, sessionId)
            if session.endedAt is None:
                session.end(SessionEndReason.REVOKED_BY_USER, now)
                await work.outbox.add(END_COPIES_TOPIC, EndedSessionsDTO.payload([sessionId]))
                await work.audit.append(
                    byUser(identity.userId, "auth.sessionRevoked", now, target=(SESSION, sessionId))
                )
            await work.commit()

        await self._copies.endSessions([sessionId], now)
        logger.security.info("auth.sessionRevoked", userId=str(identity.userId), sessionId=str(sessionId))
