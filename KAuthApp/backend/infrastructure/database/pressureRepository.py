from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from KAuthApp.backend.domain.interfaces.pressureRepositoryInterface import PressureRepositoryInterface
from KAuthApp.backend.domain.models.signInPressure import SignInPressure
from KAuthApp.backend.domain.policies.pressurePolicy import Pressure, PressurePolicy
from shared.backend.database.baseRepository import BaseRepository


class PressureRepository(BaseRepository[SignInPressure], PressureRepositoryInterface):
    model = SignInPressure

    async def read(self, policy: PressurePolicy, at: datetime) -> tuple[Pressure, Pressure]:
        isLate = col(SignInPressure.slot) >= policy.latelySince(at)
        statement = select(
            _sum(func.sum(SignInPressure.tries).filter(isLate)),
            _sum(func.sum(SignInPressure.failures).filter(isLate)),
            _sum(func.sum(SignInPressure.tries)),
            _sum(func.sum(SignInPressure.failures)),
        ).where(col(SignInPressure.slot) >= policy.todaySince(at), col(SignInPressure.slot) <= at)
        lateTries, lateFailures, tries, failures = (await self._session.exec(statement)).one()
        return Pressure(tries=lateTries, failures=lateFailures), Pressure(tries=tries, failures=failures)

    async def press(self, tries: int, failures: int, policy: PressurePolicy, at: datetime) -> None:
        statement = insert(SignInPressure).values({"slot": policy.slotOf(at), "tries": tries, "failures": failures})
        added = statement.on_conflict_do_update(
            index_elements=[col(SignInPressure.slot)],
            set_={
                "tries": col(SignInPressure.tries) + statement.excluded.tries,
                "failures": col(SignInPressure.failures) + statement.excluded.failures,
            },
        )
        await (await self._session.connection()).execute(added)

    async def removeOlder(self, before: datetime) -> int:
        statement = delete(SignInPressure).where(col(SignInPressure.slot) < before).returning(col(SignInPressure.slot))
        return len((await self._session.exec(statement)).scalars().all())


def _sum(total: ColumnElement[int]) -> ColumnElement[int]:
    return func.coalesce(total, 0)
