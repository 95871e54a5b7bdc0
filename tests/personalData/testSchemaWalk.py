"""No table with a path to a person without an exporter and an eraser; no personal column that nobody has declared."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Final, Protocol

import asyncpg
import pytest
from sqlalchemy import Table
from sqlalchemy.orm import registry

from conftest import DatabaseUrls
from KAuthApp.backend.compositionRoot import authPersonalTables
from KAuthApp.backend.domain.models.authTable import authRegistry
from KAuthApp.backend.infrastructure.security.cryptoSecretMaker import CryptoSecretMaker
from KSysAdmin.backend.domain.models.adminTable import adminRegistry
from KSysAdmin.backend.domain.models.allModels import __doc__ as allModels
from KSysAdmin.backend.infrastructure.database.bootstrap import toDriverUrl
from KSysPayment.backend.compositionRoot import paymentPersonalTables
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.database.table import PERSONAL

# Names by which a column refers to a person. Hashes and keyed indexes of an address do too.
REFERS: Final = re.compile(
    r"(^|_)(user|owner|person|customer|payer|merchant|member|actor|target|subject)_id$"
    r"|(^|_)(email|full_name|phone|birth\w*|nickname|photo|ip|client_address|address_index|user_agent|device_sealed)($|_)"
)
# Names of columns whose text is about a person, unless it is a time, a hash or a mark.
PERSONAL_NAMES: Final = re.compile(
    r"(^|_)(email|full_name|first_name|last_name|phone|birth\w*|nickname|photo|ip|client_address|user_agent|device_sealed)"
    r"($|_)"
)
NOT_THE_THING: Final = re.compile(r"_(at|hash|index|id|tag)$")

# Columns of these are called as if they were about a person, and are not.
MISNAMED: Final = {"rate_limit_policy": "its scopes are called ip and user"}

COLUMNS: Final = """
SELECT c.relname AS "table", a.attname AS "column", format_type(a.atttypid, NULL) AS kind
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'm')
"""
REFERENCES: Final = """
SELECT conrelid::regclass::text AS "from", confrelid::regclass::text AS "to" FROM pg_constraint
WHERE contype = 'f' AND connamespace = 'public'::regnamespace
"""

PLANTED: Final = {
    "by a foreign key": "CREATE TABLE user_photo (id uuid PRIMARY KEY, whose uuid REFERENCES user_account (id))",
    "by a key of a table that has one": "CREATE TABLE session_note (id uuid, at uuid REFERENCES user_session (id))",
    "by the name of a column": "CREATE TABLE wish_list (id uuid PRIMARY KEY, owner_id uuid)",
    "by an address": "CREATE TABLE newsletter (email varchar(254) PRIMARY KEY)",
    "by a key, though administrators are named too": "CREATE TABLE ticket (about uuid REFERENCES user_account (id),"
    " by uuid REFERENCES administrator (id))",
    "by the hash of an address": "CREATE TABLE bounce (email_hash varchar(64) PRIMARY KEY)",
}


class SqlConnection(Protocol):
    async def execute(self, query: str, *args: object) -> str: ...

    async def fetch(self, query: str, *args: object) -> Sequence[Mapping[str, object]]: ...


@pytest.fixture
async def migrated(database: DatabaseUrls) -> AsyncIterator[SqlConnection]:
    """The migrated database, in a transaction that is rolled back."""
    connection = await asyncpg.connect(toDriverUrl(database.owner))
    await connection.execute("BEGIN")
    yield connection
    await connection.execute("ROLLBACK")
    await connection.close()


@pytest.fixture(scope="module")
def declared(crypto: CryptoFactory) -> Sequence[str]:
    """Tables with an exporter and an eraser, as the public server composes them."""
    tables = [*paymentPersonalTables(), *authPersonalTables(CryptoSecretMaker(crypto))]
    return [table.name for table in tables]


async def testEveryTableWithAPathToAPersonIsExportedAndErased(migrated: SqlConnection, declared: Sequence[str]) -> None:
    found = await tablesWithAPath(migrated)
    assert found - {*declared} == set(), "declare how they are exported and erased"


async def testNothingIsDeclaredTwiceOrInVain(migrated: SqlConnection, declared: Sequence[str]) -> None:
    assert len(declared) == len(set(declared))
    assert set(declared) - await tablesWithAPath(migrated) == set(), "no path leads there (any more)"


@pytest.mark.parametrize("planted", PLANTED)
async def testAPlantedTableIsFound(migrated: SqlConnection, declared: Sequence[str], planted: str) -> None:
    statement = PLANTED[planted]
    await migrated.execute(statement)
    missing = await tablesWithAPath(migrated) - {*declared}
    assert missing == {statement.split()[2]}


async def testEveryPersonalColumnSaysSoOnItsModel(migrated: SqlConnection) -> None:
    assert await undeclaredColumns(migrated) == set()


async def testAPlantedColumnIsFound(migrated: SqlConnection) -> None:
    await migrated.execute("ALTER TABLE user_account ADD COLUMN phone varchar(40)")
    await migrated.execute("ALTER TABLE known_device ADD COLUMN ip varchar(45)")
    assert await undeclaredColumns(migrated) == {"user_account.phone", "known_device.ip"}


@pytest.mark.parametrize("tables", [adminRegistry, authRegistry], ids=["owner", "KAuthApp"])
def testWhatIsPersonalAndNotSearchedIsSealed(tables: registry) -> None:
    plain = {
        name
        for name, protection in personalColumns(tables).items()
        if protection == "sealed" and not name.endswith("_sealed") and name != "audit_event.client_address"
    }
    assert plain == set()
    searched = {name for name, protection in personalColumns(tables).items() if protection == "searched"}
    assert searched == {"user_account.email", "user_account.email_as_given", "user_account.full_name"}


def testCopiesDeclareWhatTheOwnerDeclares() -> None:
    owners, copies = personalColumns(adminRegistry), personalColumns(authRegistry)
    copied = {table.name for table in mappedTables(authRegistry)}
    assert copies == {name: said for name, said in owners.items() if name.split(".")[0] in copied}


async def tablesWithAPath(connection: SqlConnection) -> set[str]:
    """Tables whose columns refer to a person by name, and all from which foreign keys lead to them."""
    columns, references = await connection.fetch(COLUMNS), await connection.fetch(REFERENCES)
    named = {str(row["table"]) for row in columns if REFERS.search(str(row["column"]))}
    reached = closure({"user_account", *named}, references)
    return reached - await tablesOfOperators(connection) - {*MISNAMED}


async def tablesOfOperators(connection: SqlConnection) -> set[str]:
    """Those of administrators, who are no users and whose deeds are accounted for; none that hangs on a user too."""
    columns, references = await connection.fetch(COLUMNS), await connection.fetch(REFERENCES)
    ofUsers = {str(row["table"]) for row in columns if row["column"] in {"user_id", "owner_id"}}
    return closure({"administrator"}, references) - closure({"user_account", *ofUsers}, references)


def closure(tables: Collection[str], references: Sequence[Mapping[str, object]]) -> set[str]:
    """These tables and every one with a chain of foreign keys to one of them."""
    reached = set(tables)
    while True:
        more = {str(row["from"]) for row in references if row["to"] in reached} - reached
        if not more:
            return reached
        reached |= more


async def undeclaredColumns(connection: SqlConnection) -> set[str]:
    declared = personalColumns(adminRegistry)
    texts = [row for row in await connection.fetch(COLUMNS) if row["kind"] in {"character varying", "text", "bytea"}]
    named = {
        f"{row['table']}.{row['column']}"
        for row in texts
        if PERSONAL_NAMES.search(str(row["column"])) and not NOT_THE_THING.search(str(row["column"]))
    }
    operators = await tablesOfOperators(connection)
    return {name for name in named - set(declared) if name.split(".")[0] not in {*operators, *MISNAMED}}


def mappedTables(tables: registry) -> Sequence[Table]:
    assert allModels
    return [mapper.local_table for mapper in tables.mappers if isinstance(mapper.local_table, Table)]


def personalColumns(tables: registry) -> Mapping[str, str]:
    """What the models say of their columns: sealed, or searched and therefore readable."""
    return {
        f"{table.name}.{column.name}": str(column.info[PERSONAL])
        for table in mappedTables(tables)
        for column in table.columns
        if PERSONAL in column.info
    }
