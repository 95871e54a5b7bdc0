from __future__ import annotations

from KAuthApp.backend.application.dto.auditEntries import byUser
from KAuthApp.backend.application.input.verifyEmailInput import VerifyEmailInput
from KAuthApp.backend.application.output.statusOutputs import EmailVerifiedOutput
from KAuthApp.backend.domain.exceptions.authErrors import CodeInvalidError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.oneTimeCodeRepositoryInterface import CodeAttempt
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose
from KAuthApp.backend.domain.policies.codePolicy import CodePolicy
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface
from shared.backend.utils.uuid import generateId

logger = SystemLogger("kauth")


class VerifyEmailService:
    """Proves an address by the code that was mailed to it."""

    def __init__(
        self, openWork: OpenAuthWork, secrets: SecretMakerInterface, policy: CodePolicy, clock: ClockInterface
    ) -> None:
        self._openWork, self._secrets, self._policy, self._clock = openWork, secrets, policy, clock

    async def execute(self, proof: VerifyEmailInput) -> EmailVerifiedOutput:
        now = self._clock.now()
        async with self._openWork() as work:
            user = await work.users.findByEmailForUpdate(EmailAddress.parse(proof.email))
            userId = generateId() if user is None else user.id  # nobody's: the same statements run
            codeHash = self._secrets.hashCode(userId, CodePurpose.VERIFY_EMAIL, proof.code)
            attempt = await work.codes.attempt(userId, CodePurpose.VERIFY_EMAIL, codeHash, self._policy, now)
            if user is None or attempt != CodeAttempt.RIGHT:
                await work.commit()  # the try counts although it is refused
                logger.security.warning("auth.codeRefused", purpose="verifyEmail", userId=user and str(user.id))
                raise CodeInvalidError
            before = str(user.status.value)
            user.confirmEmail(now)
            entry = byUser(
                user.id, "auth.emailVerified", now, before={"status": before}, after={"status": str(user.status.value)}
            )
            await work.audit.append(entry)
            await work.commit()

        logger.security.info("auth.emailVerified", userId=str(userId))
        return EmailVerifiedOutput()
