from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from KAuthApp.backend.application.dto.auditEntries import byUser
from KAuthApp.backend.application.dto.emailChangeDTO import EMAIL_CHANGE_TOPIC, EmailChangeMailDTO, EmailChangeStep
from KAuthApp.backend.application.dto.outboxMessages import END_COPIES_TOPIC, EndedSessionsDTO
from KAuthApp.backend.application.input.emailChangeInput import RevertEmailChangeInput
from KAuthApp.backend.domain.exceptions.authErrors import EmailTakenError, RevertInvalidError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface, OpenAuthWork
from KAuthApp.backend.domain.interfaces.personalSealerInterface import PersonalSealerInterface
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KAuthApp.backend.domain.models.emailChange import EmailChange
from KAuthApp.backend.domain.models.endedCredentials import EndedCredentials
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userSession import SessionEndReason
from KAuthApp.backend.domain.policies.personalKeys import keyOf
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kauth")


class RevertEmailChangeService:
    """Gives the account back to its former address, for who has the link that was mailed there; every session ends.

    Whoever changed it may have changed it again: later changes cannot be taken back any more. API keys made since it
    was asked for are revoked: the notices of them went to another mailbox.
    """

    def __init__(
        self,
        openWork: OpenAuthWork,
        secrets: SecretMakerInterface,
        personal: PersonalSealerInterface,
        copies: SessionCopiesInterface,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._secrets, self._personal = openWork, secrets, personal
        self._copies, self._clock = copies, clock

    async def execute(self, asked: RevertEmailChangeInput) -> None:
        now = self._clock.now()
        revertHash = self._secrets.hashSecret(asked.token.get_secret_value())
        try:
            userId, ended = await self._revert(revertHash, now)
        except EmailTakenError:
            raise RevertInvalidError from None

        await self._copies.endSessions(ended.all, now)
        logger.security.warning("auth.emailChangeReverted", userId=str(userId), ended=len(ended.now))

    async def _revert(self, revertHash: str, now: datetime) -> tuple[UUID, EndedCredentials]:
        async with self._openWork() as work:
            change = await work.emailChanges.findRevertible(revertHash, now)
            if change is None:
                raise RevertInvalidError
            user = await work.users.getForUpdate(change.userId)
            if not await work.emailChanges.spendRevert(change, now):
                raise RevertInvalidError
            ended = await self._moveBack(work, user, change, now)
            facts: dict[str, JsonValue] = {"changeId": str(change.id), "credentialsEnded": len(ended.now)}
            await work.audit.append(byUser(user.id, "auth.emailChangeReverted", now, after=facts))
            await work.commit()
        return user.id, ended

    async def _moveBack(
        self, work: AuthUnitOfWorkInterface, user: UserAccount, change: EmailChange, now: datetime
    ) -> EndedCredentials:
        key = await keyOf(work, self._personal, user.id, now)
        await work.users.moveTo(user, change.oldEmail(key, self._personal), now)
        await work.emailChanges.voidOpen(user.id, now)
        await work.codes.voidAll(user.id, now)
        await work.devices.forgetAll(user.id)
        await work.challenges.voidAll(user.id, now)
        since = self._copies.oldest(now)
        sessions = await work.sessions.endAll(user.id, SessionEndReason.EMAIL_CHANGED, now, latelySince=since)
        keys = await work.apiKeys.revokeIssuedSince(user.id, change.createdAt, now, latelySince=since)
        ended = EndedCredentials([*sessions.now, *keys.now], [*sessions.lately, *keys.lately])
        await work.outbox.add(END_COPIES_TOPIC, EndedSessionsDTO.payload(ended.now))
        step = EmailChangeStep.REVERTED_TO_OLD
        await work.outbox.add(EMAIL_CHANGE_TOPIC, EmailChangeMailDTO.order(change.id, step))
        return ended
