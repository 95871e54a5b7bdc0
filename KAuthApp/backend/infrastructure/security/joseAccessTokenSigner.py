from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from pydantic import JsonValue, ValidationError

from KAuthApp.backend.domain.interfaces.accessTokenSignerInterface import (
    AccessTokenClaims,
    AccessTokenSignerInterface,
    SignedAccessToken,
)
from KAuthApp.backend.domain.policies.tokenPolicy import PUBLIC_AUDIENCE, TokenPolicy
from KAuthApp.backend.infrastructure.security.ecSigningKeyMaker import ALGORITHM
from KAuthApp.backend.infrastructure.security.signingKeyRing import SigningKeyRing
from KAuthApp.backend.infrastructure.security.tokenForms import AccessTokenBody, AccessTokenHeader, headerOf
from shared.backend.utils.clock import ClockInterface
from shared.backend.utils.uuid import generateId

_TYPE: Final = "at+jwt"


class JoseAccessTokenSigner(AccessTokenSignerInterface):
    """Access tokens as RFC 9068 wants them, by RFC 8725: one algorithm, keys from our own set only."""

    def __init__(self, keys: SigningKeyRing, policy: TokenPolicy, clock: ClockInterface) -> None:
        self._keys, self._policy, self._clock = keys, policy, clock

    async def sign(self, userId: UUID, sessionId: UUID, sessionEndsAt: datetime) -> SignedAccessToken:
        signer = await self._keys.signer()
        issuedAt = int(self._clock.now().timestamp())
        expiresAt = min(
            issuedAt + int(self._policy.accessTokenLifetime.total_seconds()), int(sessionEndsAt.timestamp())
        )
        body = AccessTokenBody(
            iss=self._policy.issuer,
            sub=userId,
            aud=PUBLIC_AUDIENCE,
            sid=sessionId,
            iat=issuedAt,
            exp=expiresAt,
            jti=generateId(),
        )
        header = AccessTokenHeader(alg=ALGORITHM, typ=_TYPE, kid=signer.row.kid)
        text = jwt.encode(header.model_dump(), body.model_dump(mode="json"), signer.key, algorithms=[ALGORITHM])
        return SignedAccessToken(text=text, expiresAt=datetime.fromtimestamp(expiresAt, UTC))

    async def read(self, token: str) -> AccessTokenClaims | None:
        header = headerOf(token)
        if header is None or header.alg != ALGORITHM or header.typ != _TYPE:
            return None
        verifier = await self._keys.verifier(header.kid)
        if verifier is None:
            return None
        try:
            body = AccessTokenBody.model_validate(jwt.decode(token, verifier.key, algorithms=[ALGORITHM]).claims)
        except (JoseError, ValidationError, ValueError):
            return None
        return self._accepted(body)

    async def publishedKeys(self) -> Sequence[Mapping[str, JsonValue]]:
        return await self._keys.published()

    def _accepted(self, body: AccessTokenBody) -> AccessTokenClaims | None:
        isOurs = body.iss == self._policy.issuer and body.aud == PUBLIC_AUDIENCE
        expiresAt = datetime.fromtimestamp(body.exp, UTC)
        if not isOurs or expiresAt <= self._clock.now():
            return None
        return AccessTokenClaims(userId=body.sub, sessionId=body.sid, expiresAt=expiresAt)
