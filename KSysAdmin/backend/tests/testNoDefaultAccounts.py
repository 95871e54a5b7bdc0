from __future__ import annotations

import asyncpg
import pytest

from conftest import DatabaseUrls
from KSysAdmin.backend.infrastructure.database.bootstrap import toDriverUrl


@pytest.mark.parametrize("table", ["administrator", "administrator_invitation", "user_account", "api_key"])
async def testNobodyHasAnAccountInANewDatabase(database: DatabaseUrls, table: str) -> None:
    connection = await asyncpg.connect(toDriverUrl(database.superuser))
    try:
        assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0  # noqa: S608 - names of this file
    finally:
        await connection.close()
