from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from KSysPayment.backend.domain.interfaces.bankCallLogInterface import BankCallLogInterface, ExternalIdSourceInterface
from KSysPayment.backend.domain.interfaces.paymentGatewayInterface import ExternalId
from KSysPayment.backend.domain.interfaces.repositoryInterfaces import ExternalIdRepositoryInterface
from KSysPayment.backend.domain.models.bankCall import BankCall, CallOutcome, ExternalIdCounter
from KSysPayment.backend.domain.policies.jakartaCalendar import jakartaDay
from shared.backend.database.engine import Database
from shared.backend.utils.clock import ClockInterface

DIGITS: Final = 9
LEAP: Final = 1_000


class ExternalIdRepository(ExternalIdRepositoryInterface):
    """One row a day; its lock is held until the transaction ends, so take the number late."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def next(self, bankAccount: str, day: date, step: int = 1) -> int:
        counted = insert(ExternalIdCounter).values(
            {ExternalIdCounter.bankAccount: bankAccount, ExternalIdCounter.day: day, ExternalIdCounter.lastValue: step}
        )
        statement = counted.on_conflict_do_update(
            index_elements=[col(ExternalIdCounter.bankAccount), col(ExternalIdCounter.day)],
            set_={"last_value": ExternalIdCounter.lastValue + step},
        ).returning(col(ExternalIdCounter.lastValue))
        connection = await self._session.connection()
        return int((await connection.execute(statement)).scalar_one())


class ExternalIdSource(ExternalIdSourceInterface):
    """A number in a transaction of its own: no lock is held while the bank is called."""

    def __init__(self, database: Database, bankAccount: str, clock: ClockInterface) -> None:
        self._database, self._bankAccount, self._clock = database, bankAccount, clock

    async def next(self) -> ExternalId:
        return await self._take(1)

    async def leap(self) -> None:
        await self._take(LEAP)

    async def _take(self, step: int) -> ExternalId:
        day = jakartaDay(self._clock.now())
        async with self._database.openSession() as session:
            value = await ExternalIdRepository(session).next(self._bankAccount, day, step)
            await session.commit()
        return ExternalId(day=day, value=str(value).rjust(DIGITS, "0"))


class BankCallLog(BankCallLogInterface):
    def __init__(self, database: Database) -> None:
        self._database = database

    async def append(self, call: BankCall) -> None:
        async with self._database.openSession() as session:
            session.add(call)
            await session.commit()

    async def lastAnswered(self, operation: str) -> datetime | None:
        statement = (
            select(BankCall.startedAt)
            .where(BankCall.operation == operation, col(BankCall.outcome) != CallOutcome.UNKNOWN)
            .order_by(col(BankCall.startedAt).desc())
            .limit(1)
        )
        async with self._database.openSession() as session:
            return (await session.exec(statement)).one_or_none()
