from __future__ import annotations

from datetime import datetime
from uuid import UUID

from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface
from KAuthApp.backend.domain.interfaces.passkeyVerifierInterface import PasskeyVerifierInterface
from shared.backend.webAuthn.webAuthnJson import AuthenticationResponseJson


class NoPasskeys(PasskeyVerifierInterface):
    """Accepts none, while accounts can have none."""

    def challengeIn(self, assertion: AuthenticationResponseJson) -> bytes | None:
        return None

    async def verify(
        self,
        work: AuthUnitOfWorkInterface,
        userId: UUID,
        assertion: AuthenticationResponseJson,
        webAuthnChallenge: bytes,
        at: datetime,
    ) -> bool:
        return False
