from __future__ import annotations

from datetime import datetime
from typing import NoReturn
from uuid import UUID

from KAuthApp.backend.application.dto.auditEntries import byUser
from KAuthApp.backend.application.input.loginInput import LoginInput
from KAuthApp.backend.application.output.loginOutput import SignedIn
from KAuthApp.backend.application.output.secondFactorRequiredOutput import SecondFactorRequiredOutput
from KAuthApp.backend.application.signIn.sessionOpener import SessionOpener
from KAuthApp.backend.domain.exceptions.authErrors import InvalidCredentialsError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface, OpenAuthWork
from KAuthApp.backend.domain.interfaces.passwordHasherInterface import PasswordHasherInterface
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.secondFactors import SecondFactors
from KAuthApp.backend.domain.models.signInChallenge import ChallengeKind, SignInChallenge
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userSession import Device, SessionClient
from KAuthApp.backend.domain.policies.challengePolicy import ChallengePolicy
from KAuthApp.backend.domain.policies.passwordPolicy import normalisePassword
from KAuthApp.backend.domain.policies.sessionPolicy import PASSWORD_ALONE
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kauth")


class LoginService:
    """Signs a person in by password, or asks for the second factor of who has one.

    Unknown address, wrong password and suspended account give one answer after the same work.
    """

    def __init__(
        self,
        openWork: OpenAuthWork,
        hasher: PasswordHasherInterface,
        secrets: SecretMakerInterface,
        sessions: SessionOpener,
        challengePolicy: ChallengePolicy,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._hasher, self._secrets, self._sessions = openWork, hasher, secrets, sessions
        self._challengePolicy, self._clock = challengePolicy, clock

    async def execute(self, login: LoginInput, device: Device) -> SignedIn | SecondFactorRequiredOutput:
        password = normalisePassword(login.password.get_secret_value())
        proven = await self._prove(EmailAddress.parse(login.email), password)
        rehashed = await self._hasher.hash(password) if self._hasher.needsRehash(proven.passwordHash) else None

        now = self._clock.now()
        prepared = await self._sessions.prepare(proven.id, login.client, device, PASSWORD_ALONE, now)
        async with self._openWork() as work:
            user = await work.users.getForUpdate(proven.id)
            user.ensureMaySignIn(proven.passwordHash)
            user.rehash(rehashed or user.passwordHash)
            factors = await work.users.secondFactorsOf(user.id)
            challenge = self._challengeFor(user.id, factors, login.client, now)
            if challenge is None:
                await self._sessions.save(work, user, prepared)
            else:
                await self._ask(work, challenge, user.id, now)
            await work.commit()

        if challenge is not None:
            return SecondFactorRequiredOutput.of(challenge, factors)
        return await self._sessions.handOver(user, factors, prepared)

    async def _prove(self, email: EmailAddress, password: str) -> UserAccount:
        async with self._openWork() as work:
            user = await work.users.findByEmail(email)
        if user is None:
            await self._hasher.verifyAgainstNothing(password)
            self._refuse("unknownAddress", None)
        if not await self._hasher.verify(password, user.passwordHash):
            self._refuse("wrongPassword", user.id)
        if not user.isActive and not user.isPending:
            self._refuse("suspended", user.id)
        user.ensureMaySignIn(user.passwordHash)
        return user

    def _refuse(self, reason: str, userId: UUID | None) -> NoReturn:
        logger.security.warning("auth.signInFailed", reason=reason, userId=userId and str(userId))
        raise InvalidCredentialsError

    def _challengeFor(
        self, userId: UUID, factors: SecondFactors, client: SessionClient, now: datetime
    ) -> SignInChallenge | None:
        """What has to be answered before the session opens; None when the password is all there is."""
        if not factors.areOn:
            return None
        return SignInChallenge.open(
            ChallengeKind.SECOND_FACTOR,
            self._challengePolicy,
            now,
            userId=userId,
            webAuthnChallenge=self._secrets.newChallenge(),
            client=client,
            authMethods=PASSWORD_ALONE,
        )

    async def _ask(
        self, work: AuthUnitOfWorkInterface, challenge: SignInChallenge, userId: UUID, now: datetime
    ) -> None:
        await work.challenges.add(challenge)
        entry = byUser(userId, "auth.secondFactorAsked", now, after={"challengeId": str(challenge.id)})
        await work.audit.append(entry)
