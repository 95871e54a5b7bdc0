from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface

Assertion = Mapping[str, JsonValue]
"""AuthenticationResponseJSON as a browser sent it (WebAuthn Level 3, 5.1); nothing in it is checked yet."""


class PasskeyVerifierInterface(ABC):
    """Checks what an authenticator signed (WebAuthn Level 3, 7.2); user verification is always required."""

    @abstractmethod
    def challengeIn(self, assertion: Assertion) -> bytes | None:
        """The challenge this says it answers, to look it up by; None when it cannot be read."""

    @abstractmethod
    async def verify(
        self,
        work: AuthUnitOfWorkInterface,
        userId: UUID,
        assertion: Assertion,
        webAuthnChallenge: bytes,
        at: datetime,
    ) -> bool:
        """Whether a passkey of this user answered this challenge; its use is written down then.

        The account is locked. Spending the challenge is the caller's.
        """
