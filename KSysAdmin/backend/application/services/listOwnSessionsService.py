from __future__ import annotations

from KSysAdmin.backend.application.output.ownAccountOutput import OwnSessionOutput, OwnSessionsOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.sessionPolicy import AdminSessionPolicy
from shared.backend.utils.clock import ClockInterface


class ListOwnSessionsService:
    """Where this administrator is signed in now."""

    def __init__(self, openWork: OpenAdminWork, clock: ClockInterface, policy: AdminSessionPolicy) -> None:
        self._openWork, self._clock, self._policy = openWork, clock, policy

    async def execute(self, actor: AdminActor) -> OwnSessionsOutput:
        async with self._openWork() as work:
            sessions = await work.sessions.listLive(actor.administratorId, self._policy, self._clock.now())
        shown = [OwnSessionOutput.of(session, actor.sessionId, self._policy) for session in sessions]
        return OwnSessionsOutput(items=shown)
