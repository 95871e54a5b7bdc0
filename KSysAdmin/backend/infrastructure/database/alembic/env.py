"""
Runs the migrations over asyncpg, as the owner of the schema.

A caller that already holds a connection hands it over in `config.attributes["connection"]`; the command line opens one.
"""

from __future__ import annotations

import asyncio
import os
from logging.config import fileConfig
from pathlib import Path

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from KSysAdmin.backend.domain.models import allModels  # noqa: F401 - registers every table
from KSysAdmin.backend.domain.models.adminTable import adminRegistry
from shared.backend.config.settings import readDotEnv

REPOSITORY = Path(__file__).resolve().parents[5]
MIGRATION_LOCK = 0x4B5F4D49  # one migration at a time, however many servers start together

metadata = adminRegistry.metadata


def ownerUrl() -> str:
    """Where to migrate: `-x url=…`, else DATABASE_OWNER_URL (or its _FILE), else the same name in .env."""
    given = context.get_x_argument(as_dictionary=True).get("url")
    fromFile = os.environ.get("DATABASE_OWNER_URL_FILE")
    url = given or os.environ.get("DATABASE_OWNER_URL")
    if url is None and fromFile is not None:
        url = Path(fromFile).read_text(encoding="utf-8").strip()
    url = url or readDotEnv(REPOSITORY / ".env").get("DATABASE_OWNER_URL")
    if url is None:
        raise SystemExit("DATABASE_OWNER_URL is not set: export it, write it into .env, or pass -x url=…")
    return url


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        context.run_migrations()


async def migrateFromCommandLine() -> None:
    engine = create_async_engine(ownerUrl(), poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
        await connection.commit()
    await engine.dispose()


def printSql() -> None:
    context.configure(
        url=ownerUrl(), target_metadata=metadata, literal_binds=True, dialect_opts={"paramstyle": "named"}
    )
    with context.begin_transaction():
        context.run_migrations()


handedOver = context.config.attributes.get("connection")
if handedOver is None and context.config.config_file_name is not None:
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)

if context.is_offline_mode():
    printSql()
elif isinstance(handedOver, Connection):
    migrate(handedOver)
else:
    asyncio.run(migrateFromCommandLine())
