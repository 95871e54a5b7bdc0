from __future__ import annotations

from KSysAdmin.backend.application.input.signInInput import SignInInput
from KSysAdmin.backend.application.output.signInOutput import Method, SignInOutput
from KSysAdmin.backend.application.signIn.passkeyDesk import PasskeyDesk
from KSysAdmin.backend.application.signIn.signInCaller import SignInCaller
from KSysAdmin.backend.domain.exceptions.administratorErrors import InvalidCredentialsError
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import AdminUnitOfWorkInterface, OpenAdminWork
from KSysAdmin.backend.domain.interfaces.passwordHasherInterface import PasswordHasherInterface
from KSysAdmin.backend.domain.models.administrator import Administrator
from KSysAdmin.backend.domain.models.administratorChallenge import AdministratorChallenge, ChallengeKind
from KSysAdmin.backend.domain.policies.passwordPolicy import normalisePassword
from KSysAdmin.backend.domain.policies.signInRules import (
    CHALLENGE_LIFETIME,
    MOST_FAILURES_IN_A_ROW,
    failureKey,
    lookUpEmail,
)
from KSysAdmin.backend.domain.policies.throttlePolicy import ThrottlePolicy
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.http.credentials import hashCredential
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface
from shared.backend.utils.uuid import generateId

logger = SystemLogger("kadmin")


class StartSignInService:
    """The first half of a sign-in: the password. Unknown, suspended and wrong take the same time and say the same.

    A browser that signed in before is judged by its own failures alone, whatever others fail at the account.
    """

    def __init__(
        self,
        openWork: OpenAdminWork,
        hasher: PasswordHasherInterface,
        clock: ClockInterface,
        throttle: ThrottlePolicy,
        desk: PasskeyDesk,
    ) -> None:
        self._openWork, self._hasher, self._clock, self._throttle = openWork, hasher, clock, throttle
        self._desk = desk

    async def execute(self, asked: SignInInput, caller: SignInCaller) -> SignInOutput:
        password = normalisePassword(asked.password.get_secret_value())
        administrator, key = await self._findWhoMayTry(lookUpEmail(asked.email), caller)
        stored = administrator.passwordHash if administrator is not None else None
        isRight = await self._hasher.verify(password, stored)
        if administrator is None or stored is None or not isRight:
            await self._refuse(administrator, key)
            raise InvalidCredentialsError

        rehashed = await self._hasher.hash(password) if self._hasher.needsRehash(stored) else None
        return await self._openChallenge(administrator, key, rehashed)

    async def _findWhoMayTry(self, email: str, caller: SignInCaller) -> tuple[Administrator | None, str]:
        """Who it is, if the password may be looked at, and under which key a failure counts."""
        async with self._openWork() as work:
            administrator = await work.administrators.findByEmail(email)
            browser = await self._ownBrowser(work, administrator, caller)
            key = failureKey(email, browser or caller.clientIp)
            failures, lastFailedAt = await work.signInFailures.findByKey(key) or (0, None)
            self._throttle.ensureMayTry(failures, lastFailedAt, self._clock.now())
            if administrator is None or not administrator.canSignIn:
                return None, key
            isUnderAttack = administrator.failuresInARow >= MOST_FAILURES_IN_A_ROW
            if isUnderAttack and browser is None:
                isKnown = await work.sessions.knowsAddress(administrator.id, caller.clientIp)
                return (administrator if isKnown else None), key
            return administrator, key

    async def _ownBrowser(
        self, work: AdminUnitOfWorkInterface, administrator: Administrator | None, caller: SignInCaller
    ) -> str | None:
        """The hash by which a browser is known that this administrator signed in with before."""
        tokenHash = caller.deviceTokenHash
        if administrator is None or tokenHash is None:
            return None
        isOwn = await work.devices.recognise(administrator.id, tokenHash, self._clock.now())
        return tokenHash if isOwn else None

    async def _refuse(self, administrator: Administrator | None, key: str) -> None:
        administratorId = generateId() if administrator is None else administrator.id
        async with self._openWork() as work:
            await work.signInFailures.count(key, self._clock.now())
            await work.administrators.countFailure(administratorId)
            await work.commit()
        known = None if administrator is None else str(administratorId)
        logger.security.warning("admin.signInRefused", "wrong address or password", administratorId=known)

    async def _openChallenge(self, administrator: Administrator, key: str, rehashed: str | None) -> SignInOutput:
        at = self._clock.now()
        token = CryptoFactory.randomToken()
        async with self._openWork() as work:
            methods = await self._methodsOf(work, administrator)
            kind = ChallengeKind.SECOND_FACTOR if methods else ChallengeKind.ENROLLMENT
            challenge = AdministratorChallenge.open(
                administrator.id, kind, hashCredential(token), at, at + CHALLENGE_LIFETIME
            )
            await work.signInFailures.clear(key)
            await _keepProven(work, administrator, rehashed)
            await work.challenges.add(challenge)
            await work.commit()
        if methods:
            return SignInOutput.secondFactor(token, methods, challenge.expiresAt)
        return SignInOutput.enrollment(token, self._desk.isOpen, challenge.expiresAt)

    async def _methodsOf(self, work: AdminUnitOfWorkInterface, administrator: Administrator) -> list[Method]:
        """What may complete the sign-in; nothing when a factor must be set up first."""
        totp = await work.factors.findTotp(administrator.id)
        passkeys = await work.passkeys.listOf(administrator.id)
        factors: list[Method] = ["passkey"] if passkeys else []
        factors += ["totp"] if totp is not None and totp.confirmedAt is not None else []
        return [*factors, "recoveryCode"] if factors else []


async def _keepProven(work: AdminUnitOfWorkInterface, proven: Administrator, rehashed: str | None) -> None:
    """InvalidCredentialsError when the password was taken away while it was checked."""
    current = await work.administrators.getForUpdate(proven.id)
    if not current.canSignIn or current.passwordHash != proven.passwordHash:
        raise InvalidCredentialsError
    if rehashed is not None:
        current.rehash(rehashed)
