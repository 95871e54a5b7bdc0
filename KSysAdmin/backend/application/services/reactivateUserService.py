from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.application.output.userOutput import UserDetailOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.personalOpenerInterface import PersonalOpenerInterface
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from KSysAdmin.backend.domain.policies.userSuspension import reactivateUser, standingOf
from shared.backend.utils.clock import ClockInterface


class ReactivateUserService:
    """Lets a suspended user sign in again; sessions that were ended stay ended."""

    def __init__(self, openWork: OpenAdminWork, personal: PersonalOpenerInterface, clock: ClockInterface) -> None:
        self._openWork, self._personal, self._clock = openWork, personal, clock

    async def execute(self, userId: UUID, actor: AdminActor) -> UserDetailOutput:
        at = self._clock.now()
        async with self._openWork() as work:
            user = await work.users.getForUpdate(userId)
            key = await work.userKeys.addUnlessThere(self._personal.newKey(userId, at))
            factors = await work.users.factorsOf(userId)
            before = standingOf(user, key, self._personal)
            reactivateUser(user, at)
            target, after = ("user", userId), standingOf(user, key, self._personal)
            change = changeBy(actor.administratorId, "user.reactivated", target, at, before, after)
            await work.audit.append(change)
            await work.commit()
        return UserDetailOutput.withoutSessions(user, factors)
