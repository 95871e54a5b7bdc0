from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pydantic import SecretStr

from KAuthApp.backend.application.dto.auditEntries import byUser
from KAuthApp.backend.application.input.verifyEmailInput import VerifyEmailInput
from KAuthApp.backend.application.output.statusOutputs import EmailVerifiedOutput
from KAuthApp.backend.domain.exceptions.authErrors import CodeInvalidError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.oneTimeCodeRepositoryInterface import CodeAttempt
from KAuthApp.backend.domain.interfaces.passwordGuesserInterface import PasswordGuesserInterface
from KAuthApp.backend.domain.interfaces.passwordHasherInterface import PasswordHasherInterface
from KAuthApp.backend.domain.interfaces.personalSealerInterface import PersonalSealerInterface
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.policies.codePolicy import CodePolicy
from KAuthApp.backend.domain.policies.passwordPolicy import PasswordPolicy, normalisePassword
from KAuthApp.backend.domain.policies.personalKeys import keyOf
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface
from shared.backend.utils.uuid import generateId

logger = SystemLogger("kauth")


class VerifyEmailService:
    """Proves an address by the code that was mailed to it.

    Who has the mailbox decides the password: one that comes with the code is the account's from then on. It has to
    come where more than one person registered the address; a refusal for that leaves the code unspent.
    """

    def __init__(
        self,
        openWork: OpenAuthWork,
        hasher: PasswordHasherInterface,
        guesser: PasswordGuesserInterface,
        passwordPolicy: Callable[[], PasswordPolicy],
        secrets: SecretMakerInterface,
        personal: PersonalSealerInterface,
        policy: CodePolicy,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._hasher, self._guesser, self._secrets = openWork, hasher, guesser, secrets
        self._passwordPolicy, self._personal, self._policy, self._clock = passwordPolicy, personal, policy, clock

    async def execute(self, proof: VerifyEmailInput) -> EmailVerifiedOutput:
        email, now = EmailAddress.parse(proof.email), self._clock.now()
        registration = self._secrets.registrationIndex(email.normalised)
        async with self._openWork() as work:
            await work.shadows.lock(registration)
            user = await work.users.findByEmailForUpdate(email)
            userId = generateId() if user is None else user.id  # nobody's: the same statements run
            codeHash = self._secrets.hashCode(userId, CodePurpose.VERIFY_EMAIL, proof.code)
            attempt = await work.codes.attempt(userId, CodePurpose.VERIFY_EMAIL, codeHash, self._policy, now)
            if user is None or attempt != CodeAttempt.RIGHT:
                await work.commit()  # the try counts although it is refused
                logger.security.warning("auth.codeRefused", purpose="verifyEmail", userId=user and str(user.id))
                raise CodeInvalidError
            await self._takePassword(user, proof.password, now)
            before = str(user.status.value)
            user.confirmEmail(now)
            await work.shadows.forget(registration)
            await keyOf(work, self._personal, user.id, now)
            entry = byUser(
                user.id, "auth.emailVerified", now, before={"status": before}, after={"status": str(user.status.value)}
            )
            await work.audit.append(entry)
            await work.commit()

        logger.security.info("auth.emailVerified", userId=str(userId))
        return EmailVerifiedOutput()

    async def _takePassword(self, user: UserAccount, given: SecretStr | None, now: datetime) -> None:
        """Only while the address is unproven: the account of a proven one changes its password elsewhere."""
        if not user.isPending:
            return
        user.ensureUncontested(hasPassword=given is not None)
        if given is None:
            return
        password = normalisePassword(given.get_secret_value())
        self._passwordPolicy().ensureAcceptable(password, user.ownWords, self._guesser, field="password")
        user.changePassword(await self._hasher.hash(password), now)
