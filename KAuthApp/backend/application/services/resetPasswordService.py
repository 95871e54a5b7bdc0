from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from KAuthApp.backend.application.dto.auditEntries import byUser
from KAuthApp.backend.application.dto.outboxMessages import END_COPIES_TOPIC, EndedSessionsDTO
from KAuthApp.backend.application.input.factorProofInput import FactorProofInput
from KAuthApp.backend.application.input.resetPasswordInput import ResetPasswordInput
from KAuthApp.backend.application.signIn.deviceMemory import DeviceMemory
from KAuthApp.backend.application.signIn.factorChecker import FactorChecker
from KAuthApp.backend.application.signIn.passwordNotice import PasswordNotice
from KAuthApp.backend.application.signIn.placeGuard import PlaceGuard
from KAuthApp.backend.application.signIn.recoveryNotice import RecoveryNotice
from KAuthApp.backend.application.signIn.signInGuard import SignInGuard
from KAuthApp.backend.domain.exceptions.authErrors import CodeInvalidError, SecondFactorInvalidError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface, OpenAuthWork
from KAuthApp.backend.domain.interfaces.oneTimeCodeRepositoryInterface import CodeAttempt
from KAuthApp.backend.domain.interfaces.passwordGuesserInterface import PasswordGuesserInterface
from KAuthApp.backend.domain.interfaces.passwordHasherInterface import PasswordHasherInterface
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose
from KAuthApp.backend.domain.models.signInChallenge import ChallengeKind
from KAuthApp.backend.domain.models.userSession import Device, SessionEndReason
from KAuthApp.backend.domain.policies.codePolicy import CodePolicy
from KAuthApp.backend.domain.policies.devicePolicy import describeDevice
from KAuthApp.backend.domain.policies.passwordPolicy import PasswordPolicy, normalisePassword
from shared.backend.exceptions.accessErrors import SecondFactorRequiredError
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface
from shared.backend.utils.uuid import generateId

logger = SystemLogger("kauth")


class ResetPasswordService:
    """Sets a new password for whoever has the code, ends every session and tells the owner; API keys stay.

    A password or a second factor that is refused leaves the code unspent. The code came by mail, so it proves the
    address too; an account with a second factor is not had by mail alone (NIST SP 800-63B, 4.2.2.2).
    """

    def __init__(
        self,
        openWork: OpenAuthWork,
        hasher: PasswordHasherInterface,
        guesser: PasswordGuesserInterface,
        passwordPolicy: Callable[[], PasswordPolicy],
        codePolicy: CodePolicy,
        secrets: SecretMakerInterface,
        passwordNotice: PasswordNotice,
        checker: FactorChecker,
        notice: RecoveryNotice,
        guard: SignInGuard,
        places: PlaceGuard,
        devices: DeviceMemory,
        copies: SessionCopiesInterface,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._hasher, self._guesser, self._secrets = openWork, hasher, guesser, secrets
        self._passwordPolicy, self._codePolicy = passwordPolicy, codePolicy
        self._passwordNotice, self._copies, self._clock = passwordNotice, copies, clock
        self._checker, self._notice, self._guard = checker, notice, guard
        self._places, self._devices = places, devices

    async def execute(self, reset: ResetPasswordInput, device: Device) -> None:
        email = EmailAddress.parse(reset.email)
        password = normalisePassword(reset.newPassword.get_secret_value())
        self._ensureAcceptable(password, (email.normalised,))

        now = self._clock.now()
        registration = self._secrets.registrationIndex(email.normalised)
        async with self._openWork() as work:
            await self._places.ensureMayTry(work, email, device, now)
            await work.shadows.lock(registration)
            user = await work.users.findByEmailForUpdate(email)
            userId = generateId() if user is None else user.id  # nobody's: the same statements run
            codeHash = self._secrets.hashCode(userId, CodePurpose.RESET_PASSWORD, reset.code)
            if await work.codes.isRight(userId, CodePurpose.RESET_PASSWORD, codeHash, now):
                await self._requireFactor(work, userId, reset.secondFactor, now)
            attempt = await work.codes.attempt(userId, CodePurpose.RESET_PASSWORD, codeHash, self._codePolicy, now)
            if user is None or attempt != CodeAttempt.RIGHT:
                await work.commit()  # the try counts although it is refused
                logger.security.warning("auth.codeRefused", purpose="resetPassword", userId=user and str(user.id))
                raise CodeInvalidError
            self._ensureAcceptable(password, user.ownWords)
            user.changePassword(await self._hasher.hash(password), now)
            user.confirmEmail(now)
            await work.challenges.voidAll(user.id, now)
            await work.shadows.forget(registration)
            await self._devices.forget(work, user.id)
            await self._guard.beginAnew(work, user.email)
            await self._places.forgetTries(work, email, device)
            since = self._copies.oldest(now)
            ended = await work.sessions.endAll(user.id, SessionEndReason.PASSWORD_RESET, now, latelySince=since)
            await work.outbox.add(END_COPIES_TOPIC, EndedSessionsDTO.payload(ended.now))
            await self._passwordNotice.order(work, user, now)
            if reset.secondFactor is not None:
                label = describeDevice(device.userAgent)
                await self._notice.orderFor(work, user, reset.secondFactor.method, label, now)
            told: dict[str, JsonValue] = {"sessionsEnded": len(ended.now)}
            await work.audit.append(byUser(user.id, "auth.passwordReset", now, after=told))
            await work.commit()

        await self._copies.endSessions(ended.all, now)
        logger.security.info("auth.passwordReset", userId=str(userId), ended=len(ended.now))

    async def _requireFactor(
        self, work: AuthUnitOfWorkInterface, userId: UUID, proof: FactorProofInput | None, now: datetime
    ) -> None:
        """The refusal when the account has a second factor and this is none of it; a wrong one counts."""
        if not (await work.users.secondFactorsOf(userId)).areOn:
            return
        if proof is None:
            raise SecondFactorRequiredError
        kind = ChallengeKind.PASSKEY_SIGN_IN
        if await self._checker.acceptsAnswering(work, userId, proof, kind, None, now):
            return
        await work.commit()
        logger.security.warning("auth.secondFactorRefused", method=proof.method.value, userId=str(userId))
        raise SecondFactorInvalidError

    def _ensureAcceptable(self, password: str, ownWords: tuple[str, ...]) -> None:
        self._passwordPolicy().ensureAcceptable(password, ownWords, self._guesser, field="newPassword")
