"""Fixtures of every test run: real PostgreSQL and Redis, a fresh migrated database for each test module."""

from __future__ import annotations

import itertools
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from KSysAdmin.backend.infrastructure.database.bootstrap import (
    RolePasswords,
    bootstrapRoles,
    closeDatabase,
    closeSchema,
    toDriverUrl,
)
from KSysAdmin.backend.infrastructure.database.migrate import upgradeToHead
from scripts.stack.ports import OWN_PORTS, shareOfPorts
from scripts.stack.testServices import startTestServices
from shared.backend import hashPool
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.database import engine
from shared.backend.redis.client import RedisClient

PASSWORDS = RolePasswords(owner="owner-for-tests", admin="admin-for-tests", public="public-for-tests")
TEMPLATE = "k_template"
WORKER = "PYTEST_XDIST_WORKER"
# No test is about these bounds, and on a machine that is busy with others a crowd waits longer than they allow.
PATIENCE_S = 120
TEST_MASTER_KEY = "a master key that only ever protects test data"
_databaseNumbers = itertools.count(1)


@dataclass(frozen=True)
class Services:
    """Where this run's PostgreSQL (as superuser) and Redis are."""

    superuserUrl: str
    redisUrl: str


@dataclass(frozen=True)
class DatabaseUrls:
    """One migrated database under each of its three roles, and as superuser for tampering."""

    owner: str
    admin: str
    public: str
    superuser: str


def pytest_configure() -> None:
    """A worker beside others (pytest-xdist) has servers of its own, on ports of its own."""
    if WORKER in os.environ:
        count = int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
        os.environ[OWN_PORTS] = shareOfPorts(int(os.environ[WORKER].removeprefix("gw")), count)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Side by side the long files begin first, and those that wait are mixed with those that compute."""
    if WORKER in os.environ:
        items.sort(key=_turnOf)


def _turnOf(item: pytest.Item) -> tuple[bool, int]:
    return item.get_closest_marker("long") is None, crc32(item.nodeid.partition("::")[0].encode())


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """PostgreSQL and Redis of this run; K_TEST_DATABASE_URL and K_TEST_REDIS_URL name running ones instead."""
    given = os.environ.get("K_TEST_DATABASE_URL"), os.environ.get("K_TEST_REDIS_URL")
    if given[0] and given[1]:
        if WORKER in os.environ:
            pytest.exit("servers that were named are for one worker: run pytest without -n")
        yield Services(given[0], given[1])
        return
    started = startTestServices(Path(tmp_path_factory.getbasetemp()))
    try:
        yield Services(started.superuserUrl, started.redisUrl)
    finally:
        started.stop()


@pytest.fixture(scope="session", autouse=True)
def waitAsLongAsABusyMachineNeeds() -> Iterator[None]:
    """For a row, a connection or a hashing thread: what a server within this process would refuse after seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "LOCK_TIMEOUT_MS", PATIENCE_S * 1000)
        patch.setattr(engine, "STATEMENT_TIMEOUT_MS", PATIENCE_S * 1000)
        patch.setattr(engine, "CONNECT_TIMEOUT_S", PATIENCE_S)
        patch.setattr(engine, "POOL_WAIT_S", PATIENCE_S)
        patch.setattr(hashPool, "TURN_WITHIN_S", PATIENCE_S)
        yield


@pytest.fixture(scope="session", name="templateDatabase")
async def prepareTemplate(services: Services) -> str:
    await bootstrapRoles(services.superuserUrl, TEMPLATE, PASSWORDS)
    await upgradeToHead(_as(services.superuserUrl, "k_owner", PASSWORDS.owner, TEMPLATE))
    return TEMPLATE


@pytest.fixture(scope="module")
async def database(services: Services, templateDatabase: str) -> AsyncIterator[DatabaseUrls]:
    """A database of its own for this module, migrated, dropped afterwards."""
    name = f"k_test_{os.getpid()}_{next(_databaseNumbers)}"
    await _asSuperuser(services, f"CREATE DATABASE {name} TEMPLATE {templateDatabase} OWNER k_owner")
    await _close(services, name)
    yield DatabaseUrls(
        owner=_as(services.superuserUrl, "k_owner", PASSWORDS.owner, name),
        admin=_as(services.superuserUrl, "k_admin", PASSWORDS.admin, name),
        public=_as(services.superuserUrl, "k_public", PASSWORDS.public, name),
        superuser=make_url(services.superuserUrl).set(database=name).render_as_string(hide_password=False),
    )
    await _asSuperuser(services, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
async def redisUrl(services: Services) -> str:
    """This run's Redis, emptied."""
    client = RedisClient(services.redisUrl)
    try:
        await client.flushAll()
    finally:
        await client.close()
    return services.redisUrl


@pytest.fixture(scope="session")
def crypto() -> CryptoFactory:
    return CryptoFactory.fromKeys(TEST_MASTER_KEY, keyId=1)


@pytest.fixture(scope="module")
def serverEnvironment(database: DatabaseUrls, redisUrl: str) -> dict[str, object]:
    """Field values every settings class needs, as keyword arguments: `AuthSettings(**serverEnvironment)`."""
    return {
        "environment": "test",
        "redisUrl": redisUrl,
        "databasePublicUrl": database.public,
        "databaseAdminUrl": database.admin,
        "cryptoMasterKey": TEST_MASTER_KEY,
        "gatewaySharedSecret": "a secret that only the test gateway knows",
        "jobsInServer": False,
    }


async def _asSuperuser(services: Services, statement: str) -> None:
    connection = await asyncpg.connect(toDriverUrl(services.superuserUrl))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _close(services: Services, name: str) -> None:
    connection = await asyncpg.connect(toDriverUrl(services.superuserUrl))
    try:
        await closeDatabase(connection, name)
    finally:
        await connection.close()
    await closeSchema(services.superuserUrl, name)


def _as(superuserUrl: str, role: str, password: str, database: str) -> str:
    url = make_url(superuserUrl).set(username=role, password=password, database=database)
    return url.render_as_string(hide_password=False)
