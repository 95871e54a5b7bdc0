from __future__ import annotations

import os
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from conftest import PASSWORDS, Services
from KSysAdmin.backend.infrastructure.database.bootstrap import bootstrapRoles, toDriverUrl
from KSysAdmin.backend.infrastructure.database.migrate import (
    downgradeTo,
    ensureNothingToMigrate,
    upgradeTo,
    upgradeToHead,
)

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009")
WHAT_EXISTS = (
    "SELECT string_agg(thing, E'\\n' ORDER BY thing) FROM ("
    " SELECT format('%s %s', relkind, relname) AS thing FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    "  AND relname NOT LIKE 'alembic%'"
    " UNION ALL SELECT format('function %s', oid::regprocedure) FROM pg_proc"
    "  WHERE pronamespace = 'public'::regnamespace"
    " UNION ALL SELECT format('trigger %s %s', tgrelid::regclass, tgname) FROM pg_trigger WHERE NOT tgisinternal"
    " UNION ALL SELECT format('grant %s %s %s', relname, acl.grantee::regrole, acl.privilege_type)"
    "  FROM pg_class, aclexplode(relacl) acl WHERE relnamespace = 'public'::regnamespace"
    "   AND relname NOT LIKE 'alembic%') AS things"
)


@pytest.fixture
async def emptyDatabase(services: Services) -> AsyncIterator[str]:
    """A database without any table, as its owner."""
    name = f"k_walk_{os.getpid()}"
    await bootstrapRoles(services.superuserUrl, name, PASSWORDS)
    url = make_url(services.superuserUrl).set(username="k_owner", password=PASSWORDS.owner, database=name)
    yield url.render_as_string(hide_password=False)
    connection = await asyncpg.connect(toDriverUrl(services.superuserUrl))
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


async def whatExists(url: str) -> str | None:
    connection = await asyncpg.connect(toDriverUrl(url))
    try:
        found = await connection.fetchval(WHAT_EXISTS)
        return None if found is None else str(found)
    finally:
        await connection.close()


async def testTheModelsSayNothingTheMigrationsDoNot(emptyDatabase: str) -> None:
    await upgradeToHead(emptyDatabase)
    await ensureNothingToMigrate(emptyDatabase)


async def testUpDownUpLeavesTheSameSchema(emptyDatabase: str) -> None:
    before = await whatExists(emptyDatabase)
    stations: list[str | None] = [before]
    for revision in REVISIONS:
        await upgradeTo(emptyDatabase, revision)
        stations.append(await whatExists(emptyDatabase))
    for revision, station in zip((*reversed(REVISIONS[:-1]), "base"), reversed(stations[:-1]), strict=True):
        await downgradeTo(emptyDatabase, revision)
        assert await whatExists(emptyDatabase) == station, f"after going down to {revision}"
    await upgradeToHead(emptyDatabase)
    assert await whatExists(emptyDatabase) == stations[-1]


async def testMigratingTwiceAndBootstrappingAgainChangesNothing(emptyDatabase: str, services: Services) -> None:
    await upgradeToHead(emptyDatabase)
    before = await whatExists(emptyDatabase)
    await upgradeToHead(emptyDatabase)
    await bootstrapRoles(services.superuserUrl, str(make_url(emptyDatabase).database), PASSWORDS)
    assert await whatExists(emptyDatabase) == before
