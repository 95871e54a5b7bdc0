from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from KAuthApp.backend.domain.exceptions.authErrors import RevocationPendingError
from KAuthApp.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KAuthApp.backend.domain.models.sessionCopy import SessionCopy
from KAuthApp.backend.domain.policies.copyPolicy import CopyPolicy
from KAuthApp.backend.domain.policies.tokenPolicy import PUBLIC_AUDIENCE
from shared.backend.loggingFactory import SystemLogger
from shared.backend.redis.client import NotReplicatedError, RedisUnavailableError
from shared.backend.redis.credentialCopies import CredentialCopies, CredentialCopy

_LEFT_ALONE_SECONDS: Final = 1.0

logger = SystemLogger("kauth")


class RedisSessionCopies(SessionCopiesInterface):
    """Copies under `kauth:session:{hash}`. After a failure Redis is left alone for a second, so nobody waits for it."""

    def __init__(self, copies: CredentialCopies, policy: CopyPolicy) -> None:
        self._copies, self._policy = copies, policy
        self._awayUntil = 0.0

    async def era(self) -> str | None:
        if self._isAway():
            return None
        try:
            return await self._copies.era()
        except RedisUnavailableError:
            self._leaveAlone()
            return None

    async def write(self, copy: SessionCopy, era: str | None) -> None:
        if era is None or self._isAway():
            return
        try:
            await self._copies.write(_toCredentialCopy(copy), era)
        except RedisUnavailableError:
            self._leaveAlone()

    async def read(self, credentialHash: str) -> SessionCopy | None:
        if self._isAway():
            return None
        try:
            copy = await self._copies.read(credentialHash)
        except RedisUnavailableError:
            self._leaveAlone()
            return None
        return None if copy is None or copy.audience != PUBLIC_AUDIENCE else _toSessionCopy(credentialHash, copy)

    def oldest(self, at: datetime) -> datetime:
        return self._policy.oldestCopy(at)

    async def endSessions(self, sessionIds: Sequence[UUID], at: datetime) -> None:
        with self._pendingWhenAway():
            await self._copies.endSessions(sessionIds, self._policy.tombstoneUntil(at))

    async def reread(self, sessionIds: Sequence[UUID], at: datetime) -> None:
        with self._pendingWhenAway():
            await self._copies.reread(sessionIds, at)

    async def renew(self, sessionId: UUID, retiredHash: str | None, at: datetime) -> None:
        retired = [] if retiredHash is None else [retiredHash]
        with self._pendingWhenAway():
            await self._copies.renew([sessionId], retired, self._policy.tombstoneUntil(at))

    @contextmanager
    def _pendingWhenAway(self) -> Iterator[None]:
        try:
            yield
        except NotReplicatedError as error:  # this Redis is well
            raise RevocationPendingError(retryAfterSeconds=2) from error
        except RedisUnavailableError as error:
            self._leaveAlone()
            raise RevocationPendingError(retryAfterSeconds=2) from error

    def _isAway(self) -> bool:
        return time.monotonic() < self._awayUntil

    def _leaveAlone(self) -> None:
        logger.application.warning("auth.copiesUnavailable", "PostgreSQL answers alone for now")
        self._awayUntil = time.monotonic() + _LEFT_ALONE_SECONDS


def _toCredentialCopy(copy: SessionCopy) -> CredentialCopy:
    return CredentialCopy(
        hash=copy.credentialHash,
        userId=copy.userId,
        sessionId=copy.sessionId,
        tier=copy.tier,
        expiresAt=int(copy.expiresAt.timestamp()),
        audience=PUBLIC_AUDIENCE,
        roles=copy.roles,
        authMethods=copy.authMethods,
        authenticatedAt=int(copy.authenticatedAt.timestamp()),
        kind=copy.kind,
        scopes=copy.scopes,
        endsAt=None if copy.endsAt is None else int(copy.endsAt.timestamp()),
    )


def _toSessionCopy(credentialHash: str, copy: CredentialCopy) -> SessionCopy:
    return SessionCopy(
        credentialHash=credentialHash,
        userId=copy.userId,
        sessionId=copy.sessionId,
        roles=copy.roles,
        tier=copy.tier,
        authMethods=copy.authMethods,
        authenticatedAt=datetime.fromtimestamp(copy.authenticatedAt, UTC),
        expiresAt=datetime.fromtimestamp(copy.expiresAt, UTC),
        kind=copy.kind,
        scopes=copy.scopes,
        endsAt=None if copy.endsAt is None else datetime.fromtimestamp(copy.endsAt, UTC),
    )
