from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import RowMapping, TextClause, text

from KAuthApp.backend.domain.interfaces.accessTokenSignerInterface import AccessTokenClaims
from KAuthApp.backend.domain.interfaces.credentialReaderInterface import CredentialReaderInterface
from KAuthApp.backend.domain.models.sessionCopy import SessionCopy
from shared.backend.database.engine import Database
from shared.backend.utils.sharedReads import SharedReads

FOREVER: Final = datetime(9999, 1, 1, tzinfo=UTC)

_SESSIONS: Final = """
SELECT s.secret_hash, s.id, s.user_id, u.roles, s.auth_methods, ARRAY[]::varchar[] AS scopes, s.authenticated_at,
       least(s.idle_expires_at, s.expires_at) AS good_until, s.expires_at AS ends_at
FROM user_session s JOIN user_account u ON u.id = s.user_id
WHERE s.ended_at IS NULL AND u.status = 'active' AND
"""
_BY_SECRET: Final = text(f"{_SESSIONS} s.secret_hash = ANY(:keys)")
_BY_ID: Final = text(f"{_SESSIONS} s.id = ANY(:keys)")
_KEYS_BY_SECRET: Final = text("""
SELECT k.secret_hash, k.id, k.user_id, u.roles, ARRAY[]::varchar[] AS auth_methods, k.scopes,
       k.created_at AS authenticated_at, k.expires_at AS good_until, k.expires_at AS ends_at
FROM api_key k JOIN user_account u ON u.id = k.user_id
WHERE k.revoked_at IS NULL AND u.status = 'active' AND k.secret_hash = ANY(:keys)
""")


class CredentialReader(CredentialReaderInterface):
    """
    Statements of their own instead of whole rows: a forged credential costs little.

    Those that come at the same time are looked up in one statement, so neither many forged ones nor a Redis that
    lost everything make as many statements as there are requests.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cookies = SharedReads[str, RowMapping | None](self._fetchCookies)
        self._sessions = SharedReads[UUID, RowMapping | None](self._fetchSessions)
        self._apiKeys = SharedReads[str, RowMapping | None](self._fetchApiKeys)

    async def readCookie(self, credentialHash: str, at: datetime) -> SessionCopy | None:
        row = await self._cookies.get(credentialHash)
        return None if row is None else _copyOf(row, credentialHash, "session", row["ends_at"], at)

    async def readToken(self, credentialHash: str, claims: AccessTokenClaims, at: datetime) -> SessionCopy | None:
        row = await self._sessions.get(claims.sessionId)
        if row is None or row["user_id"] != claims.userId:
            return None
        return _copyOf(row, credentialHash, "session", min(claims.expiresAt, row["ends_at"]), at)

    async def readApiKey(self, credentialHash: str, at: datetime) -> SessionCopy | None:
        row = await self._apiKeys.get(credentialHash)
        return None if row is None else _copyOf(row, credentialHash, "apiKey", row["ends_at"], at)

    async def _fetchCookies(self, hashes: Sequence[str]) -> Sequence[RowMapping | None]:
        found = {str(row["secret_hash"]): row for row in await self._fetch(_BY_SECRET, hashes)}
        return [found.get(each) for each in hashes]

    async def _fetchSessions(self, ids: Sequence[UUID]) -> Sequence[RowMapping | None]:
        found = {row["id"]: row for row in await self._fetch(_BY_ID, ids)}
        return [found.get(each) for each in ids]

    async def _fetchApiKeys(self, hashes: Sequence[str]) -> Sequence[RowMapping | None]:
        found = {str(row["secret_hash"]): row for row in await self._fetch(_KEYS_BY_SECRET, hashes)}
        return [found.get(each) for each in hashes]

    async def _fetch(self, statement: TextClause, keys: Sequence[str] | Sequence[UUID]) -> Sequence[RowMapping]:
        return await self._database.read(statement, {"keys": list(keys)})


def _copyOf(
    row: RowMapping, credentialHash: str, kind: Literal["session", "apiKey"], endsAt: datetime | None, at: datetime
) -> SessionCopy | None:
    """None when its time is over."""
    goodUntil = min(row["good_until"] or FOREVER, endsAt or FOREVER)
    if goodUntil <= at:
        return None
    return SessionCopy(
        credentialHash=credentialHash,
        userId=row["user_id"],
        sessionId=row["id"],
        roles=tuple(row["roles"]),
        authMethods=tuple(row["auth_methods"]),
        kind=kind,
        scopes=tuple(row["scopes"]),
        authenticatedAt=row["authenticated_at"],
        expiresAt=goodUntil,
        endsAt=endsAt,
    )
