from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from KSysAdmin.backend.application.input.signInInput import SignInInput
from KSysAdmin.backend.application.output.signInOutput import Method, SignInOutput
from KSysAdmin.backend.application.signIn.administratorNotices import AdministratorNotices
from KSysAdmin.backend.application.signIn.passkeyDesk import PasskeyDesk
from KSysAdmin.backend.application.signIn.signInCaller import SignInCaller
from KSysAdmin.backend.domain.exceptions.administratorErrors import InvalidCredentialsError
from KSysAdmin.backend.domain.interfaces.administratorMailWriterInterface import AdministratorMailKind
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
from shared.backend.cryptoFactory import CryptoFactory, HashPoolFullError
from shared.backend.http.credentials import hashCredential
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface
from shared.backend.utils.uuid import generateId

logger = SystemLogger("kadmin")


@dataclass(frozen=True)
class _Try:
    """One try at a password, and what was decided before it was looked at."""

    administrator: Administrator | None
    administratorId: UUID
    key: str
    isKnownBrowser: bool
    isBlind: bool
    clientIp: str


class StartSignInService:
    """The first half of a sign-in: the password. Unknown, suspended and wrong take the same time and say the same.

    Whatever others fail at the account, a browser that signed in before, and an address from which that was done, is
    judged by its own failures alone. Strangers, from however many addresses, learn of a hundred tries in a row
    whether the password was right, and the row ends with the owner's first sign-in of a day only: about a hundred
    guesses a day. After that a password is looked at, but every answer is that of a wrong one, and what came of it
    is told to the mailbox: the owner's right password brings a link there at once, unless one is younger than
    BROWSER_LINK_PAUSE, and the browser that opens it is known. So nobody is locked out, for however long others fail.
    """

    def __init__(
        self,
        openWork: OpenAdminWork,
        hasher: PasswordHasherInterface,
        clock: ClockInterface,
        throttle: ThrottlePolicy,
        desk: PasskeyDesk,
        notices: AdministratorNotices,
    ) -> None:
        self._openWork, self._hasher, self._clock, self._throttle = openWork, hasher, clock, throttle
        self._desk, self._notices = desk, notices

    async def execute(self, asked: SignInInput, caller: SignInCaller) -> SignInOutput:
        password = normalisePassword(asked.password.get_secret_value())
        attempt = await self._begin(lookUpEmail(asked.email), caller)
        administrator = attempt.administrator
        stored = administrator.passwordHash if administrator is not None else None
        isRight = await self._verify(password, stored, attempt)
        if administrator is None or stored is None or not isRight or attempt.isBlind:
            await self._refuse(attempt, isRight)
            raise InvalidCredentialsError

        rehashed = await self._hasher.hash(password) if self._hasher.needsRehash(stored) else None
        return await self._openChallenge(administrator, attempt.key, rehashed)

    async def _begin(self, email: str, caller: SignInCaller) -> _Try:
        """Counts the try before it is made: of many at the same time no more are told than of as many in a row."""
        async with self._openWork() as work:
            await work.administrators.lockTries(email)
            administrator = await work.administrators.findByEmail(email)
            administratorId = generateId() if administrator is None else administrator.id  # nobody's: the same runs
            tries = await work.administrators.countTry(administratorId)
            browser = await self._ownBrowser(work, administratorId, caller)
            key = failureKey(email, browser, caller.clientIp)
            await self._countTry(work, key)
            isKnownAddress = await work.sessions.knowsAddress(administratorId, caller.clientIp)
            await work.commit()
        mayEnter = administrator is not None and administrator.canSignIn
        return _Try(
            administrator=administrator if mayEnter else None,
            administratorId=administratorId,
            key=key,
            isKnownBrowser=browser is not None,
            isBlind=tries > MOST_FAILURES_IN_A_ROW and browser is None and not isKnownAddress,
            clientIp=caller.clientIp,
        )

    async def _countTry(self, work: AdminUnitOfWorkInterface, key: str) -> None:
        """TooManyTriesError while this browser or address waits: what was counted is not committed then."""
        failures, lastFailedAt = await work.signInFailures.findByKey(key) or (0, None)
        at = self._clock.now()
        self._throttle.ensureMayTry(failures, lastFailedAt, at)
        before = await work.signInFailures.count(key, at) - 1
        if before > failures:
            self._throttle.ensureMayTry(before, at, at)

    async def _verify(self, password: str, stored: str | None, attempt: _Try) -> bool:
        """HashPoolFullError: the password was not looked at, so the try does not count."""
        try:
            return await self._hasher.verify(password, stored)
        except HashPoolFullError:
            async with self._openWork() as work:
                await work.administrators.takeTryBack(attempt.administratorId)
                await work.signInFailures.takeBack(attempt.key)
                await work.commit()
            raise

    async def _ownBrowser(
        self, work: AdminUnitOfWorkInterface, administratorId: UUID, caller: SignInCaller
    ) -> str | None:
        """The hash by which a browser is known that this administrator signed in with before."""
        tokenHash = caller.deviceTokenHash
        if tokenHash is None or not await work.devices.recognise(administratorId, tokenHash, self._clock.now()):
            return None
        return tokenHash

    async def _refuse(self, attempt: _Try, isRight: bool) -> None:
        """A mail is ordered for nobody, too, so that nothing takes longer for the one who will get it."""
        at, known = self._clock.now(), attempt.administrator
        owner = known if attempt.isBlind and isRight else None
        if not attempt.isKnownBrowser:
            mailed, where = generateId() if owner is None else owner.id, {"address": attempt.clientIp}
            async with self._openWork() as work:
                await self._notices.tell(work, mailed, AdministratorMailKind.BROWSER_LINK, at, where)
                await work.commit()
        said = "wrong address or password" if owner is None else "right after too many failures: told by mail"
        logger.security.warning("admin.signInRefused", said, administratorId=None if known is None else str(known.id))

    async def _openChallenge(self, administrator: Administrator, key: str, rehashed: str | None) -> SignInOutput:
        at = self._clock.now()
        token = CryptoFactory.randomToken()
        async with self._openWork() as work:
            methods = await self._methodsOf(work, administrator)
            kind = ChallengeKind.SECOND_FACTOR if methods else ChallengeKind.ENROLLMENT
            challenge = AdministratorChallenge.open(
                administrator.id, kind, hashCredential(token), at, at + CHALLENGE_LIFETIME
            )
            await _keepProven(work, administrator, rehashed)
            await work.signInFailures.clear(key)
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
    current.gavePassword()
    if rehashed is not None:
        current.rehash(rehashed)
