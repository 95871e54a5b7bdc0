from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from KAuthApp.backend.domain.interfaces.userEventRepositoryInterface import UserEventRepositoryInterface
from KAuthApp.backend.domain.models.userEvent import UserEvent

_PLACE: Final = text("SELECT place_user_events(:most)")


class UserEventRepository(UserEventRepositoryInterface):
    """Positions are given after the commit, one writer at a time, so `position > last` misses nothing."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def placeWaiting(self, most: int) -> int:
        connection = await self._session.connection()
        return int((await connection.execute(_PLACE, {"most": most})).scalar_one())

    async def readAfter(self, position: int, most: int) -> Sequence[UserEvent]:
        statement = (
            select(UserEvent)
            .where(col(UserEvent.feedPosition) > position)
            .order_by(col(UserEvent.feedPosition))
            .limit(most)
        )
        return (await self._session.exec(statement)).all()
