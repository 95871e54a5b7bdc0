from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Final
from uuid import UUID

from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.domain.exceptions.authErrors import RevocationPendingError, UnauthenticatedError
from KAuthApp.backend.domain.interfaces.accessTokenSignerInterface import AccessTokenSignerInterface
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KAuthApp.backend.domain.models.sessionCopy import SessionCopy
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userSession import UserSession
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
        found = await self._findLive(credential, now)
        if found is None:
            raise UnauthenticatedError
        session, user, credentialEnd = found
        full = SessionCopy.of(credential.hash, session, user, credentialEnd)
        await self._copies.write(full.keptUntil(self._copyPolicy.expiry(now)))
        await self._ensureStillLive(session.id, now)
        return full

    async def _findLive(
        self, credential: Credential, now: datetime
    ) -> tuple[UserSession, UserAccount, datetime] | None:
        if credential.kind == "cookie":
            async with self._openWork() as work:
                found = await work.sessions.findLiveBySecret(credential.hash, now)
            return None if found is None else (*found, found[0].validUntil)
        claims = await self._signer.read(credential.secret.get_secret_value())
        if claims is None:
            return None
        async with self._openWork() as work:
            found = await work.sessions.findLive(claims.sessionId, now)
        if found is None or found[1].id != claims.userId:
            return None
        return (*found, claims.expiresAt)

    async def _ensureStillLive(self, sessionId: UUID, now: datetime) -> None:
        """Between reading and copying the session may have ended, and Redis may have lost its tombstone: look again."""
        async with self._openWork() as work:
            found = await work.sessions.findLive(sessionId, now)
        if found is not None:
            return
        with suppress(RevocationPendingError):
            await self._copies.endSessions([sessionId], now)
        raise UnauthenticatedError

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
