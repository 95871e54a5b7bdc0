from __future__ import annotations

from collections.abc import Callable

from KAuthApp.backend.application.dto.auditEntries import byUser
from KAuthApp.backend.application.dto.outboxMessages import END_COPIES_TOPIC, MAIL_TOPIC, EndedSessionsDTO, MailDTO
from KAuthApp.backend.application.input.resetPasswordInput import ResetPasswordInput
from KAuthApp.backend.domain.exceptions.authErrors import CodeInvalidError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from KAuthApp.backend.domain.interfaces.oneTimeCodeRepositoryInterface import CodeAttempt
from KAuthApp.backend.domain.interfaces.passwordGuesserInterface import PasswordGuesserInterface
from KAuthApp.backend.domain.interfaces.passwordHasherInterface import PasswordHasherInterface
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.interfaces.secretSealerInterface import SecretSealerInterface
from KAuthApp.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose
from KAuthApp.backend.domain.models.userSession import SessionEndReason
from KAuthApp.backend.domain.policies.codePolicy import CodePolicy
from KAuthApp.backend.domain.policies.passwordPolicy import PasswordPolicy, normalisePassword
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface
from shared.backend.utils.uuid import generateId

logger = SystemLogger("kauth")


class ResetPasswordService:
    """Sets a new password for whoever has the code, ends every session and tells the owner.

    A password that is refused leaves the code unspent. The code came by mail, so it proves the address too.
    """

    def __init__(
        self,
        openWork: OpenAuthWork,
        hasher: PasswordHasherInterface,
        guesser: PasswordGuesserInterface,
        passwordPolicy: Callable[[], PasswordPolicy],
        codePolicy: CodePolicy,
        secrets: SecretMakerInterface,
        sealer: SecretSealerInterface,
        copies: SessionCopiesInterface,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._hasher, self._guesser, self._secrets = openWork, hasher, guesser, secrets
        self._passwordPolicy, self._codePolicy = passwordPolicy, codePolicy
        self._sealer, self._copies, self._clock = sealer, copies, clock

    async def execute(self, reset: ResetPasswordInput) -> None:
        email = EmailAddress.parse(reset.email)
        password = normalisePassword(reset.newPassword.get_secret_value())
        self._ensureAcceptable(password, (email.normalised,))

        now = self._clock.now()
        async with self._openWork() as work:
            user = await work.users.findByEmailForUpdate(email)
            userId = generateId() if user is None else user.id  # nobody's: the same statements run
            codeHash = self._secrets.hashCode(userId, CodePurpose.RESET_PASSWORD, reset.code)
            attempt = await work.codes.attempt(userId, CodePurpose.RESET_PASSWORD, codeHash, self._codePolicy, now)
            if user is None or attempt != CodeAttempt.RIGHT:
                await work.commit()  # the try counts although it is refused
                logger.security.warning("auth.codeRefused", purpose="resetPassword", userId=user and str(user.id))
                raise CodeInvalidError
            self._ensureAcceptable(password, user.ownWords)
            user.changePassword(await self._hasher.hash(password), now)
            user.confirmEmail(now)
            ended = await work.sessions.endAll(user.id, SessionEndReason.PASSWORD_RESET, now)
            await work.outbox.add(END_COPIES_TOPIC, EndedSessionsDTO.payload(ended))
            await work.outbox.add(MAIL_TOPIC, MailDTO.to(MailKind.PASSWORD_CHANGED, email, self._sealer))
            await work.audit.append(byUser(user.id, "auth.passwordReset", now, after={"sessionsEnded": len(ended)}))
            await work.commit()

        await self._copies.endSessions(ended, now)
        logger.security.info("auth.passwordReset", userId=str(userId), ended=len(ended))

    def _ensureAcceptable(self, password: str, ownWords: tuple[str, ...]) -> None:
        self._passwordPolicy().ensureAcceptable(password, ownWords, self._guesser, field="newPassword")
