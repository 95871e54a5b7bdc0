from __future__ import annotations

from KAuthApp.backend.application.dto.auditEntries import byUser
from KAuthApp.backend.application.dto.emailChangeDTO import EMAIL_CHANGE_TOPIC, EmailChangeMailDTO, EmailChangeStep
from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.input.emailChangeInput import AskEmailChangeInput
from KAuthApp.backend.application.output.emailChangeOutput import EmailChangeAskedOutput
from KAuthApp.backend.application.signIn.callerLock import lockCaller
from KAuthApp.backend.domain.exceptions.authErrors import EmailUnchangedError, TooManyAttemptsError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.personalSealerInterface import PersonalSealerInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.emailChange import EmailChange
from KAuthApp.backend.domain.policies.emailChangePolicy import EmailChangePolicy
from KAuthApp.backend.domain.policies.personalKeys import keyOf
from shared.backend.utils.clock import ClockInterface


class AskEmailChangeService:
    """Begins a change of address. Whether somebody has the new one is looked up by the job that mails, not here."""

    def __init__(
        self,
        openWork: OpenAuthWork,
        personal: PersonalSealerInterface,
        policy: EmailChangePolicy,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._personal, self._policy, self._clock = openWork, personal, policy, clock

    async def execute(self, asked: AskEmailChangeInput, identity: IdentityDTO) -> EmailChangeAskedOutput:
        new = EmailAddress.parse(asked.newEmail)
        now = self._clock.now()
        async with self._openWork() as work:
            user = await lockCaller(work, identity, now)
            if new.normalised == user.email:
                raise EmailUnchangedError(field="newEmail")
            askedLately = await work.emailChanges.countAsked(user.id, self._policy.windowStart(now))
            if not self._policy.mayAsk(askedLately):
                raise TooManyAttemptsError(retryAfterSeconds=int(self._policy.window.total_seconds()))
            key = await keyOf(work, self._personal, user.id, now)
            old = EmailAddress.parse(user.emailAsGiven)
            change = EmailChange.ask(key, self._personal, old, new, self._policy, now)
            await work.emailChanges.replace(change)
            await work.codes.voidAll(user.id, now)  # a code for another address is no proof of this one
            for step in (EmailChangeStep.CODE_TO_OLD, EmailChangeStep.CODE_TO_NEW):
                await work.outbox.add(EMAIL_CHANGE_TOPIC, EmailChangeMailDTO.order(change.id, step))
            await work.audit.append(byUser(user.id, "auth.emailChangeAsked", now, after={"changeId": str(change.id)}))
            await work.commit()

        return EmailChangeAskedOutput()
