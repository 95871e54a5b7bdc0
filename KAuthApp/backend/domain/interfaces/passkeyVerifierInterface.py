from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from uuid import UUID

from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface
from shared.backend.webAuthn.webAuthnJson import AuthenticationResponseJson


class PasskeyVerifierInterface(ABC):
    """Checks what an authenticator signed (WebAuthn Level 3, 7.2); user verification is always required."""

    @abstractmethod
    def challengeIn(self, assertion: AuthenticationResponseJson) -> bytes | None:
        """The challenge this says it answers, to look it up by; None when it cannot be read."""

    @abstractmethod
    async def verify(
        self,
        work: AuthUnitOfWorkInterface,
        userId: UUID,
        assertion: AuthenticationResponseJson,
        webAuthnChallenge: bytes,
        at: datetime,
    ) -> bool:
        """Whether a passkey of this user answered this challenge; its use is written down then.

        The account is locked. Spending the challenge is the caller's.
        """
