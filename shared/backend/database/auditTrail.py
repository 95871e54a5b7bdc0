from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

from pydantic import Field, JsonValue
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from shared.backend.database.auditAddresses import AuditAddresses
from shared.backend.http.requestContext import currentRequest
from shared.backend.utils.uuid import generateId
from shared.backend.utils.valueObject import ValueObject

_PERSONS: Final = frozenset({"user", "anonymous"})
_APPEND = text(
    "SELECT append_audit_event(:eventId, :chain, :occurredAt, :actorKind, :actorId, :actingFor, :action, "
    ":targetKind, :targetId, CAST(:before AS jsonb), CAST(:after AS jsonb), :requestId, :clientAddress)"
)


class AuditEntry(ValueObject):
    """One change of state and who made it. `before` and `after` never hold secrets."""

    occurredAt: datetime
    actorKind: Literal["user", "administrator", "system", "bank", "anonymous"]
    actorId: str = Field(max_length=64)
    action: str = Field(max_length=100, examples=["payment.created"])
    targetKind: str = Field(max_length=40)
    targetId: str = Field(max_length=64)
    actingFor: str | None = None
    before: Mapping[str, JsonValue] | None = None
    after: Mapping[str, JsonValue] | None = None


class AuditTrailInterface(ABC):
    """The append-only, hash-chained record. Append last before commit: it locks the chain until then."""

    @abstractmethod
    async def append(self, entry: AuditEntry) -> None: ...


class AuditTrail(AuditTrailInterface):
    """
    Writes through the database's own function: no server role may insert, change or delete a row.

    Without `addresses` nothing is kept of the address a user or a stranger came from.
    """

    def __init__(
        self,
        session: AsyncSession,
        chain: Literal["auth", "payment", "admin"],
        addresses: AuditAddresses | None = None,
    ) -> None:
        self._session, self._chain, self._addresses = session, chain, addresses

    async def append(self, entry: AuditEntry) -> None:
        context = currentRequest.get()
        await self._session.flush()
        await (await self._session.connection()).execute(
            _APPEND,
            {
                "eventId": generateId(),
                "chain": self._chain,
                "occurredAt": entry.occurredAt,
                "actorKind": entry.actorKind,
                "actorId": entry.actorId,
                "actingFor": entry.actingFor,
                "action": entry.action,
                "targetKind": entry.targetKind,
                "targetId": entry.targetId,
                "before": None if entry.before is None else json.dumps(dict(entry.before)),
                "after": None if entry.after is None else json.dumps(dict(entry.after)),
                "requestId": context.requestId if context else None,
                "clientAddress": await self._addressOf(entry, context.clientIp if context else None),
            },
        )

    async def _addressOf(self, entry: AuditEntry, address: str | None) -> str | None:
        """As it is when it is an administrator's or the bank's, protected when it is anybody else's."""
        if not address or entry.actorKind not in _PERSONS:
            return address
        if self._addresses is None:
            return None
        return await self._addresses.protect(self._session, entry.actorKind, entry.actorId, address)
