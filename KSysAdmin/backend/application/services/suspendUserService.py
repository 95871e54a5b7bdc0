from __future__ import annotations

from uuid import UUID

from KSysAdmin.backend.application.dto.outboxMessages import END_USER_COPIES_TOPIC, endedUserSessions
from KSysAdmin.backend.application.input.userInput import SuspendUserInput
from KSysAdmin.backend.application.output.userOutput import UserDetailOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.personalOpenerInterface import PersonalOpenerInterface
from KSysAdmin.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KSysAdmin.backend.domain.models.userSession import SessionEndReason
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from KSysAdmin.backend.domain.policies.userSuspension import keyCopiesBarredUntil, standingOf, suspendUser
from shared.backend.utils.clock import ClockInterface


class SuspendUserService:
    """
    Suspends an account and ends every session of it, half begun ones too; its API keys sleep until it is reactivated.

    When this has answered, none of them is accepted any more.
    """

    def __init__(
        self,
        openWork: OpenAdminWork,
        copies: SessionCopiesInterface,
        personal: PersonalOpenerInterface,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._copies, self._personal, self._clock = openWork, copies, personal, clock

    async def execute(self, userId: UUID, asked: SuspendUserInput, actor: AdminActor) -> UserDetailOutput:
        at = self._clock.now()
        async with self._openWork() as work:
            user = await work.users.getForUpdate(userId)
            key = await work.userKeys.addUnlessThere(self._personal.newKey(userId, at))
            factors = await work.users.factorsOf(userId)
            before = standingOf(user, key, self._personal)
            suspendUser(user, asked.reason, at)
            await work.users.endHalfSignIns(userId, at)
            since = self._copies.oldestOfUsers(at)
            ended = await work.users.endSessions(userId, SessionEndReason.SUSPENDED, at, since)
            keyIds = await work.apiKeys.idsNotRevokedBefore(userId, since)
            await work.outbox.add(END_USER_COPIES_TOPIC, endedUserSessions([*ended.idsOfNow, *keyIds]))
            after = standingOf(user, key, self._personal) | {"endedSessions": len(ended.now)}
            change = changeBy(actor.administratorId, "user.suspended", ("user", userId), at, before, after)
            await work.audit.append(change)
            await work.commit()

        await self._copies.endUserSessions(ended.ids, ended.lastEnd(at))
        await self._copies.endUserSessions(keyIds, keyCopiesBarredUntil(at))
        return UserDetailOutput.withoutSessions(user, factors)
