from __future__ import annotations

from datetime import datetime
from uuid import UUID

from KAuthApp.backend.application.dto.auditEntries import byAnonymous
from KAuthApp.backend.application.dto.outboxMessages import SIGN_IN_CODE_TOPIC, SignInCodeDTO
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface
from KAuthApp.backend.domain.interfaces.oneTimeCodeRepositoryInterface import CodeAttempt
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose
from KAuthApp.backend.domain.models.signInChallenge import ChallengeKind, SignInChallenge
from KAuthApp.backend.domain.models.userSession import SessionClient
from KAuthApp.backend.domain.policies.challengePolicy import ChallengePolicy
from KAuthApp.backend.domain.policies.codePolicy import CodePolicy
from KAuthApp.backend.domain.policies.sessionPolicy import PASSWORD_ALONE
from shared.backend.utils.uuid import generateId


class MailCodes:
    """Codes that are mailed to whoever signs in, when a password alone says too little about who it is.

    A challenge without a user looks like any other and nothing answers it: nobody is mailed.
    """

    def __init__(
        self,
        secrets: SecretMakerInterface,
        policy: ChallengePolicy,
        codePolicy: CodePolicy,
    ) -> None:
        self._secrets, self._policy, self._codePolicy = secrets, policy, codePolicy

    async def ask(
        self,
        work: AuthUnitOfWorkInterface,
        email: EmailAddress,
        userId: UUID | None,
        client: SessionClient,
        at: datetime,
    ) -> SignInChallenge:
        """Order the mail; the audit entry last. The same statements run for nobody."""
        challenge = SignInChallenge.open(
            ChallengeKind.EMAIL_CODE, self._policy, at, userId=userId, client=client, authMethods=PASSWORD_ALONE
        )
        await work.challenges.add(challenge)
        await work.outbox.add(SIGN_IN_CODE_TOPIC, SignInCodeDTO.order(challenge.id, at))
        target = ("address", self._secrets.pseudonymOf(email.normalised))
        await work.audit.append(byAnonymous("auth.mailCodeAsked", at, target))
        return challenge

    async def accepts(self, work: AuthUnitOfWorkInterface, challenge: SignInChallenge, code: str, at: datetime) -> bool:
        """Whether it is the code that was mailed for this challenge; it is used up, and a wrong one counts."""
        userId = challenge.userId or generateId()  # nobody's: the same statements run
        codeHash = self._secrets.hashCode(challenge.id, CodePurpose.SIGN_IN, code)
        attempt = await work.codes.attempt(userId, CodePurpose.SIGN_IN, codeHash, self._codePolicy, at)
        if attempt == CodeAttempt.RIGHT:
            return await work.challenges.spend(challenge.id, at)
        await work.challenges.countFailure(challenge.id, self._policy, at)
        return False
