"""Every service holds its own copy of the tables it uses. Copy, owner and database all say the same."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol

import asyncpg
import pytest
from sqlalchemy import Column, MetaData, String, Table
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

import KAuthApp.backend.domain.models
import KSysAdmin.backend.domain.models
import KSysPayment.backend.domain.models
from conftest import PASSWORDS, DatabaseUrls, Services
from KAuthApp.backend.domain.models.authTable import authRegistry
from KSysAdmin.backend.domain.models.adminTable import adminRegistry
from KSysAdmin.backend.infrastructure.database.bootstrap import bootstrapRoles, toDriverUrl
from KSysPayment.backend.domain.models.paymentTable import paymentRegistry
from shared.backend.database.shapes import shapesOf, tableFacts

Facts = Mapping[str, frozenset[str]]

for package in (KAuthApp.backend.domain.models, KSysPayment.backend.domain.models, KSysAdmin.backend.domain.models):
    for module in iter_modules(package.__path__, f"{package.__name__}."):
        import_module(module.name)

OWNED: Facts = shapesOf(adminRegistry)
MIRRORED = {
    f"{service}.{name}": (name, facts)
    for service, registry in (("KAuthApp", authRegistry), ("KSysPayment", paymentRegistry))
    for name, facts in sorted(shapesOf(registry).items())
}

# The catalogue, in PostgreSQL's own words: two schemas are equal when these lines are.
CATALOGUE = """
SELECT c.relname AS name, format('column %s %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
         CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END,
         coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), ''),
         CASE a.attidentity WHEN '' THEN '' ELSE ' IDENTITY ' || a.attidentity::text END) AS fact
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
UNION ALL
SELECT c.relname, format('constraint %s %s', k.conname, pg_get_constraintdef(k.oid))
FROM pg_class c JOIN pg_constraint k ON k.conrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND k.contype <> 't'
UNION ALL
SELECT c.relname, 'index ' || pg_get_indexdef(i.indexrelid)
FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
"""

PLANTED_IN_A_COPY: Mapping[str, tuple[str, Callable[[Table], None]]] = {
    "an added column": ("nickname VARCHAR(40)", lambda table: table.append_column(Column("nickname", String(40)))),
    "a changed length": ("full_name VARCHAR(201)", lambda table: _setLength(table, "full_name", 201)),
    "a nullable column": ("password_hash VARCHAR(255)", lambda table: _setNullable(table, "password_hash")),
}

PLANTED_IN_THE_DATABASE = {
    "ALTER TABLE user_account ADD COLUMN nickname varchar(40)": "user_account: column nickname character varying(40)",
    "ALTER TABLE user_account ALTER suspended_reason TYPE varchar(501)": (
        "user_account: column suspended_reason character varying(50"
    ),
    "DROP INDEX ix_outbox_message_waiting": "outbox_message: index CREATE INDEX ix_outbox_message_waiting",
    "ALTER TABLE payment ALTER status DROP NOT NULL": "payment: column status character varying(40)",
    "ALTER TABLE payment DROP CONSTRAINT ck_payment_amount_positive": "payment: constraint ck_payment_amount_positive",
}


class SqlConnection(Protocol):
    async def execute(self, query: str, *args: object) -> str: ...

    async def fetch(self, query: str, *args: object) -> list[Mapping[str, object]]: ...


@pytest.mark.parametrize(("name", "mirrored"), MIRRORED.values(), ids=MIRRORED.keys())
def testMirroredTableMatchesItsOwner(name: str, mirrored: frozenset[str]) -> None:
    assert mirrored - OWNED[name] == set(), "the duplicate says something the owner does not"
    assert OWNED[name] - mirrored == set(), "the owner says something the duplicate forgot"


def testEveryCopyIsFound() -> None:
    assert {"KAuthApp.user_account", "KAuthApp.user_session", "KSysPayment.payment", "KSysPayment.entry"} <= set(
        MIRRORED
    )


@pytest.mark.parametrize("planted", PLANTED_IN_A_COPY)
def testADriftingCopyIsFoundAndNamed(planted: str) -> None:
    fact, change = PLANTED_IN_A_COPY[planted]
    owner = adminRegistry.metadata.tables["user_account"]
    copy = owner.to_metadata(MetaData(naming_convention=adminRegistry.metadata.naming_convention))
    change(copy)
    assert any(line.startswith(fact) for line in tableFacts(copy) - tableFacts(owner))


def testAForgottenIndexIsFoundAndNamed() -> None:
    owner = adminRegistry.metadata.tables["user_account"]
    copy = owner.to_metadata(MetaData(naming_convention=adminRegistry.metadata.naming_convention))
    dropped = next(iter(copy.indexes))
    copy.indexes.remove(dropped)
    assert {fact.split()[2] for fact in tableFacts(owner) - tableFacts(copy)} == {str(dropped.name)}


def testColumnsAreTheSnakeCaseOfTheirAttributes() -> None:
    wrong = [
        f"{table}: {fact}"
        for table, facts in {**OWNED, **{key: facts for key, (_, facts) in MIRRORED.items()}}.items()
        for fact in facts
        if fact.startswith("attribute ") and _snake(fact.split()[1]) != fact.split()[4]
    ]
    assert wrong == []


@pytest.fixture(scope="module")
async def declared(services: Services) -> AsyncIterator[Facts]:
    """What PostgreSQL makes of the owner's models alone."""
    name = f"k_declared_{os.getpid()}"
    await bootstrapRoles(services.superuserUrl, name, PASSWORDS)
    url = make_url(services.superuserUrl).set(username="k_owner", password=PASSWORDS.owner, database=name)
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(adminRegistry.metadata.create_all)
    await engine.dispose()
    reader = await asyncpg.connect(toDriverUrl(url.render_as_string(hide_password=False)))
    yield await catalogue(reader)
    await reader.close()
    superuser = await asyncpg.connect(toDriverUrl(services.superuserUrl))
    await superuser.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await superuser.close()


