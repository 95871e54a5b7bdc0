from __future__ import annotations

from collections.abc import Callable

from KAuthApp.backend.application.dto.auditEntries import byAnonymous, byUser
from KAuthApp.backend.application.dto.outboxMessages import MAIL_TOPIC, MailDTO
from KAuthApp.backend.application.input.registerUserInput import RegisterUserInput
from KAuthApp.backend.application.output.statusOutputs import VerificationSentOutput
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from KAuthApp.backend.domain.interfaces.passwordGuesserInterface import PasswordGuesserInterface
from KAuthApp.backend.domain.interfaces.passwordHasherInterface import PasswordHasherInterface
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.interfaces.secretSealerInterface import SecretSealerInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.userAccount import UserAccount, UserLocale
from KAuthApp.backend.domain.policies.passwordPolicy import PasswordPolicy, normalisePassword
from shared.backend.utils.clock import ClockInterface


class RegisterUserService:
    """Opens an account, or tells the owner of a known address; the caller cannot see which.

    Both ways hash the password, run the same four statements and leave the mail to a job.
    """

    def __init__(
        self,
        openWork: OpenAuthWork,
        hasher: PasswordHasherInterface,
        guesser: PasswordGuesserInterface,
        policy: Callable[[], PasswordPolicy],
        secrets: SecretMakerInterface,
        sealer: SecretSealerInterface,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._hasher, self._guesser, self._policy = openWork, hasher, guesser, policy
        self._secrets, self._sealer, self._clock = secrets, sealer, clock

    async def execute(self, registration: RegisterUserInput) -> VerificationSentOutput:
        email = EmailAddress.parse(registration.email)
        password = normalisePassword(registration.password.get_secret_value())
        ownWords = (email.normalised, registration.fullName or "")
        self._policy().ensureAcceptable(password, ownWords, self._guesser, field="password")
        passwordHash = await self._hasher.hash(password)

        now = self._clock.now()
        locale = registration.locale or UserLocale.EN
        account = UserAccount.register(email, passwordHash, registration.fullName, locale, now)
        async with self._openWork() as work:
            registered = await work.users.register(account)
            kind = MailKind.ADDRESS_KNOWN if registered is None else MailKind.VERIFICATION
            await work.outbox.add(MAIL_TOPIC, MailDTO.to(kind, email, self._sealer))
            if registered is None:
                target = ("address", self._secrets.pseudonymOf(email.normalised))
                entry = byAnonymous("auth.knownAddressRegistered", now, target)
            else:
                entry = byUser(registered.id, "auth.registered", now, after=registered.profileFacts)
            await work.audit.append(entry)
            await work.commit()

        return VerificationSentOutput()
