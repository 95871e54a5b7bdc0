"""What each server's role may do to the identity tables: no more than it needs."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from conftest import DatabaseUrls
from shared.backend.database.engine import Database

PUBLIC_MAY_NOT = [
    "UPDATE user_account SET roles = '{admin}'",
    "UPDATE user_account SET suspended_at = NULL",
    "UPDATE user_account SET created_at = now()",
    "INSERT INTO user_account (roles) VALUES ('{admin}')",
    "TRUNCATE user_account",
    "TRUNCATE user_session",
    "UPDATE user_key SET key_sealed = ''",
    "UPDATE email_change SET new_email_sealed = ''",
    "UPDATE user_session SET device_sealed = ''",
    "DELETE FROM outbox_message",
    "DELETE FROM payment",
    "UPDATE user_session SET user_id = user_id",
    "UPDATE user_session SET created_at = created_at",
    "UPDATE signing_key SET private_sealed = ''",
    "DELETE FROM signing_key",
    "ALTER TABLE user_account ADD COLUMN x int",
    "CREATE TABLE mine (id int)",
    "SELECT * FROM audit_event",
    "DELETE FROM audit_event",
    "SELECT * FROM administrator",
    "SELECT * FROM setting",
]
ADMIN_MAY_NOT = [
    "SELECT * FROM one_time_code",
    "SELECT * FROM refresh_token",
    "SELECT * FROM signing_key",
    "SELECT * FROM email_change",
    "DELETE FROM user_key",
    "UPDATE user_key SET key_sealed = ''",
    "UPDATE user_account SET password_hash = ''",
    "UPDATE user_account SET email_verified_at = now()",
    "INSERT INTO user_session (id) VALUES (NULL)",
    "UPDATE user_session SET secret_hash = ''",
    "DELETE FROM user_account",
]


@pytest.fixture(scope="module")
async def pools(database: DatabaseUrls) -> AsyncIterator[dict[str, Database]]:
    opened = {"public": Database(database.public, poolSize=1), "admin": Database(database.admin, poolSize=1)}
    yield opened
    for pool in opened.values():
        await pool.close()


@pytest.mark.parametrize(
    ("role", "statement"),
    [*(("public", statement) for statement in PUBLIC_MAY_NOT), *(("admin", statement) for statement in ADMIN_MAY_NOT)],
)
async def testARoleIsRefusedWhatItDoesNotNeed(pools: dict[str, Database], role: str, statement: str) -> None:
    async with pools[role].openSession() as session:
        connection = await session.connection()
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
            await connection.execute(text(statement))
