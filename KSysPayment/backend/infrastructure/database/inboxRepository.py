from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Boolean, delete, literal_column, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert
from sqlmodel import col, select

from KSysPayment.backend.domain.exceptions.paymentErrors import PaymentNotFoundError
from KSysPayment.backend.domain.interfaces.repositoryInterfaces import (
    InboundTokenRepositoryInterface,
    InboxRepositoryInterface,
)
from KSysPayment.backend.domain.models.inboxEvent import InboundToken, InboxEvent, InboxState
from shared.backend.database.baseRepository import BaseRepository


class InboxRepository(BaseRepository[InboxEvent], InboxRepositoryInterface):
    model = InboxEvent

    async def record(self, row: InboxEvent) -> bool:
        values = {name: getattr(row, name) for name in InboxEvent.model_fields}
        columns: dict[object, object] = {getattr(InboxEvent, name): value for name, value in values.items()}
        statement: ReturningInsert[tuple[bool]] = (
            insert(InboxEvent)
            .values(columns)
            .on_conflict_do_update(
                index_elements=[col(InboxEvent.bankAccount), col(InboxEvent.eventKey)],
                set_={"seen": InboxEvent.seen + 1, "last_seen_at": row.lastSeenAt},
            )
            .returning(literal_column("(xmax = 0)", Boolean()))
        )
        connection = await self._session.connection()
        return bool((await connection.execute(statement)).scalar_one())

    async def claimDue(self, at: datetime, lease: timedelta, most: int) -> Sequence[InboxEvent]:
        statement = (
            select(InboxEvent)
            .where(InboxEvent.state == InboxState.RECEIVED, col(InboxEvent.nextTryAt) <= at)
            .order_by(col(InboxEvent.nextTryAt))
            .limit(most)
            .with_for_update(skip_locked=True, key_share=True)
        )
        events = (await self._session.exec(statement)).all()
        for event in events:
            event.nextTryAt = at + lease
            event.tries += 1
        await self._session.flush()
        return events

    async def get(self, eventId: UUID) -> InboxEvent:
        event = await self._session.get(InboxEvent, eventId, populate_existing=True)
        if event is None:
            raise PaymentNotFoundError("there is no such inbox event")
        return event

    async def markProcessed(self, eventId: UUID, at: datetime) -> None:
        connection = await self._session.connection()
        await connection.execute(
            update(InboxEvent)
            .where(col(InboxEvent.id) == eventId)
            .values({"state": InboxState.PROCESSED, "processedAt": at})
        )


class InboundTokenRepository(BaseRepository[InboundToken], InboundTokenRepositoryInterface):
    model = InboundToken

    async def findValid(self, tokenHash: str, at: datetime) -> InboundToken | None:
        statement = select(InboundToken).where(InboundToken.tokenHash == tokenHash, col(InboundToken.expiresAt) > at)
        return (await self._session.exec(statement)).one_or_none()

    async def deleteExpired(self, at: datetime, most: int) -> int:
        old = select(InboundToken.tokenHash).where(col(InboundToken.expiresAt) < at).limit(most)
        connection = await self._session.connection()
        return (await connection.execute(delete(InboundToken).where(col(InboundToken.tokenHash).in_(old)))).rowcount
