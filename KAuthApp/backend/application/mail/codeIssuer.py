from __future__ import annotations

from uuid import UUID

from KAuthApp.backend.application.dto.auditEntries import USER, bySystem
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface, OpenAuthWork
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose, OneTimeCode
from KAuthApp.backend.domain.policies.codePolicy import CodePolicy
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface
from shared.backend.utils.valueObject import ValueObject

logger = SystemLogger("kauth")


class IssuedCode(ValueObject):
    """A code whose text is about to be mailed; only its hash is kept."""

    codeId: UUID
    text: str


class CodeIssuer:
    """Makes the codes that are mailed, outside any request: the text is in the mail and nowhere else."""

    def __init__(
        self, openWork: OpenAuthWork, secrets: SecretMakerInterface, policy: CodePolicy, clock: ClockInterface
    ) -> None:
        self._openWork, self._secrets, self._policy, self._clock = openWork, secrets, policy, clock

    async def issue(
        self,
        work: AuthUnitOfWorkInterface,
        userId: UUID,
        purpose: CodePurpose,
        boundTo: UUID | None = None,
        *,
        isForStranger: bool = False,
    ) -> IssuedCode | None:
        """A new code in place of the one before, the audit entry last; None when there were too many lately.

        The account is locked; the caller commits. `boundTo`: the one challenge that it answers.
        """
        now = self._clock.now()
        lately = await work.codes.countIssued(userId, purpose, self._policy.windowStart(now))
        today = await work.codes.countIssued(userId, purpose, self._policy.dayStart(now))
        if not self._policy.mayIssue(lately, today, isForStranger):
            logger.security.warning("auth.codeNotIssued", purpose=str(purpose.value), userId=str(userId))
            return None
        text = self._secrets.newCode()
        code = OneTimeCode.issue(
            userId, purpose, self._secrets.hashCode(boundTo or userId, purpose, text), self._policy, now
        )
        await work.codes.replace(code)
        after = {"purpose": str(purpose.value), "expiresAt": code.expiresAt.isoformat()}
        await work.audit.append(bySystem("auth.codeIssued", now, (USER, str(userId)), after))
        return IssuedCode(codeId=code.id, text=text)

    async def withdraw(self, issued: IssuedCode) -> None:
        """Its mail was not taken: the next try makes another."""
        async with self._openWork() as work:
            await work.codes.discard(issued.codeId)
            await work.commit()
