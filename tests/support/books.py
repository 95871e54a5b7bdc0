"""The invariants of the money, asked of the running stack's database."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from KSysPayment.backend.infrastructure.database.invariantsRepository import InvariantsRepository
from shared.backend.database.engine import Database
from shared.backend.utils.clock import SystemClock
from tests.support.runningStack import RunningStack


class Books:
    """What must be true of the money at any moment (paymentRules 5)."""

    def __init__(self, stack: RunningStack) -> None:
        self._url = stack.endpoints.database

    async def ensureSound(self) -> None:
        database = Database(self._url, poolSize=1)
        try:
            violations = await InvariantsRepository(database).findViolations(SystemClock().now())
        finally:
            await database.close()
        assert violations == {}

    async def count(self, statement: str, **values: str | UUID) -> int:
        """One number from the owner's view of the database."""
        database = Database(self._url, poolSize=1)
        try:
            async with database.engine.connect() as connection:
                return int((await connection.execute(text(statement), values)).scalar_one())
        finally:
            await database.close()
