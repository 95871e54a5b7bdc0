from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Generic, TypeVar
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import Index, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from shared.backend.database.table import UtcDateTime
from shared.backend.utils.clock import ClockInterface
from shared.backend.utils.uuid import generateId


class OutboxMessageFields(SQLModel):
    """
    The columns of `outbox_message`: what others must hear of, written in the transaction that made it true.

    Each service maps the table in its own registry:
    `class OutboxMessage(OutboxMessageFields, PaymentTable, table=True)` with
    `__table_args__ = outboxIndexes()`.
    """

    __tablename__: ClassVar[str] = "outbox_message"

    id: UUID = Field(primary_key=True)
    topic: str = Field(max_length=80)
    payload: dict[str, JsonValue] = Field(sa_type=JSONB, sa_column_kwargs={"nullable": False})
    createdAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "created_at"})
    availableAt: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "available_at"})
    attempts: int = Field(default=0)
    deliveredAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "delivered_at"})
    deadAt: datetime | None = Field(default=None, sa_type=UtcDateTime, sa_column_kwargs={"name": "dead_at"})
    lastError: str | None = Field(default=None, max_length=500, sa_column_kwargs={"name": "last_error"})


def outboxIndexes() -> tuple[Index]:
    """The table's `__table_args__`: one partial index over what still waits."""
    return (
        Index(
            "ix_outbox_message_waiting",
            "available_at",
            "id",
            postgresql_where=text("delivered_at IS NULL AND dead_at IS NULL"),
        ),
    )


Message = TypeVar("Message", bound=OutboxMessageFields)


class OutboxInterface(ABC):
    """Messages leave only if the transaction they were added in is committed."""

    @abstractmethod
    async def add(self, topic: str, payload: Mapping[str, JsonValue], availableAt: datetime | None = None) -> None: ...


class Outbox(OutboxInterface, Generic[Message]):
    """The outbox of one transaction."""

    def __init__(self, session: AsyncSession, model: type[Message], clock: ClockInterface) -> None:
        self._session, self._model, self._clock = session, model, clock

    async def add(self, topic: str, payload: Mapping[str, JsonValue], availableAt: datetime | None = None) -> None:
        now = self._clock.now()
        self._session.add(
            self._model(
                id=generateId(), topic=topic, payload=dict(payload), createdAt=now, availableAt=availableAt or now
            )
        )
        await self._session.flush()


class OutboxQueue(Generic[Message]):
    """The relay's side: claim with SKIP LOCKED and a lease, then settle."""

    def __init__(self, session: AsyncSession, model: type[Message]) -> None:
        self._session, self._model = session, model

    async def claim(self, topics: Sequence[str], at: datetime, lease: timedelta, most: int) -> Sequence[Message]:
        """Take due messages of these topics; nobody else sees them until the lease has run out."""
        model = self._model
        statement = (
            select(model)
            .where(
                col(model.topic).in_(topics),
                col(model.deliveredAt).is_(None),
                col(model.deadAt).is_(None),
                col(model.availableAt) <= at,
            )
            .order_by(col(model.availableAt), col(model.id))
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        messages = (await self._session.exec(statement)).all()
        for message in messages:
            message.availableAt = at + lease
            message.attempts += 1
        await self._session.flush()
        return messages

    async def delivered(self, messageId: UUID, at: datetime) -> None:
        model = self._model
        await (await self._session.connection()).execute(
            update(model).where(col(model.id) == messageId).values({"deliveredAt": at, "lastError": None})
        )

    async def failed(self, messageId: UUID, error: str, nextAt: datetime | None, at: datetime) -> None:
        """Try again at `nextAt`, or never again (dead letter) when that is None."""
        model = self._model
        values: dict[str, object] = {"lastError": error[:500]}
        values |= {"deadAt": at} if nextAt is None else {"availableAt": nextAt}
        await (await self._session.connection()).execute(update(model).where(col(model.id) == messageId).values(values))
