from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from KAuthApp.backend.application.dto.auditEntries import byAnonymous, byUser
from KAuthApp.backend.application.dto.outboxMessages import MAIL_TOPIC, MailDTO
from KAuthApp.backend.application.input.registerUserInput import RegisterUserInput
from KAuthApp.backend.application.output.statusOutputs import VerificationSentOutput
from KAuthApp.backend.application.signIn.orderGuard import OrderGuard
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from KAuthApp.backend.domain.interfaces.passwordGuesserInterface import PasswordGuesserInterface
from KAuthApp.backend.domain.interfaces.passwordHasherInterface import PasswordHasherInterface
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.interfaces.secretSealerInterface import SecretSealerInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.shadowRegistration import ShadowRegistration
from KAuthApp.backend.domain.models.userAccount import UserAccount, UserLocale
from KAuthApp.backend.domain.models.userSession import Device
from KAuthApp.backend.domain.policies.passwordPolicy import PasswordPolicy, normalisePassword
from KAuthApp.backend.domain.policies.proofPolicy import ProofPurpose
from KAuthApp.backend.domain.policies.registrationPolicy import RegistrationPolicy
from shared.backend.database.auditTrail import AuditEntry
from shared.backend.utils.clock import ClockInterface
from shared.backend.utils.evenPace import EvenPace


class RegisterUserService:
    """Opens an account, or tells the owner of a known address; the caller cannot see which.

    Both ways hash the password, run the same statements and leave the mail to a job. What the statements find and
    write takes not quite the same time, so the answer waits for the slowest of them. What was registered last is noted
    either way, so that signing in with it looks the same as well.
    """

    def __init__(
        self,
        openWork: OpenAuthWork,
        guard: OrderGuard,
        hasher: PasswordHasherInterface,
        guesser: PasswordGuesserInterface,
        passwordPolicy: Callable[[], PasswordPolicy],
        policy: RegistrationPolicy,
        secrets: SecretMakerInterface,
        sealer: SecretSealerInterface,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._guard, self._hasher, self._guesser = openWork, guard, hasher, guesser
        self._passwordPolicy, self._policy = passwordPolicy, policy
        self._secrets, self._sealer, self._clock = secrets, sealer, clock

    async def execute(self, registration: RegisterUserInput, device: Device) -> VerificationSentOutput:
        email = EmailAddress.parse(registration.email)
        password = normalisePassword(registration.password.get_secret_value())
        ownWords = (email.normalised, registration.fullName or "")
        self._passwordPolicy().ensureAcceptable(password, ownWords, self._guesser, field="password")
        with self._hasher.place():
            async with self._hasher.turn():
                await self._admit(registration, email, device)
                passwordHash = await self._hasher.hash(password)

        now = self._clock.now()
        locale = registration.locale or UserLocale.EN
        account = UserAccount.register(email, passwordHash, registration.fullName, locale, now)
        shadow = self._shadowOf(email, password, now)
        async with EvenPace(self._policy.evenSeconds), self._openWork() as work:
            tagBefore = await work.shadows.note(shadow)
            isContested = tagBefore != shadow.passwordTag  # counts for an account that waits already, and no other
            registered = await work.users.register(account, isContested=isContested)
            kind = MailKind.ADDRESS_KNOWN if registered is None else MailKind.VERIFICATION
            await work.outbox.add(MAIL_TOPIC, MailDTO.to(kind, email, self._sealer))
            await work.audit.append(self._entryFor(registered, email, now))
            await work.commit()

        return VerificationSentOutput()

    async def _admit(self, registration: RegisterUserInput, email: EmailAddress, device: Device) -> None:
        async with self._openWork() as work:
            now = self._clock.now()
            await self._guard.admit(work, email, device, registration.proof, ProofPurpose.REGISTER, now)
            await work.commit()

    def _shadowOf(self, email: EmailAddress, password: str, at: datetime) -> ShadowRegistration:
        index = self._secrets.registrationIndex(email.normalised)
        tag = self._secrets.passwordTag(email.normalised, password)
        return ShadowRegistration.note(index, tag, self._policy, at)

    def _entryFor(self, registered: UserAccount | None, email: EmailAddress, at: datetime) -> AuditEntry:
        if registered is not None:
            return byUser(registered.id, "auth.registered", at, after=registered.profileFacts)
        target = ("address", self._secrets.pseudonymOf(email.normalised))
        return byAnonymous("auth.knownAddressRegistered", at, target)
