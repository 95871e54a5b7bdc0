from __future__ import annotations

from uuid import UUID

from pydantic import JsonValue

from KSysAdmin.backend.application.dto.outboxMessages import (
    END_USER_COPIES_TOPIC,
    NOTICE_TOPIC,
    FactorsResetNoticeDTO,
    endedUserSessions,
)
from KSysAdmin.backend.application.input.userInput import ResetUserFactorsInput
from KSysAdmin.backend.application.output.userOutput import UserDetailOutput
from KSysAdmin.backend.domain.exceptions.userErrors import UserWithoutFactorsError
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.personalOpenerInterface import PersonalOpenerInterface
from KSysAdmin.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KSysAdmin.backend.domain.models.userSession import SessionEndReason
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from KSysAdmin.backend.domain.policies.userSuspension import RESET_REASON_PURPOSE
from shared.backend.utils.clock import ClockInterface


class ResetUserFactorsService:
    """
    Takes every second factor from a user who has lost them; from then on the password alone opens the account.

    When this has answered, no session and no half sign-in of the user is accepted any more. The user is told by mail:
    whoever did not ask for it must hear of it.
    """

    def __init__(
        self,
        openWork: OpenAdminWork,
        copies: SessionCopiesInterface,
        personal: PersonalOpenerInterface,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._copies, self._personal, self._clock = openWork, copies, personal, clock

    async def execute(self, userId: UUID, asked: ResetUserFactorsInput, actor: AdminActor) -> UserDetailOutput:
        at = self._clock.now()
        async with self._openWork() as work:
            user = await work.users.getForUpdate(userId)
            before = await work.users.factorsOf(userId)
            if not before.areAny:
                raise UserWithoutFactorsError(f"user {userId} has no second factor")
            key = await work.userKeys.addUnlessThere(self._personal.newKey(userId, at))
            await work.users.removeFactors(userId)
            await work.users.endHalfSignIns(userId, at)
            since = self._copies.oldestOfUsers(at)
            ended = await work.users.endSessions(userId, SessionEndReason.FACTOR_CHANGED, at, since)
            factors = await work.users.factorsOf(userId)
            await work.outbox.add(END_USER_COPIES_TOPIC, endedUserSessions(ended.idsOfNow))
            notice = FactorsResetNoticeDTO.to(user.emailAsGiven, at, key, self._personal)
            await work.outbox.add(NOTICE_TOPIC, notice)
            reason = self._personal.seal(key, asked.reason, RESET_REASON_PURPOSE)
            after: dict[str, JsonValue] = {
                **factors.model_dump(),
                "resetReason": reason,
                "endedSessions": len(ended.now),
            }
            target = ("user", userId)
            change = changeBy(actor.administratorId, "user.factorsReset", target, at, before.model_dump(), after)
            await work.audit.append(change)
            await work.commit()

        await self._copies.endUserSessions(ended.ids, ended.lastEnd(at))
        return UserDetailOutput.withoutSessions(user, factors)
