"""The migrations as a call, for tests and for `scripts/up`; also as a module: `python -m … URL`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine

INI_FILE = Path(__file__).with_name("alembic.ini")


async def upgradeToHead(ownerUrl: str) -> None:
    """Bring the database up to the newest revision. Safe to call twice, and from two processes at once."""
    await _run(ownerUrl, lambda config: command.upgrade(config, "head"))


async def upgradeTo(ownerUrl: str, revision: str) -> None:
    await _run(ownerUrl, lambda config: command.upgrade(config, revision))


async def downgradeTo(ownerUrl: str, revision: str) -> None:
    """Take the schema back to a revision; `base` empties it. Data in dropped tables is gone."""
    await _run(ownerUrl, lambda config: command.downgrade(config, revision))


async def ensureNothingToMigrate(ownerUrl: str) -> None:
    """`alembic check`: raises when the models say something the migrations do not."""
    await _run(ownerUrl, command.check)


async def _run(ownerUrl: str, order: Callable[[Config], None]) -> None:
    def onConnection(connection: Connection) -> None:
        config = Config(str(INI_FILE))
        config.attributes["connection"] = connection
        order(config)

    engine = create_async_engine(ownerUrl, poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(onConnection)
            await connection.commit()
    finally:
        await engine.dispose()


if __name__ == "__main__":
    asyncio.run(upgradeToHead(sys.argv[1]))
