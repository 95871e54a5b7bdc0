from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.application.dto.outboxMessages import END_USER_COPIES_TOPIC, endedUserSessions
from KSysAdmin.backend.application.output.apiKeyOutput import UserApiKeyOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from KSysAdmin.backend.domain.policies.userSuspension import keyCopiesBarredUntil
from shared.backend.utils.clock import ClockInterface


class RevokeUserApiKeyService:
    """Ends one API key of a user. Asking again is fine, and finishes what a lost Redis left undone."""

    def __init__(self, openWork: OpenAdminWork, copies: SessionCopiesInterface, clock: ClockInterface) -> None:
        self._openWork, self._copies, self._clock = openWork, copies, clock

    async def execute(self, userId: UUID, keyId: UUID, actor: AdminActor) -> UserApiKeyOutput:
        at = self._clock.now()
        async with self._openWork() as work:
            await work.users.get(userId)
            key = await work.apiKeys.getForUpdate(userId, keyId)
            if key.revoke(at):
                await work.outbox.add(END_USER_COPIES_TOPIC, endedUserSessions([keyId]))
                change = changeBy(actor.administratorId, "user.apiKeyRevoked", ("apiKey", keyId), at)
                await work.audit.append(change)
            await work.commit()

        await self._copies.endUserSessions([keyId], keyCopiesBarredUntil(at))
        return UserApiKeyOutput.fromKey(key)
