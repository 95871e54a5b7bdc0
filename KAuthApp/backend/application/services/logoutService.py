from __future__ import annotations

from KAuthApp.backend.application.dto.auditEntries import SESSION, byUser
from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.dto.outboxMessages import END_COPIES_TOPIC, EndedSessionsDTO
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KAuthApp.backend.domain.models.userSession import SessionEndReason
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kauth")


class LogoutService:
    """Ends the session that asks; when it returns, nothing accepts the credential any more."""

    def __init__(self, openWork: OpenAuthWork, copies: SessionCopiesInterface, clock: ClockInterface) -> None:
        self._openWork, self._copies, self._clock = openWork, copies, clock

    async def execute(self, identity: IdentityDTO) -> None:
        now = self._clock.now()
        async with self._openWork() as work:
            session = await work.sessions.getForUpdate(identity.userId, identity.sessionId)
            if session.endedAt is None:
                session.end(SessionEndReason.LOGOUT, now)
                await work.outbox.add(END_COPIES_TOPIC, EndedSessionsDTO.payload([session.id]))
                await work.audit.append(byUser(identity.userId, "auth.signedOut", now, target=(SESSION, session.id)))
            await work.commit()

        await self._copies.endSessions([identity.sessionId], now)
        logger.security.info("auth.signedOut", userId=str(identity.userId), sessionId=str(identity.sessionId))
