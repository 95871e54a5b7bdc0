from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from KSysAdmin.backend.domain.exceptions.userErrors import RevocationPendingError
from KSysAdmin.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KSysAdmin.backend.domain.policies.adminActor import AdminActor
from shared.backend.loggingFactory import SystemLogger
from shared.backend.redis.client import RedisClient, RedisUnavailableError
from shared.backend.redis.credentialCopies import LATEST_WRITER, LONGEST_COPY, CredentialCopies, CredentialCopy

logger = SystemLogger("kadmin")


class SessionCopies(SessionCopiesInterface):
    """Copies under `kadmin:session:` for administrators and `kauth:session:` for users."""

    def __init__(self, redis: RedisClient) -> None:
        self._administrators = CredentialCopies(redis, "kadmin")
        self._users = CredentialCopies(redis, "kauth")

    async def writeAdministrator(self, secretHash: str, actor: AdminActor) -> None:
        copy = CredentialCopy(
            hash=secretHash,
            userId=actor.administratorId,
            sessionId=actor.sessionId,
            tier="administrator",
            expiresAt=int(actor.sessionIdleAt.timestamp()),
            audience="admin",
            roles=actor.roles,
            authenticatedAt=int(actor.sessionCreatedAt.timestamp()),
        )
        try:
            await self._administrators.write(copy)
        except RedisUnavailableError:
            logger.application.warning("admin.sessionCopySkipped", "the gateway will count this caller by address")

    async def endAdministratorSessions(self, sessionIds: Sequence[UUID], until: datetime) -> None:
        with _pendingWhenAway():
            await self._administrators.endSessions(sessionIds, until)

    async def endAdministratorSessionsOrLeave(self, sessionIds: Sequence[UUID], until: datetime) -> None:
        try:
            await self._administrators.endSessions(sessionIds, until)
        except RedisUnavailableError:
            logger.application.warning("admin.copiesLeft", "ended as soon as Redis is back", sessions=len(sessionIds))

    def oldestOfUsers(self, at: datetime) -> datetime:
        return at - LONGEST_COPY - LATEST_WRITER

    async def endUserSessions(self, sessionIds: Sequence[UUID], until: datetime) -> None:
        with _pendingWhenAway():
            await self._users.endSessions(sessionIds, until)

    async def rereadUserCopies(self, credentialIds: Sequence[UUID], at: datetime) -> None:
        with _pendingWhenAway():
            await self._users.reread(credentialIds, at)


@contextmanager
def _pendingWhenAway() -> Iterator[None]:
    try:
        yield
    except RedisUnavailableError as error:
        raise RevocationPendingError(retryAfterSeconds=2) from error
