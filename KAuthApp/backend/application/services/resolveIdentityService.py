from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.domain.exceptions.authErrors import RevocationPendingError, UnauthenticatedError
from KAuthApp.backend.domain.interfaces.accessTokenSignerInterface import AccessTokenSignerInterface
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.credentialReaderInterface import CredentialReaderInterface
from KAuthApp.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KAuthApp.backend.domain.models.sessionCopy import SessionCopy
from KAuthApp.backend.domain.policies.apiKeyPolicy import API_KEY_PREFIX
from KAuthApp.backend.domain.policies.copyPolicy import CopyPolicy
from KAuthApp.backend.domain.policies.sessionPolicy import SessionPolicy
from KAuthApp.backend.domain.policies.tokenPolicy import PUBLIC_AUDIENCE
from shared.backend.http.credentials import Credential
from shared.backend.utils.clock import ClockInterface

_MOST_REMEMBERED: Final = 50_000
_JWT_DOTS: Final = 2
_COOKIE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_API_KEY: Final = re.compile(API_KEY_PREFIX + r"[A-Za-z0-9_-]{43}")

Read = Callable[[datetime], Awaitable[SessionCopy | None]]


class ResolveIdentityService:
    """Says who is behind a credential: by its copy, else by PostgreSQL, which then leaves a copy.

    A cookie holds an opaque secret, a bearer a signed token or an API key; none is ever taken for another.
    """

    def __init__(
        self,
        openWork: OpenAuthWork,
        reader: CredentialReaderInterface,
        copies: SessionCopiesInterface,
        signer: AccessTokenSignerInterface,
        sessionPolicy: SessionPolicy,
        copyPolicy: CopyPolicy,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._reader, self._copies, self._signer = openWork, reader, copies, signer
        self._sessionPolicy, self._copyPolicy, self._clock = sessionPolicy, copyPolicy, clock
        self._writtenDown: dict[UUID, datetime] = {}

    async def execute(self, credential: Credential) -> IdentityDTO:
        """The identity, or UnauthenticatedError."""
        if not _hasItsShape(credential):
            raise UnauthenticatedError
        now = self._clock.now()
        copy = await self._copies.read(credential.hash)
        if copy is None or copy.audience != PUBLIC_AUDIENCE or copy.expiresAt <= now:
            copy = await self._fromTruth(credential, now)
        await self._writeDownUse(copy, now)
        return _identityOf(copy)

    async def _fromTruth(self, credential: Credential, now: datetime) -> SessionCopy:
        read, era = await self._readerOf(credential), await self._copies.era()
        found = await read(now)
        if found is None:
            raise UnauthenticatedError
        await self._keep(found, era, now)
        return await self._readAgain(read, found, era, now)

    async def _readerOf(self, credential: Credential) -> Read:
        secret = credential.secret.get_secret_value()
        if credential.kind == "cookie":
            return partial(self._reader.readCookie, credential.hash)
        if secret.startswith(API_KEY_PREFIX):
            return partial(self._reader.readApiKey, credential.hash)
        claims = await self._signer.read(secret)
        if claims is None:
            raise UnauthenticatedError
        return partial(self._reader.readToken, credential.hash, claims)

    async def _readAgain(self, read: Read, found: SessionCopy, era: str | None, now: datetime) -> SessionCopy:
        """Between reading and copying it may have ended, and Redis may have lost its tombstone: look again.

        Or it changed (a role, a newer proof), and who changed it dropped the copies before this one was written.
        """
        again = await read(now)
        if again is None:
            with suppress(RevocationPendingError):
                await self._copies.renew(found.sessionId, found.credentialHash, now)
            raise UnauthenticatedError
        if again != found:
            await self._keep(again, era, now)
        return again

    async def _keep(self, copy: SessionCopy, era: str | None, now: datetime) -> None:
        await self._copies.write(copy.keptUntil(self._copyPolicy.expiry(now)), era)

    async def _writeDownUse(self, copy: SessionCopy, now: datetime) -> None:
        last = self._writtenDown.get(copy.sessionId)
        if last is not None and not self._sessionPolicy.isTouchDue(last, now):
            return
        if len(self._writtenDown) >= _MOST_REMEMBERED:
            self._writtenDown.clear()
        self._writtenDown[copy.sessionId] = now
        async with self._openWork() as work:
            if copy.kind == "apiKey":
                await work.apiKeys.touch(copy.sessionId, now, self._sessionPolicy.unseenSince(now))
            else:
                await work.sessions.touch(copy.sessionId, now, self._sessionPolicy)
            await work.commit()


def _hasItsShape(credential: Credential) -> bool:
    """Whether it could be one of ours: what could not is refused without asking anybody."""
    secret = credential.secret.get_secret_value()
    if credential.kind == "cookie":
        return _COOKIE.fullmatch(secret) is not None
    return secret.count(".") == _JWT_DOTS or _API_KEY.fullmatch(secret) is not None


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
        kind=copy.kind,
        scopes=copy.scopes,
        endsAt=copy.endsAt,
    )
