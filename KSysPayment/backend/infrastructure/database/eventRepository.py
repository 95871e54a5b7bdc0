from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from KSysPayment.backend.domain.interfaces.repositoryInterfaces import EventRepositoryInterface
from KSysPayment.backend.domain.models.paymentEvent import PaymentEvent

_PLACE: Final = text("SELECT place_payment_events(:most)")


class EventRepository(EventRepositoryInterface):
    """The feed in the order of commits. Positions are given after the commit, so `position > last` misses nothing."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def placeWaiting(self, most: int) -> int:
        connection = await self._session.connection()
        return int((await connection.execute(_PLACE, {"most": most})).scalar_one())

    async def readAfter(self, ownerId: UUID, position: int, most: int) -> Sequence[PaymentEvent]:
        statement = (
            select(PaymentEvent)
            .where(PaymentEvent.ownerId == ownerId, col(PaymentEvent.feedPosition) > position)
            .order_by(col(PaymentEvent.feedPosition))
            .limit(most)
        )
        return (await self._session.exec(statement)).all()

    async def readAllAfter(self, position: int, most: int) -> Sequence[PaymentEvent]:
        statement = (
            select(PaymentEvent)
            .where(col(PaymentEvent.feedPosition) > position)
            .order_by(col(PaymentEvent.feedPosition))
            .limit(most)
        )
        return (await self._session.exec(statement)).all()

    async def lastPosition(self) -> int:
        statement = select(PaymentEvent.feedPosition).where(col(PaymentEvent.feedPosition).is_not(None))
        newest = statement.order_by(col(PaymentEvent.feedPosition).desc()).limit(1)
        return (await self._session.exec(newest)).one_or_none() or 0
