"""Access tokens the bank has issued, kept as hashes."""

from __future__ import annotations

import hashlib
from datetime import datetime

from KSysPayment.simulator.state.database import StateDatabase


class TokenRepository:
    """Tokens of partners; an older token stays good when a newer one is issued."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def add(self, token: str, clientId: str, issuedAt: datetime, expiresAt: datetime) -> None:
        """Remember a token just issued, and forget those that have run out."""
        self._database.execute("DELETE FROM access_token WHERE expires_at < ?", issuedAt.isoformat())
        self._database.execute(
            "INSERT INTO access_token (token_hash, client_id, issued_at, expires_at) VALUES (?, ?, ?, ?)",
            hashOf(token),
            clientId,
            issuedAt.isoformat(),
            expiresAt.isoformat(),
        )

    def isGood(self, token: str, clientId: str, at: datetime) -> bool:
        """Whether the token was issued to this client and has neither run out nor been revoked."""
        row = self._database.firstRow(
            "SELECT expires_at FROM access_token WHERE token_hash = ? AND client_id = ? AND revoked = 0",
            hashOf(token),
            clientId,
        )
        return row is not None and at < datetime.fromisoformat(row["expires_at"])

    def revoke(self, token: str) -> None:
        """Make one token useless."""
        self._database.execute("UPDATE access_token SET revoked = 1 WHERE token_hash = ?", hashOf(token))


def hashOf(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
