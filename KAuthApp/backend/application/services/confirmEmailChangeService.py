from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from KAuthApp.backend.application.dto.auditEntries import byUser
from KAuthApp.backend.application.dto.emailChangeDTO import EMAIL_CHANGE_TOPIC, EmailChangeMailDTO, EmailChangeStep
from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.dto.outboxMessages import END_COPIES_TOPIC, EndedSessionsDTO
from KAuthApp.backend.application.input.emailChangeInput import ConfirmEmailChangeInput
from KAuthApp.backend.application.output.emailChangeOutput import EmailChangedOutput
from KAuthApp.backend.application.signIn.callerLock import lockCaller
from KAuthApp.backend.domain.exceptions.authErrors import CodeInvalidError, EmailTakenError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface, OpenAuthWork
from KAuthApp.backend.domain.interfaces.personalSealerInterface import PersonalSealerInterface
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KAuthApp.backend.domain.models.emailChange import EmailChange
from KAuthApp.backend.domain.models.endedCredentials import EndedCredentials
from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userSession import SessionEndReason
from KAuthApp.backend.domain.policies.codePolicy import CodePolicy
from KAuthApp.backend.domain.policies.emailChangePolicy import EmailChangePolicy
from KAuthApp.backend.domain.policies.personalKeys import keyOf
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kauth")


class ConfirmEmailChangeService:
    """Moves the account to the new address for who has the codes from both; the other sessions end.

    An address that somebody else has proven meanwhile answers as a wrong code does.
    """

    def __init__(
        self,
        openWork: OpenAuthWork,
        secrets: SecretMakerInterface,
        personal: PersonalSealerInterface,
        copies: SessionCopiesInterface,
        codePolicy: CodePolicy,
        policy: EmailChangePolicy,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._secrets, self._personal, self._copies = openWork, secrets, personal, copies
        self._codePolicy, self._policy, self._clock = codePolicy, policy, clock

    async def execute(self, proof: ConfirmEmailChangeInput, identity: IdentityDTO) -> EmailChangedOutput:
        now = self._clock.now()
        try:
            ended = await self._change(proof, identity, now)
        except EmailTakenError:
            logger.security.warning("auth.emailTaken", userId=str(identity.userId))
            raise CodeInvalidError from None

        await self._copies.endSessions(ended.all, now)
        await self._copies.renew(identity.sessionId, None, now)  # its copies may be about a secret it has given up
        logger.security.info("auth.emailChanged", userId=str(identity.userId), ended=len(ended.now))
        return EmailChangedOutput()

    async def _change(self, proof: ConfirmEmailChangeInput, identity: IdentityDTO, now: datetime) -> EndedCredentials:
        async with self._openWork() as work:
            user = await lockCaller(work, identity, now)
            change = await work.emailChanges.findOpen(user.id, now)
            hashes = self._hashesOf(user.id, proof)
            areRight = await work.codes.attemptTogether(user.id, hashes, self._codePolicy, now)
            if change is None or not areRight:
                await work.commit()  # the tries count although they are refused
                logger.security.warning("auth.codeRefused", purpose="emailChange", userId=str(user.id))
                raise CodeInvalidError
            ended = await self._move(work, user, change, identity.sessionId, now)
            facts: dict[str, JsonValue] = {"changeId": str(change.id), "sessionsEnded": len(ended.now)}
            await work.audit.append(byUser(user.id, "auth.emailChanged", now, after=facts))
            await work.commit()
        return ended

    async def _move(
        self, work: AuthUnitOfWorkInterface, user: UserAccount, change: EmailChange, sessionId: UUID, now: datetime
    ) -> EndedCredentials:
        key = await keyOf(work, self._personal, user.id, now)
        change.apply(self._policy, now)
        await work.users.moveTo(user, change.newEmail(key, self._personal), now)
        await work.codes.voidAll(user.id, now)  # what was mailed to the former address is good for nothing here
        since = self._copies.oldest(now)
        ended = await work.sessions.endAll(
            user.id, SessionEndReason.EMAIL_CHANGED, now, latelySince=since, exceptId=sessionId
        )
        await work.outbox.add(END_COPIES_TOPIC, EndedSessionsDTO.payload(ended.now))
        for step in (EmailChangeStep.CHANGED_TO_OLD, EmailChangeStep.CHANGED_TO_NEW):
            await work.outbox.add(EMAIL_CHANGE_TOPIC, EmailChangeMailDTO.order(change.id, step))
        return ended

    def _hashesOf(self, userId: UUID, proof: ConfirmEmailChangeInput) -> Mapping[CodePurpose, str]:
        codes = {CodePurpose.EMAIL_CHANGE_OLD: proof.oldCode, CodePurpose.EMAIL_CHANGE_NEW: proof.newCode}
        return {purpose: self._secrets.hashCode(userId, purpose, code) for purpose, code in codes.items()}
