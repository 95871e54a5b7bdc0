from __future__ import annotations

from datetime import datetime
from uuid import UUID

from KAuthApp.backend.application.dto.auditEntries import byUser
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.models.secondFactors import SecondFactors
from KAuthApp.backend.domain.models.signInChallenge import ChallengeKind, SignInChallenge
from KAuthApp.backend.domain.models.userSession import SessionClient
from KAuthApp.backend.domain.policies.challengePolicy import ChallengePolicy
from KAuthApp.backend.domain.policies.sessionPolicy import PASSWORD_ALONE


class FactorAsker:
    """Asks who has shown the password for the second factor."""

    def __init__(self, secrets: SecretMakerInterface, policy: ChallengePolicy) -> None:
        self._secrets, self._policy = secrets, policy

    async def askIfOn(
        self,
        work: AuthUnitOfWorkInterface,
        userId: UUID,
        factors: SecondFactors,
        client: SessionClient,
        at: datetime,
    ) -> SignInChallenge | None:
        """What has to be answered before the session opens, the audit entry last; None without a second factor."""
        if not factors.areOn:
            return None
        challenge = SignInChallenge.open(
            ChallengeKind.SECOND_FACTOR,
            self._policy,
            at,
            userId=userId,
            webAuthnChallenge=self._secrets.newChallenge(),
            client=client,
            authMethods=PASSWORD_ALONE,
        )
        await work.challenges.add(challenge)
        entry = byUser(userId, "auth.secondFactorAsked", at, after={"challengeId": str(challenge.id)})
        await work.audit.append(entry)
        return challenge
