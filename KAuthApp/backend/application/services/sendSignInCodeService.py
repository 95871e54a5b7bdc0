from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from KAuthApp.backend.application.dto.outboxMessages import SignInCodeDTO
from KAuthApp.backend.application.mail.codeIssuer import CodeIssuer, IssuedCode
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind, MailWriterInterface
from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose
from KAuthApp.backend.domain.models.signInChallenge import ChallengeKind
from KAuthApp.backend.domain.models.userAccount import UserAccount
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kauth")


class SendSignInCodeService:
    """Mails the code that finishes a sign-in, if the challenge it answers is somebody's and still open."""

    def __init__(
        self, openWork: OpenAuthWork, writer: MailWriterInterface, codes: CodeIssuer, clock: ClockInterface
    ) -> None:
        self._openWork, self._writer, self._codes, self._clock = openWork, writer, codes, clock

    async def execute(self, message: Mapping[str, JsonValue]) -> None:
        order = SignInCodeDTO.model_validate(message)
        issued = await self._issue(order)
        if issued is None:
            return
        user, code = issued
        try:
            await self._writer.send(MailKind.SIGN_IN_CODE, user, code.text, facts=order.facts)
        except Exception:
            await self._codes.withdraw(code)
            raise
        logger.application.info("auth.mailSent", kind=MailKind.SIGN_IN_CODE.value, userId=str(user.id))

    async def _issue(self, order: SignInCodeDTO) -> tuple[UserAccount, IssuedCode] | None:
        async with self._openWork() as work:
            challenge = await work.challenges.findOpen(order.challengeId, ChallengeKind.EMAIL_CODE, self._clock.now())
            if challenge is None or challenge.userId is None:
                return None
            user = await work.users.getForUpdate(challenge.userId)
            if not user.isActive:
                return None
            issued = await self._codes.issue(work, user.id, CodePurpose.SIGN_IN, boundTo=challenge.id)
            await work.commit()
        return None if issued is None else (user, issued)
