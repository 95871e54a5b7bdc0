from __future__ import annotations

from datetime import timedelta

from KSysAdmin.backend.domain.exceptions.administratorErrors import NotAuthenticatedError
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.sessionPolicy import AdminSessionPolicy
from shared.backend.utils.clock import ClockInterface

TOUCH_AFTER = timedelta(minutes=1)


class ResolveAdministratorService:
    """Who is behind a session secret, read from PostgreSQL each time: what was ended or taken away acts at once."""

    def __init__(
        self,
        openWork: OpenAdminWork,
        copies: SessionCopiesInterface,
        clock: ClockInterface,
        policy: AdminSessionPolicy,
    ) -> None:
        self._openWork, self._copies, self._clock, self._policy = openWork, copies, clock, policy

    async def execute(self, secretHash: str) -> AdminActor:
        at = self._clock.now()
        idle = timedelta(minutes=self._policy.idleMinutes)
        async with self._openWork() as work:
            actor = await work.sessions.findActor(secretHash, self._policy, at)
            if actor is None:
                raise NotAuthenticatedError(challenge="Session")
            idleAt = min(at + idle, actor.sessionExpiresAt)
            if idleAt - actor.sessionIdleAt < TOUCH_AFTER:
                return actor
            if not await work.sessions.touch(actor.sessionId, self._policy, at):
                raise NotAuthenticatedError(challenge="Session")
            await work.commit()

        touched = actor.model_copy(update={"sessionIdleAt": idleAt})
        await self._copies.writeAdministrator(secretHash, touched)
        return touched