@pytest.fixture
async def migrated(database: DatabaseUrls) -> AsyncIterator[SqlConnection]:
    """The migrated database, in a transaction that is rolled back."""
    connection = await asyncpg.connect(toDriverUrl(database.owner))
    await connection.execute("BEGIN")
    yield connection
    await connection.execute("ROLLBACK")
    await connection.close()


async def testTheMigratedDatabaseIsWhatTheOwnerSays(declared: Facts, migrated: SqlConnection) -> None:
    assert list(differences(declared, await catalogue(migrated))) == []


@pytest.mark.parametrize(("planted", "named"), PLANTED_IN_THE_DATABASE.items())
async def testADriftingDatabaseIsFoundAndNamed(
    declared: Facts, migrated: SqlConnection, planted: str, named: str
) -> None:
    await migrated.execute(planted)
    found = list(differences(declared, await catalogue(migrated)))
    assert any(named in line for line in found), found


async def catalogue(connection: SqlConnection) -> Facts:
    facts: dict[str, set[str]] = {}
    for row in await connection.fetch(CATALOGUE):
        facts.setdefault(str(row["name"]), set()).add(str(row["fact"]))
    return {name: frozenset(lines) for name, lines in facts.items() if name != "alembic_version"}


def differences(declared: Facts, found: Facts) -> Iterator[str]:
    """One line for each fact that only one side knows."""
    for name in sorted({*declared, *found}):
        said, there = declared.get(name, frozenset()), found.get(name, frozenset())
        yield from (f"only the models say {name}: {fact}" for fact in sorted(said - there))
        yield from (f"only the database says {name}: {fact}" for fact in sorted(there - said))


def _setLength(table: Table, column: str, length: int) -> None:
    table.c[column].type = String(length)


def _setNullable(table: Table, column: str) -> None:
    table.c[column].nullable = True


def _snake(attribute: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in attribute)
