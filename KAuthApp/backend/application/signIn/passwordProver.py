from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from pydantic import SecretStr

from KAuthApp.backend.application.dto.auditEntries import SESSION, byUser
from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.dto.outboxMessages import END_COPIES_TOPIC, EndedSessionsDTO
from KAuthApp.backend.domain.exceptions.authErrors import CurrentPasswordWrongError, RevocationPendingError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.counterRepositoryInterface import Subjects
from KAuthApp.backend.domain.interfaces.passwordHasherInterface import PasswordHasherInterface
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KAuthApp.backend.domain.models.failureCounter import CounterKind
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userSession import SessionEndReason
from KAuthApp.backend.domain.policies.counterPolicy import CounterPolicy
from KAuthApp.backend.domain.policies.guardPolicy import GuardPolicy
from KAuthApp.backend.domain.policies.passwordPolicy import normalisePassword
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kauth")


class PasswordProver:
    """Checks the password of somebody who is signed in already.

    Nobody finds a password by a stolen session: tries are counted before they are made, each session's by itself, wait
    longer and longer, and the last wrong one ends the session. Other sessions and sign-ins feel nothing of it.
    """

    def __init__(
        self,
        openWork: OpenAuthWork,
        hasher: PasswordHasherInterface,
        secrets: SecretMakerInterface,
        copies: SessionCopiesInterface,
        policy: GuardPolicy,
        counterPolicy: CounterPolicy,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._hasher, self._secrets, self._copies = openWork, hasher, secrets, copies
        self._policy, self._counterPolicy, self._clock = policy, counterPolicy, clock

    async def prove(self, password: SecretStr, identity: IdentityDTO) -> UserAccount:
        """The account whose password this was; CurrentPasswordWrongError, TooManyAttemptsError."""
        now = self._clock.now()
        user, tries = await self._countTry(identity, now)
        current = normalisePassword(password.get_secret_value())
        if await self._hasher.verify(current, user.passwordHash, isUrgent=True):
            await self._forgive(identity)
            return user
        logger.security.warning("auth.currentPasswordWrong", userId=str(user.id), sessionId=str(identity.sessionId))
        if not self._policy.mayTryAgain(tries):
            await self._endSession(identity, now)
        raise CurrentPasswordWrongError

    async def _countTry(self, identity: IdentityDTO, now: datetime) -> tuple[UserAccount, int]:
        """The account, and the number of this try; of many at once not one more gets through than one by one."""
        subjects = self._subjectsOf(identity)
        async with self._openWork() as work:
            user = await work.users.get(identity.userId)
            tally = (await work.counters.read(subjects, self._counterPolicy, now))[CounterKind.DEVICE]
            self._policy.judgeDevice(tally, now)
            tries = (await work.counters.count(subjects, self._counterPolicy, now))[CounterKind.DEVICE]
            self._policy.judgeDevice(tally.overtakenBy(tries, now), now)
            await work.commit()
        return user, tries

    async def _forgive(self, identity: IdentityDTO) -> None:
        async with self._openWork() as work:
            await work.counters.forget(self._subjectsOf(identity))
            await work.commit()

    async def _endSession(self, identity: IdentityDTO, now: datetime) -> None:
        async with self._openWork() as work:
            session = await work.sessions.getForUpdate(identity.userId, identity.sessionId)
            session.end(SessionEndReason.PASSWORD_GUESSED, now)
            await work.outbox.add(END_COPIES_TOPIC, EndedSessionsDTO.payload([session.id]))
            target = (SESSION, session.id)
            await work.audit.append(byUser(identity.userId, "auth.sessionEndedByGuesses", now, target=target))
            await work.commit()
        with suppress(RevocationPendingError):  # the outbox finishes it
            await self._copies.endSessions([identity.sessionId], now)

    def _subjectsOf(self, identity: IdentityDTO) -> Subjects:
        return {CounterKind.DEVICE: self._secrets.counterKey("session", str(identity.sessionId))}
