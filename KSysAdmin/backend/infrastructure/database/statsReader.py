from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from KSysAdmin.backend.domain.interfaces.statsReaderInterface import AmountOfDay, Overview, StatsReaderInterface
from KSysAdmin.backend.domain.models.outboxMessage import OutboxMessage
from KSysAdmin.backend.domain.models.payment import Payment
from KSysAdmin.backend.domain.models.paymentException import ExceptionState, PaymentException
from KSysAdmin.backend.domain.models.receipt import Receipt
from KSysAdmin.backend.domain.models.userAccount import UserAccount
from KSysAdmin.backend.domain.models.userSession import UserSession

DAYS_SHOWN: Final = 14


class StatsReader(StatsReaderInterface):
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def overview(self, at: datetime) -> Overview:
        return Overview(
            usersByStatus=await self._usersByStatus(),
            usersNewToday=await self._usersNewToday(at),
            liveSessions=await self._liveSessions(at),
            paymentsByStatus=await self._paymentsByStatus(),
            openExceptions=await self._openExceptions(),
            deadMessages=await self._messages(isDead=True),
            waitingMessages=await self._messages(isDead=False),
            receivedByDay=await self._receivedByDay(at),
        )

    async def _usersByStatus(self) -> dict[str, int]:
        rows = await self._session.exec(select(UserAccount.status, func.count()).group_by(col(UserAccount.status)))
        return {str(status): count for status, count in rows.all()}

    async def _usersNewToday(self, at: datetime) -> int:
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        statement = select(func.count()).select_from(UserAccount).where(UserAccount.createdAt >= midnight)
        return (await self._session.exec(statement)).one()

    async def _liveSessions(self, at: datetime) -> int:
        statement = (
            select(func.count())
            .select_from(UserSession)
            .where(col(UserSession.endedAt).is_(None), UserSession.expiresAt > at, UserSession.idleExpiresAt > at)
        )
        return (await self._session.exec(statement)).one()

    async def _paymentsByStatus(self) -> dict[str, int]:
        rows = await self._session.exec(select(Payment.status, func.count()).group_by(col(Payment.status)))
        return {str(status): count for status, count in rows.all()}

    async def _openExceptions(self) -> int:
        statement = (
            select(func.count()).select_from(PaymentException).where(PaymentException.state == ExceptionState.OPEN)
        )
        return (await self._session.exec(statement)).one()

    async def _messages(self, *, isDead: bool) -> int:
        statement = select(func.count()).select_from(OutboxMessage).where(col(OutboxMessage.deliveredAt).is_(None))
        dead = col(OutboxMessage.deadAt)
        return (await self._session.exec(statement.where(dead.is_not(None) if isDead else dead.is_(None)))).one()

    async def _receivedByDay(self, at: datetime) -> list[AmountOfDay]:
        day = func.to_char(func.timezone("UTC", col(Receipt.receivedAt)), "YYYY-MM-DD").label("day")
        statement = (
            select(day, Receipt.currency, func.count(), func.sum(col(Receipt.amountMinor)))
            .where(Receipt.receivedAt >= at - timedelta(days=DAYS_SHOWN))
            .group_by(text("day"), col(Receipt.currency))
            .order_by(text("day"), col(Receipt.currency))
        )
        rows = (await self._session.exec(statement)).all()
        return [
            AmountOfDay(day=name, currency=currency, receipts=count, amountMinor=int(total))
            for name, currency, count, total in rows
        ]
