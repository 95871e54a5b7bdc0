from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from shared.backend.database.auditTrail import AuditEntry

USER = "user"
SESSION = "session"
API_KEY = "apiKey"
PASSKEY = "passkey"


def byUser(
    userId: UUID,
    action: str,
    at: datetime,
    target: tuple[str, UUID] | None = None,
    before: Mapping[str, JsonValue] | None = None,
    after: Mapping[str, JsonValue] | None = None,
) -> AuditEntry:
    """What a user did, to the own account when no target is named."""
    targetKind, targetId = target or (USER, userId)
    return AuditEntry(
        occurredAt=at,
        actorKind="user",
        actorId=str(userId),
        action=action,
        targetKind=targetKind,
        targetId=str(targetId),
        before=before,
        after=after,
    )


def bySystem(
    action: str, at: datetime, target: tuple[str, str], after: Mapping[str, JsonValue] | None = None
) -> AuditEntry:
    """What the platform did by itself."""
    return AuditEntry(
        occurredAt=at,
        actorKind="system",
        actorId="kauth",
        action=action,
        targetKind=target[0],
        targetId=target[1],
        after=after,
    )


def byAnonymous(action: str, at: datetime, target: tuple[str, str]) -> AuditEntry:
    """What somebody did who is not known."""
    return AuditEntry(
        occurredAt=at,
        actorKind="anonymous",
        actorId="anonymous",
        action=action,
        targetKind=target[0],
        targetId=target[1],
    )
