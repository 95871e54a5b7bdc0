from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.application.output.userOutput import UserDetailOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.personalOpenerInterface import PersonalOpenerInterface
from shared.backend.utils.clock import ClockInterface


class ShowUserService:
    def __init__(self, openWork: OpenAdminWork, personal: PersonalOpenerInterface, clock: ClockInterface) -> None:
        self._openWork, self._personal, self._clock = openWork, personal, clock

    async def execute(self, userId: UUID) -> UserDetailOutput:
        async with self._openWork() as work:
            user = await work.users.get(userId)
            factors = await work.users.factorsOf(userId)
            sessions = await work.users.liveSessions(userId, self._clock.now())
            keys = await work.userKeys.keysOf([userId])
        return UserDetailOutput.of(user, factors, sessions, keys, self._personal)
