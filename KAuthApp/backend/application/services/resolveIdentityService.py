from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Final
from uuid import UUID

from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.domain.exceptions.authErrors import RevocationPendingError, UnauthenticatedError
from KAuthApp.backend.domain.interfaces.accessTokenSignerInterface import AccessTokenClaims, AccessTokenSignerInterface
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KAuthApp.backend.domain.models.sessionCopy import SessionCopy
from KAuthApp.backend.domain.policies.copyPolicy import CopyPolicy
from KAuthApp.backend.domain.policies.sessionPolicy import SessionPolicy
from KAuthApp.backend.domain.policies.tokenPolicy import PUBLIC_AUDIENCE
from shared.backend.http.credentials import Credential
from shared.backend.utils.clock import ClockInterface

_MOST_REMEMBERED: Final = 50_000
_JWT_DOTS: Final = 2


class ResolveIdentityService:
    """Says who is behind a credential: by its copy, else by PostgreSQL, which then leaves a copy.

    A cookie holds an opaque secret and a bearer a signed token; the one is never taken for the other.
    """

    def __init__(
        self,
        openWork: OpenAuthWork,
        copies: SessionCopiesInterface,
        signer: AccessTokenSignerInterface,
        sessionPolicy: SessionPolicy,
        copyPolicy: CopyPolicy,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._copies, self._signer, self._clock = openWork, copies, signer, clock
        self._sessionPolicy, self._copyPolicy = sessionPolicy, copyPolicy
        self._writtenDown: dict[UUID, datetime] = {}

    async def execute(self, credential: Credential) -> IdentityDTO:
        """The identity, or UnauthenticatedError."""
        if not _hasItsShape(credential):
            raise UnauthenticatedError
        now = self._clock.now()
        copy = await self._copies.read(credential.hash)
        if copy is None or copy.audience != PUBLIC_AUDIENCE or copy.expiresAt <= now:
            copy = await self._fromTruth(credential, now)
        await self._writeDownUse(copy.sessionId, now)
        return _identityOf(copy)

    async def _fromTruth(self, credential: Credential, now: datetime) -> SessionCopy:
        claims = await self._claimsOf(credential)
        found = await self._readTruth(credential, claims, now)
        if found is None:
            raise UnauthenticatedError
        await self._keep(found, now)
        return await self._confirmed(credential, claims, found, now)

    async def _confirmed(
        self, credential: Credential, claims: AccessTokenClaims | None, kept: SessionCopy, now: datetime
    ) -> SessionCopy:
        """Between reading and copying the truth may have changed, and Redis may have lost its tombstone: look again."""
        again = await self._readTruth(credential, claims, now)
        if again is None:
            with suppress(RevocationPendingError):
                await self._copies.renew(kept.sessionId, credential.hash, now)
            raise UnauthenticatedError
        if again != kept:
            await self._keep(again, now)
        return again

    async def _keep(self, copy: SessionCopy, now: datetime) -> None:
        await self._copies.write(copy.keptUntil(self._copyPolicy.expiry(now)))

    async def _claimsOf(self, credential: Credential) -> AccessTokenClaims | None:
        if credential.kind == "cookie":
            return None
        claims = await self._signer.read(credential.secret.get_secret_value())
        if claims is None:
            raise UnauthenticatedError
        return claims

    async def _readTruth(
        self, credential: Credential, claims: AccessTokenClaims | None, now: datetime
    ) -> SessionCopy | None:
        async with self._openWork() as work:
            if claims is None:
                found = await work.sessions.findLiveBySecret(credential.hash, now)
            else:
                found = await work.sessions.findLive(claims.sessionId, now)
        if found is None or (claims is not None and found[1].id != claims.userId):
            return None
        session, user = found
        return SessionCopy.of(
            credential.hash, session, user, session.validUntil if claims is None else claims.expiresAt
        )

    async def _writeDownUse(self, sessionId: UUID, now: datetime) -> None:
        last = self._writtenDown.get(sessionId)
        if last is not None and not self._sessionPolicy.isTouchDue(last, now):
            return
        if len(self._writtenDown) >= _MOST_REMEMBERED:
            self._writtenDown.clear()
        self._writtenDown[sessionId] = now
        async with self._openWork() as work:
            await work.sessions.touch(sessionId, now, self._sessionPolicy)
            await work.commit()


def _hasItsShape(credential: Credential) -> bool:
    isToken = credential.secret.get_secret_value().count(".") == _JWT_DOTS
    return isToken == (credential.kind == "bearer")


def _identityOf(copy: SessionCopy) -> IdentityDTO:
    return IdentityDTO(
        userId=copy.userId,
        sessionId=copy.sessionId,
        roles=copy.roles,
        tier=copy.tier,
        audience=copy.audience,
        expiresAt=copy.expiresAt,
        authenticatedAt=copy.authenticatedAt,
        authMethods=copy.authMethods,
    )
