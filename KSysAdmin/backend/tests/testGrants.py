from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from conftest import DatabaseUrls
from KSysAdmin.backend.infrastructure.database.bootstrap import toDriverUrl
from KSysAdmin.backend.tests.conftest import SqlConnection

NOBODY_BUT_THE_OWNER = (
    "CREATE TABLE mine (id int)",
    "CREATE TEMP TABLE mine (id int)",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "ALTER TABLE audit_event ADD COLUMN more int",
    "ALTER TABLE audit_event DISABLE TRIGGER USER",
    "DROP TABLE rate_limit_policy",
    "DROP TRIGGER audit_event_append_only ON audit_event",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "INSERT INTO audit_event SELECT * FROM audit_event",
    "UPDATE audit_event SET action = 'x'",
    "DELETE FROM audit_event",
    "TRUNCATE audit_event",
    "UPDATE audit_chain_head SET seq = 0",
    "DELETE FROM audit_chain_head",
    "UPDATE entry SET amount_minor = 1",
    "DELETE FROM entry",
    "INSERT INTO entry SELECT * FROM entry",
    "TRUNCATE entry",
    "UPDATE journal SET kind = 'x'",
    "DELETE FROM journal",
    "DELETE FROM outbox_message",
    "UPDATE outbox_message SET payload = '{}'",
    "UPDATE receipt SET amount_minor = 1",
    "DELETE FROM receipt",
    "ALTER ROLE k_public SUPERUSER",
    "CREATE ROLE more",
    "SET ROLE k_owner",
    "SET SESSION AUTHORIZATION k_owner",
    "COPY audit_event TO PROGRAM 'cat'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT 1 FROM pg_authid",
)

NOT_THE_ADMIN_SERVER = (
    "SELECT private_sealed FROM signing_key",
    "UPDATE user_account SET password_hash = 'x'",
    "UPDATE user_account SET email = 'x'",
    "SELECT password_hash FROM user_account",
    "SELECT secret_hash FROM user_session",
    "INSERT INTO user_account (id) SELECT id FROM user_account",
    "DELETE FROM user_account",
    "SELECT token_hash FROM refresh_token",
    "SELECT code_hash FROM one_time_code",
    "INSERT INTO payment SELECT * FROM payment",
    "UPDATE payment SET received_minor = 1",
    "UPDATE payment SET status = 'paid'",
    "DELETE FROM payment",
    "UPDATE bank_call SET outcome = 'ok'",
    "UPDATE setting_history SET key = 'x'",
    "DELETE FROM setting_history",
    "DELETE FROM administrator",
    "UPDATE administrator SET email = 'x'",
    "UPDATE administrator_session SET secret_hash = 'x'",
    "UPDATE administrator_passkey SET public_key = ''",
    "UPDATE administrator_passkey SET credential_id = ''",
    "SELECT public_key FROM user_passkey",
    "UPDATE user_passkey SET name = 'x'",
    "SELECT secret_sealed FROM user_totp",
    "SELECT code_hash FROM user_recovery_code",
    "INSERT INTO user_recovery_code (id) SELECT id FROM user_recovery_code",
    "UPDATE user_totp SET confirmed_at = now()",
    "SELECT web_authn_challenge FROM sign_in_challenge",
    "UPDATE sign_in_challenge SET failed_tries = 0",
    "DELETE FROM sign_in_challenge",
    "UPDATE administrator_invitation SET token_hash = 'x'",
    "UPDATE role SET built_in = false",
    "DELETE FROM publication",
    "DELETE FROM penalty_box",
    "INSERT INTO penalty_box SELECT * FROM penalty_box",
)

NOT_THE_PUBLIC_SERVER = (
    "SELECT 1 FROM setting",
    "SELECT 1 FROM setting_history",
    "SELECT 1 FROM rate_limit_policy",
    "UPDATE rate_limit_policy SET enabled = false",
    "SELECT 1 FROM address_entry",
    "SELECT 1 FROM penalty_box",
    "SELECT 1 FROM publication",
    "SELECT 1 FROM administrator",
    "SELECT 1 FROM administrator_session",
    "SELECT 1 FROM administrator_totp",
    "SELECT 1 FROM administrator_passkey",
    "SELECT 1 FROM administrator_recovery_code",
    "SELECT 1 FROM administrator_challenge",
    "SELECT 1 FROM administrator_invitation",
    "SELECT 1 FROM role",
    "SELECT 1 FROM audit_event",
    "SELECT 1 FROM audit_chain_head",
    "SELECT verify_audit_chain('auth')",
    "INSERT INTO role_permission SELECT * FROM role_permission",
)


@pytest.fixture(scope="module")
async def asAdmin(database: DatabaseUrls) -> AsyncIterator[SqlConnection]:
    connection = await asyncpg.connect(toDriverUrl(database.admin))
    yield connection
    await connection.close()


@pytest.fixture(scope="module")
async def asPublic(database: DatabaseUrls) -> AsyncIterator[SqlConnection]:
    connection = await asyncpg.connect(toDriverUrl(database.public))
    yield connection
    await connection.close()


@pytest.mark.parametrize("statement", [*NOBODY_BUT_THE_OWNER, *NOT_THE_ADMIN_SERVER])
async def testTheAdminServerMayNot(asAdmin: SqlConnection, statement: str) -> None:
    await refused(asAdmin, statement)


@pytest.mark.parametrize("statement", [*NOBODY_BUT_THE_OWNER, *NOT_THE_PUBLIC_SERVER])
async def testThePublicServerMayNot(asPublic: SqlConnection, statement: str) -> None:
    await refused(asPublic, statement)


async def testEveryTableIsGrantedOnPurpose(sql: SqlConnection) -> None:
    """A table nobody granted to anybody was probably forgotten; one granted to everybody certainly."""
    rows = await sql.fetch(
        "SELECT c.relname, array_agg(DISTINCT acl.grantee::regrole::text) AS grantees FROM pg_class c"
        " LEFT JOIN LATERAL aclexplode(c.relacl) acl ON true"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' GROUP BY c.relname"
    )
    everybody = [row["relname"] for row in rows if "-" in str(row["grantees"])]
    assert everybody == []


async def testFunctionsAreNobodysByDefault(sql: SqlConnection) -> None:
    rows = await sql.fetch(
        "SELECT p.oid::regprocedure::text AS name FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace"
        " AND p.prosecdef AND (p.proacl IS NULL OR EXISTS"
        " (SELECT FROM aclexplode(p.proacl) acl WHERE acl.grantee = 0))"
    )
    assert [row["name"] for row in rows] == [], "a function with its owner's rights that everybody may call"


async def testFunctionsWithTheOwnersRightsFixTheirSearchPath(sql: SqlConnection) -> None:
    rows = await sql.fetch(
        "SELECT p.oid::regprocedure::text AS name FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace"
        " AND p.prosecdef AND NOT coalesce(array_to_string(p.proconfig, ',') LIKE '%search_path=%', false)"
    )
    assert [row["name"] for row in rows] == []


async def refused(connection: SqlConnection, statement: str) -> None:
    await connection.execute("BEGIN")
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.execute("ROLLBACK")
