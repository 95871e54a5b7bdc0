from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from KAuthApp.backend.application.input.loginInput import LoginInput
from KAuthApp.backend.application.output.loginOutput import SignedIn
from KAuthApp.backend.application.output.secondFactorRequiredOutput import SecondFactorRequiredOutput
from KAuthApp.backend.application.signIn.factorAsker import FactorAsker
from KAuthApp.backend.application.signIn.mailCodes import MailCodes
from KAuthApp.backend.application.signIn.sessionOpener import SessionOpener
from KAuthApp.backend.application.signIn.signInGuard import Admission, SignInGuard
from KAuthApp.backend.domain.exceptions.authErrors import EmailNotVerifiedError, InvalidCredentialsError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface, OpenAuthWork
from KAuthApp.backend.domain.interfaces.passwordHasherInterface import PasswordHasherInterface
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.secondFactors import SecondFactors
from KAuthApp.backend.domain.models.signInChallenge import SignInChallenge
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userSession import Device, SessionClient
from KAuthApp.backend.domain.policies.guardPolicy import Entry
from KAuthApp.backend.domain.policies.passwordPolicy import normalisePassword
from KAuthApp.backend.domain.policies.sessionPolicy import EMAIL_CODE, PASSWORD_ALONE
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kauth")


@dataclass(frozen=True)
class _Try:
    """One try at a password, and what was read before it was looked at."""

    email: EmailAddress
    password: str
    client: SessionClient
    device: Device
    user: UserAccount | None
    admission: Admission
    shadowTag: str | None


class LoginService:
    """Signs a person in by password, or asks for what else is needed first.

    Unknown address, wrong password and suspended account give one answer after the same work.
    """

    def __init__(
        self,
        openWork: OpenAuthWork,
        hasher: PasswordHasherInterface,
        secrets: SecretMakerInterface,
        guard: SignInGuard,
        sessions: SessionOpener,
        asker: FactorAsker,
        mailCodes: MailCodes,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._hasher, self._secrets, self._guard = openWork, hasher, secrets, guard
        self._sessions, self._asker, self._mailCodes, self._clock = sessions, asker, mailCodes, clock

    async def execute(self, login: LoginInput, device: Device) -> SignedIn | SecondFactorRequiredOutput:
        seemsUrgent = len(device.secrets) > 0
        with self._hasher.place(seemsUrgent):
            async with self._hasher.turn(seemsUrgent):
                attempt = await self._begin(login, device)
                isRight = await self._isRight(attempt)
        if attempt.admission.entry == Entry.BLIND:
            return await self._answerBlindly(attempt, isRight)
        if not isRight or attempt.user is None or not attempt.user.isActive:
            await self._countFailure(attempt)
        return await self._finish(attempt, self._ensureProven(attempt, isRight))

    async def _begin(self, login: LoginInput, device: Device) -> _Try:
        email, now = EmailAddress.parse(login.email), self._clock.now()
        async with self._openWork() as work:
            user = await work.users.findByEmail(email)
            shadowTag = await work.shadows.findTag(self._secrets.registrationIndex(email.normalised))
            admission = await self._guard.admit(work, email, user, device, login.proof, now)
            await work.commit()
        password = normalisePassword(login.password.get_secret_value())
        return _Try(email, password, login.client, device, user, admission, shadowTag)

    async def _isRight(self, attempt: _Try) -> bool:
        if attempt.user is None:
            await self._hasher.verifyAgainstNothing(attempt.password)
            return False
        isUrgent = attempt.admission.known is not None
        return await self._hasher.verify(attempt.password, attempt.user.passwordHash, isUrgent=isUrgent)

    async def _countFailure(self, attempt: _Try) -> None:
        """The same for a wrong password, no account, a suspended and an unproven one."""
        async with self._openWork() as work:
            await self._guard.countFailure(work, attempt.admission, attempt.device, self._clock.now())
            await work.commit()

    def _ensureProven(self, attempt: _Try, isRight: bool) -> UserAccount:
        user = attempt.user
        if user is None or not isRight:
            self._refuseUnproven(attempt)
        if not user.isActive and not user.isPending:
            self._refuse("suspended", user)
        user.ensureMaySignIn(user.passwordHash)
        return user

    def _refuseUnproven(self, attempt: _Try) -> NoReturn:
        if attempt.shadowTag == self._secrets.passwordTag(attempt.email.normalised, attempt.password):
            raise EmailNotVerifiedError  # as it would be if this registration had made an account
        self._refuse("unknownAddress" if attempt.user is None else "wrongPassword", attempt.user)

    def _refuse(self, reason: str, user: UserAccount | None) -> NoReturn:
        logger.security.warning("auth.signInFailed", reason=reason, userId=user and str(user.id))
        raise InvalidCredentialsError

    async def _finish(self, attempt: _Try, proven: UserAccount) -> SignedIn | SecondFactorRequiredOutput:
        rehashed = await self._rehashed(attempt, proven)
        now = self._clock.now()
        prepared = await self._sessions.prepare(proven.id, attempt.client, attempt.device, PASSWORD_ALONE, now)
        async with self._openWork() as work:
            user = await work.users.getForUpdate(proven.id)
            user.ensureMaySignIn(proven.passwordHash)
            user.rehash(rehashed or user.passwordHash)
            factors = await work.users.secondFactorsOf(user.id)
            challenge = await self._asked(work, attempt, user, factors, now)
            if challenge is None:
                await self._sessions.save(work, user, prepared)
            await work.commit()

        if challenge is not None:
            return SecondFactorRequiredOutput.of(challenge, factors.methods or (EMAIL_CODE,))
        return await self._sessions.handOver(user, factors, prepared)

    async def _rehashed(self, attempt: _Try, proven: UserAccount) -> str | None:
        if not self._hasher.needsRehash(proven.passwordHash):
            return None
        return await self._hasher.hash(attempt.password)

    async def _asked(
        self, work: AuthUnitOfWorkInterface, attempt: _Try, user: UserAccount, factors: SecondFactors, now: datetime
    ) -> SignInChallenge | None:
        """What has to be answered before the session opens; None when the password is all there is."""
        if factors.areOn or attempt.admission.entry != Entry.OPEN:
            known = attempt.admission.known
            await self._guard.forgive(work, user, attempt.device, None if known is None else known.id, now)
        if factors.areOn or attempt.admission.entry == Entry.OPEN:
            return await self._asker.askIfOn(work, user.id, factors, attempt.client, now)
        return await self._mailCodes.ask(work, attempt.email, user.id, attempt.client, now)

    async def _answerBlindly(self, attempt: _Try, isRight: bool) -> SecondFactorRequiredOutput:
        """What came of the password is in the mail, if anything."""
        user = attempt.user if isRight else None
        userId = user.id if user is not None and user.isActive else None
        now = self._clock.now()
        async with self._openWork() as work:
            await self._guard.countFailure(work, attempt.admission, attempt.device, now)
            challenge = await self._mailCodes.ask(work, attempt.email, userId, attempt.client, now)
            await work.commit()
        return SecondFactorRequiredOutput.of(challenge, (EMAIL_CODE,))
