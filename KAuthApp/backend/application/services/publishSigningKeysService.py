from __future__ import annotations

from KAuthApp.backend.application.output.jwksOutput import JwksOutput
from KAuthApp.backend.domain.interfaces.accessTokenSignerInterface import AccessTokenSignerInterface


class PublishSigningKeysService:
    """Gives everyone the keys that verify access tokens."""

    def __init__(self, signer: AccessTokenSignerInterface) -> None:
        self._signer = signer

    async def execute(self) -> JwksOutput:
        return JwksOutput(keys=await self._signer.publishedKeys())
