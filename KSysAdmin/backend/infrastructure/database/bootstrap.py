"""What only a superuser can do, once: the three roles and the database that the first of them owns."""

from __future__ import annotations

from typing import Protocol

import asyncpg
from pydantic import Field

from shared.backend.utils.valueObject import ValueObject

OWNER_ROLE = "k_owner"
ADMIN_ROLE = "k_admin"
PUBLIC_ROLE = "k_public"
ROLES = (OWNER_ROLE, ADMIN_ROLE, PUBLIC_ROLE)
BOOTSTRAP_LOCK = 0x4B5F424F


class SuperuserConnection(Protocol):
    """What is used of the driver's connection."""

    async def execute(self, query: str, *args: object) -> object: ...

    async def fetchval(self, query: str, *args: object) -> object: ...


class RolePasswords(ValueObject):
    """The passwords of the three database roles."""

    owner: str = Field(min_length=1, repr=False)
    admin: str = Field(min_length=1, repr=False)
    public: str = Field(min_length=1, repr=False)


async def bootstrapRoles(superuserUrl: str, databaseName: str, passwords: RolePasswords) -> None:
    """Create what is missing and set the rest as it should be; safe to call again, also with new passwords.

    k_owner migrates and owns the database; k_admin and k_public may only connect until a migration grants them tables.
    """
    await _prepareServer(superuserUrl, databaseName, passwords)
    await closeSchema(superuserUrl, databaseName)


async def _prepareServer(superuserUrl: str, databaseName: str, passwords: RolePasswords) -> None:
    connection = await asyncpg.connect(toDriverUrl(superuserUrl))
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", BOOTSTRAP_LOCK)
        for role, password in zip(ROLES, (passwords.owner, passwords.admin, passwords.public), strict=True):
            await _ensureRole(connection, role, password)
        await _ensureDatabase(connection, databaseName)
    finally:
        await connection.close()


async def _ensureRole(connection: SuperuserConnection, role: str, password: str) -> None:
    known = await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role)
    verb = "ALTER" if known else "CREATE"
    order = await connection.fetchval(
        "SELECT format('%s ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD %L',"
        " $1::text, $2::text, $3::text)",
        verb,
        role,
        password,
    )
    await connection.execute(str(order))


async def _ensureDatabase(connection: SuperuserConnection, databaseName: str) -> None:
    name = str(await connection.fetchval("SELECT quote_ident($1)", databaseName))
    known = await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", databaseName)
    if not known:
        await connection.execute(f"CREATE DATABASE {name} OWNER {OWNER_ROLE} TEMPLATE template0 ENCODING 'UTF8'")
    await connection.execute(f"ALTER DATABASE {name} OWNER TO {OWNER_ROLE}")
    await closeDatabase(connection, name)


async def closeDatabase(connection: SuperuserConnection, quotedName: str) -> None:
    """Nobody but the three roles may connect. A database cloned from a template needs this again."""
    await connection.execute(f"REVOKE ALL ON DATABASE {quotedName} FROM PUBLIC")
    await connection.execute(f"GRANT CONNECT ON DATABASE {quotedName} TO {', '.join(ROLES)}")
    await connection.execute(f"ALTER DATABASE {quotedName} SET timezone TO 'UTC'")


async def closeSchema(superuserUrl: str, databaseName: str) -> None:
    """The schema belongs to k_owner; the servers may use what is in it and create nothing."""
    connection = await asyncpg.connect(toDriverUrl(superuserUrl), database=databaseName)
    try:
        await connection.execute(f"ALTER SCHEMA public OWNER TO {OWNER_ROLE}")
        await connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        await connection.execute(f"GRANT USAGE ON SCHEMA public TO {ADMIN_ROLE}, {PUBLIC_ROLE}")
    finally:
        await connection.close()


def toDriverUrl(url: str) -> str:
    """SQLAlchemy's spelling of the URL as the driver alone wants it."""
    return url.replace("postgresql+asyncpg://", "postgresql://", 1)
