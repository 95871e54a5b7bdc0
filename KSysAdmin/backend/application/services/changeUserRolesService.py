from __future__ import annotations

from uuid import UUID

from pydantic import JsonValue

from KSysAdmin.backend.application.dto.outboxMessages import END_USER_COPIES_TOPIC, changedUserCredentials
from KSysAdmin.backend.application.input.userInput import ChangeUserRolesInput
from KSysAdmin.backend.application.output.userOutput import UserDetailOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from KSysAdmin.backend.domain.interfaces.personalOpenerInterface import PersonalOpenerInterface
from KSysAdmin.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from KSysAdmin.backend.domain.policies.adminAudit import changeBy
from shared.backend.utils.clock import ClockInterface


class ChangeUserRolesService:
    """Replaces the roles of a user of the public server; they are no permissions here.

    When this has answered, no credential of the user passes with a role that was taken away.
    """

    def __init__(
        self,
        openWork: OpenAdminWork,
        personal: PersonalOpenerInterface,
        copies: SessionCopiesInterface,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._personal, self._copies, self._clock = openWork, personal, copies, clock

    async def execute(self, userId: UUID, asked: ChangeUserRolesInput, actor: AdminActor) -> UserDetailOutput:
        at = self._clock.now()
        async with self._openWork() as work:
            user = await work.users.getForUpdate(userId)
            before: dict[str, JsonValue] = {"roles": [*user.roles]}
            user.roles = sorted(set(asked.roles))
            user.updatedAt = at
            after: dict[str, JsonValue] = {"roles": [*user.roles]}
            factors = await work.users.factorsOf(userId)
            sessions = await work.users.liveSessions(userId, at)
            keys = await work.userKeys.keysOf([userId])
            since = self._copies.oldestOfUsers(at)
            sessionIds = await work.users.sessionIdsNotEndedBefore(userId, since)
            credentialIds = [*sessionIds, *await work.apiKeys.idsNotRevokedBefore(userId, since)]
            await work.outbox.add(END_USER_COPIES_TOPIC, changedUserCredentials(credentialIds))
            change = changeBy(actor.administratorId, "user.rolesChanged", ("user", userId), at, before, after)
            await work.audit.append(change)
            await work.commit()

        await self._copies.rereadUserCopies(credentialIds, at)
        return UserDetailOutput.of(user, factors, sessions, keys, self._personal)
