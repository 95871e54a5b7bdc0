from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import text

from shared.backend.database.engine import Database
from shared.backend.jobs.job import Job
from shared.backend.utils.clock import ClockInterface

KEEP_DELIVERED: Final = timedelta(days=1)
KEEP_DEAD: Final = timedelta(days=30)
BATCH: Final = 1000
_REMOVE: Final = text("SELECT remove_settled_messages(:deliveredBefore, :deadBefore, :most)")


class OutboxSweep:
    """
    Takes messages away that are over: they may hold an address, and nothing of a person stays for ever.

    A delivered one goes after a day, a dead letter when a person has had thirty days to look at it.
    """

    def __init__(self, database: Database, clock: ClockInterface) -> None:
        self._database, self._clock = database, clock

    def job(self, name: str, intervalSeconds: float = 600.0) -> Job:
        return Job(name, self.sweep, intervalSeconds)

    async def sweep(self) -> int:
        """How many went; more may be left when it is not 0."""
        now = self._clock.now()
        values = {"deliveredBefore": now - KEEP_DELIVERED, "deadBefore": now - KEEP_DEAD, "most": BATCH}
        async with self._database.openSession() as session:
            removed = (await (await session.connection()).execute(_REMOVE, values)).scalar_one()
            await session.commit()
        return int(removed)
