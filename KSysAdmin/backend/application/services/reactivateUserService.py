from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.application.output.userOutput import UserDetailOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from KSysAdmin.backend.domain.policies.userSuspension import reactivateUser, standingOf
from shared.backend.utils.clock import ClockInterface


class ReactivateUserService:
    """Lets a suspended user sign in again; sessions that were ended stay ended."""

    def __init__(self, openWork: OpenAdminWork, clock: ClockInterface) -> None:
        self._openWork, self._clock = openWork, clock

    async def execute(self, userId: UUID, actor: AdminActor) -> UserDetailOutput:
        at = self._clock.now()
        async with self._openWork() as work:
            user = await work.users.getForUpdate(userId)
            before = standingOf(user)
            reactivateUser(user, at)
            target = ("user", userId)
            change = changeBy(actor.administratorId, "user.reactivated", target, at, before, standingOf(user))
            await work.audit.append(change)
            await work.commit()
        return UserDetailOutput.withoutSessions(user)
