from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from sqlalchemy import RowMapping, TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

STATEMENT_TIMEOUT_MS = 5_000
LOCK_TIMEOUT_MS = 2_000
CONNECT_TIMEOUT_S = 3.0
POOL_WAIT_S = 3.0


class Database:
    """
    One pool of connections to PostgreSQL under one role.

    Of up to twice `poolSize` connections each is kept once it is opened: to open one costs as much as a sign-in, and
    a crowd would have them opened and closed all the time.
    `lock_timeout` 2 s and `statement_timeout` 5 s hold for every connection. A connection that died with
    the server is noticed at first use and the pool is renewed; nothing pings before each statement.
    """

    def __init__(self, url: str, poolSize: int = 10, applicationName: str = "k") -> None:
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=2 * poolSize,
            max_overflow=0,
            pool_timeout=POOL_WAIT_S,
            pool_recycle=1800,
            connect_args={
                "timeout": CONNECT_TIMEOUT_S,
                "command_timeout": STATEMENT_TIMEOUT_MS / 1000 + 1,
                "server_settings": {
                    "application_name": applicationName,
                    "statement_timeout": str(STATEMENT_TIMEOUT_MS),
                    "lock_timeout": str(LOCK_TIMEOUT_MS),
                    "idle_in_transaction_session_timeout": "15000",
                    "timezone": "UTC",
                },
            },
        )
        self._reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._openSession = async_sessionmaker(self.engine, class_=AsyncSession, expire_on_commit=False)

    def openSession(self) -> AsyncSession:
        """A session of its own for one unit of work; whoever opens it closes it."""
        return self._openSession()

    async def read(self, statement: TextClause, parameters: Mapping[str, object]) -> Sequence[RowMapping]:
        """The rows of one statement that changes nothing and needs no transaction: one trip to the server."""
        async with self._reading.connect() as connection:
            return (await connection.execute(statement, parameters)).mappings().all()

    async def checkConnection(self) -> float:
        """Milliseconds for one round trip; raises when the database does not answer."""
        startedAt = time.perf_counter()
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
        return (time.perf_counter() - startedAt) * 1000

    async def close(self) -> None:
        await self.engine.dispose()


async def initDb(url: str, poolSize: int = 10, applicationName: str = "k") -> Database:
    """A pool that has proved it can connect; raises otherwise and leaves nothing open."""
    database = Database(url, poolSize, applicationName)
    try:
        await database.checkConnection()
    except BaseException:
        await database.close()
        raise
    return database


async def closeDb(database: Database) -> None:
    await database.close()


@asynccontextmanager
async def getDb(database: Database) -> AsyncIterator[AsyncSession]:
    """A session that is closed, and rolled back if not committed, at the end of the block."""
    async with database.openSession() as session:
        yield session
