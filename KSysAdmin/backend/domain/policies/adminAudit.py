from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from shared.backend.database.auditTrail import AuditEntry


def changeBy(
    administratorId: UUID,
    action: str,
    target: tuple[str, UUID | str],
    at: datetime,
    before: Mapping[str, JsonValue] | None = None,
    after: Mapping[str, JsonValue] | None = None,
) -> AuditEntry:
    """One change that an administrator made; `target` is its kind and id."""
    kind, targetId = target
    return AuditEntry(
        occurredAt=at,
        actorKind="administrator",
        actorId=str(administratorId),
        action=action,
        targetKind=kind,
        targetId=str(targetId)[:64],
        before=before,
        after=after,
    )


def changeBySystem(action: str, target: tuple[str, UUID | str], at: datetime) -> AuditEntry:
    """One change that a job of this server made."""
    kind, targetId = target
    return AuditEntry(
        occurredAt=at,
        actorKind="system",
        actorId="kadmin",
        action=action,
        targetKind=kind,
        targetId=str(targetId),
    )


def changeByOperator(
    action: str, target: tuple[str, UUID | str], at: datetime, after: Mapping[str, JsonValue]
) -> AuditEntry:
    """One change made at the machine itself, by whoever may run its commands."""
    kind, targetId = target
    return AuditEntry(
        occurredAt=at,
        actorKind="system",
        actorId="manage",
        action=action,
        targetKind=kind,
        targetId=str(targetId),
        after=after,
    )
