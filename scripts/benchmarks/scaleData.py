"""A platform that has been running for two years, written straight into its tables by their superuser."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

import asyncpg

from KSysAdmin.backend.infrastructure.database.bootstrap import toDriverUrl
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.personalSealer import PersonalSealer

FILLED: Final = ("user_account", "user_session", "audit_event")
SUBJECTS: Final = 400
DEVICE: Final = (
    '{"ip":"203.0.113.77","userAgent":"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}'
)


class SqlConnection(Protocol):
    """What is used of the driver's connection."""

    async def execute(self, query: str, *args: object) -> str: ...

    async def executemany(self, query: str, args: Sequence[Sequence[object]]) -> None: ...

    async def fetch(self, query: str, *args: object) -> list[Mapping[str, object]]: ...


@dataclass(frozen=True)
class Amounts:
    """How many rows there are of each."""

    users: int
    sessions: int
    auditEvents: int

    def dividedBy(self, divisor: int) -> Amounts:
        return Amounts(*(max(1, each // divisor) for each in (self.users, self.sessions, self.auditEvents)))


# A time-ordered id (UUIDv7) of that moment. Words are skewed: a few are everywhere, most are rare.
PREPARE: Final = (
    "SET session_replication_role = replica",
    "SELECT setseed(0.42)",
    """
    CREATE FUNCTION pg_temp.id_at(at timestamptz) RETURNS uuid LANGUAGE sql VOLATILE RETURN (
        overlay(overlay(gen_random_uuid()::text
            PLACING regexp_replace(lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0'), '(.{8})', '\\1-')
            FROM 1 FOR 13) PLACING '7' FROM 15 FOR 1))::uuid
    """,
    """
    CREATE FUNCTION pg_temp.some(known text[], others int, prefix text) RETURNS text LANGUAGE sql VOLATILE AS $$
        SELECT coalesce(known[n], initcap(prefix || substr(md5(n::text), 1, 6)))
        FROM (SELECT 1 + floor(others * random() ^ 3)::int AS n) AS chosen
    $$
    """,
)

USERS: Final = """
    INSERT INTO user_account (id, email, email_as_given, full_name, locale, password_hash, password_changed_at, status,
        email_verified_at, suspended_at, suspended_reason, roles, created_at, updated_at, last_login_at)
    SELECT pg_temp.id_at(at), address, address, first || ' ' || last, CASE WHEN n % 3 = 0 THEN 'en' ELSE 'id' END,
        '$argon2id$v=19$m=19456,t=2,p=1$' || md5(n::text) || md5(address), at,
        CASE WHEN n % 300 = 0 THEN 'suspended' WHEN n % 25 = 0 THEN 'pendingVerification' ELSE 'active' END,
        CASE WHEN n % 25 = 0 THEN NULL ELSE at END, CASE WHEN n % 300 = 0 THEN at END,
        CASE WHEN n % 300 = 0 THEN 'chargeback fraud' END,
        CASE WHEN n % 2 = 0 THEN ARRAY['merchant'] WHEN n % 5003 = 0 THEN ARRAY['auditor'] ELSE '{}' END::varchar[],
        at, at, at + interval '3 days'
    FROM (
        SELECT n, now() - interval '2 years' * (1 - n::float / $1) AS at, first, last,
            lower(first || '.' || last || n || '@' || domain) AS address
        FROM (
            SELECT n, pg_temp.some('{Budi,Siti,Agus,Dewi,Putri,Rina,Eko,Wahyu,Müller,Ngozi}', 2000, 'n') AS first,
                pg_temp.some('{Santoso,Wijaya,Lestari,Hidayat,Nugroho,Utami,Smith}', 20000, 'f') AS last,
                CASE WHEN n % 2 = 0 THEN 'gmail.com' ELSE pg_temp.some('{yahoo.com}', 3000, 'shop.c') END AS domain
            FROM generate_series(1, $1::int) AS n
        ) AS named
    ) AS person
"""

NUMBERED: Final = (
    "CREATE TEMP TABLE numbered AS SELECT row_number() OVER (ORDER BY created_at, id)::int AS n, id FROM user_account",
    "CREATE UNIQUE INDEX ON numbered (n)",
    "ANALYZE numbered",
)

SESSIONS: Final = """
    INSERT INTO user_session (id, user_id, client, secret_hash, auth_methods, created_at, authenticated_at,
        last_seen_at, idle_expires_at, expires_at, ended_at, end_reason, device_sealed, device_label)
    SELECT pg_temp.id_at(at), owner.id, CASE WHEN s % 10 = 0 THEN 'api' ELSE 'browser' END,
        encode(sha256(s::text::bytea), 'hex'), '{password}', at, at, at + interval '1 hour', at + interval '30 days',
        at + interval '30 days', CASE WHEN s % 10 < 3 THEN at + interval '2 hours' END,
        CASE WHEN s % 10 < 3 THEN 'logout' END, repeat(md5(s::text), 8), 'Firefox on Linux'
    FROM (
        SELECT s, now() - interval '40 days' * (1 - s::float / $1) AS at, 1 + floor(random() * $2)::int AS n
        FROM generate_series(1, $1::int) AS s
    ) AS opened JOIN numbered AS owner ON owner.n = opened.n
    ORDER BY s
"""

# Each chain counts without gaps. One administrator left long ago; one kind of event is that old and that rare.
AUDIT: Final = """
    INSERT INTO audit_event (id, chain, seq, occurred_at, actor_kind, actor_id, action, target_kind, target_id,
        before_state, after_state, request_id, client_address, previous_hash, hash)
    SELECT pg_temp.id_at(at), chain, seq, at, actor_kind,
        CASE actor_kind
            WHEN 'user' THEN owner.id::text
            WHEN 'administrator' THEN '00000000-0000-7000-8000-' || lpad(
                (CASE WHEN e < $1 / 10 THEN 1 ELSE 2 + floor(23 * random() ^ 2)::int END)::text, 12, '0')
            WHEN 'system' THEN CASE chain WHEN 'auth' THEN 'kauth' ELSE 'kpayment' END
            WHEN 'bank' THEN 'bri' ELSE 'anonymous'
        END,
        action, target_kind, CASE WHEN target_kind = 'user' THEN owner.id::text ELSE pg_temp.id_at(at)::text END,
        CASE WHEN e % 5 = 0 THEN '{"status": "active", "suspendedReason": null}'::jsonb END,
        jsonb_build_object('status', 'active', 'number', e), gen_random_uuid()::text,
        CASE WHEN e % 20 = 0 THEN '203.0.113.' || e % 250 END, sha256((chain || (seq - 1))::bytea),
        sha256((chain || seq)::bytea)
    FROM (
        SELECT e, at, n,
            CASE WHEN e % 20 = 0 THEN 'admin' WHEN e % 20 < 6 THEN 'payment' ELSE 'auth' END AS chain,
            CASE WHEN e % 20 = 0 THEN e / 20 WHEN e % 20 < 6 THEN e / 20 * 5 + e % 20
                ELSE e / 20 * 14 + e % 20 - 5 END AS seq,
            (CASE WHEN e % 20 = 0 THEN ARRAY['administrator'] WHEN e % 20 < 6 THEN ARRAY['system', 'bank', 'user']
                ELSE ARRAY['user', 'user', 'user', 'anonymous', 'system'] END) AS actors,
            (CASE WHEN e % 100000 = 0 AND e < $1 / 10 THEN ARRAY['role.removed:role']
                WHEN e % 20 = 0 THEN ARRAY['user.suspended:user', 'user.reactivated:user', 'user.sessionsRevoked:user',
                    'user.rolesChanged:user', 'setting.changed:setting', 'administrator.signedIn:administrator']
                WHEN e % 20 < 6 THEN ARRAY['payment.created:payment', 'payment.paid:payment', 'refund.created:refund',
                    'payment.expired:payment']
                ELSE ARRAY['auth.signedIn:session', 'auth.tokensRefreshed:session', 'auth.signedOut:session',
                    'auth.codeIssued:user', 'auth.passwordChanged:user', 'auth.registered:user',
                    'auth.profileChanged:user'] END) AS deeds
        FROM (
            SELECT e, now() - interval '2 years' * (1 - e::float / $1) AS at, 1 + floor(random() * $2)::int AS n
            FROM generate_series(1, $1::int) AS e
        ) AS placed
    ) AS chained
    JOIN numbered AS owner ON owner.n = chained.n,
    LATERAL (SELECT actors[1 + e % array_length(actors, 1)] AS actor_kind, deeds[1 + e / 20 % array_length(deeds, 1)]
        AS deed) AS chosen,
    LATERAL (SELECT split_part(deed, ':', 1) AS action, split_part(deed, ':', 2) AS target_kind) AS split
    ORDER BY e
"""

CONTINUE_CHAINS: Final = """
    UPDATE audit_chain_head AS head SET seq = last.seq, hash = sha256((head.chain || last.seq)::bytea)
    FROM (SELECT chain, max(seq) AS seq FROM audit_event GROUP BY chain) AS last WHERE last.chain = head.chain
"""

INDEXES: Final = """
    SELECT index.relname AS name, pg_get_indexdef(index.oid) AS definition
    FROM pg_index JOIN pg_class AS index ON index.oid = indexrelid
    WHERE indrelid = ANY($1::text[]::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""

SUBJECTS_OF: Final = """
    SELECT id FROM numbered JOIN user_account USING (id) WHERE n % $2 = $2 / 2 AND status = 'active' AND EXISTS (
        SELECT FROM user_session WHERE user_id = numbered.id AND ended_at IS NULL AND expires_at > now()
    ) ORDER BY md5(id::text) LIMIT $1
"""


async def fill(superuserUrl: str, amounts: Amounts, crypto: CryptoFactory) -> Sequence[UUID]:
    """The rows, their indexes and what the planner knows of them; the users whose sessions can be shown whole."""
    connection: SqlConnection = await asyncpg.connect(toDriverUrl(superuserUrl))
    indexes = await connection.fetch(INDEXES, FILLED)
    for index in indexes:
        await connection.execute(f'DROP INDEX "{index["name"]}"')
    for statement in PREPARE:
        await connection.execute(statement)
    await _timed(connection, f"{amounts.users:,} users", USERS, amounts.users)
    for statement in NUMBERED:
        await connection.execute(statement)
    await _timed(connection, f"{amounts.sessions:,} sessions", SESSIONS, amounts.sessions, amounts.users)
    await _timed(connection, f"{amounts.auditEvents:,} audit events", AUDIT, amounts.auditEvents, amounts.users)
    await connection.execute(CONTINUE_CHAINS)
    startedAt = time.monotonic()
    for index in indexes:
        await connection.execute(str(index["definition"]))
    subjects = await _sealDevices(connection, crypto, max(1, amounts.users // (4 * SUBJECTS)))
    await connection.execute(f"VACUUM (ANALYZE) {', '.join(FILLED)}")
    print(f"  indexes and statistics in {time.monotonic() - startedAt:.0f} s", flush=True)
    return subjects


async def _timed(connection: SqlConnection, what: str, statement: str, *arguments: object) -> None:
    startedAt = time.monotonic()
    await connection.execute(statement, *arguments)
    print(f"  {what} in {time.monotonic() - startedAt:.0f} s", flush=True)


async def _sealDevices(connection: SqlConnection, crypto: CryptoFactory, stride: int) -> Sequence[UUID]:
    """Some users get the key they would have, and their sessions what it sealed."""
    sealer = PersonalSealer(crypto)
    live = "SELECT id, user_id FROM user_session WHERE user_id = ANY($1::uuid[])"
    users = [UUID(str(row["id"])) for row in await connection.fetch(SUBJECTS_OF, SUBJECTS, stride)]
    keys = {userId: sealer.newKey(userId) for userId in users}
    await connection.executemany("INSERT INTO user_key VALUES ($1, $2, now())", list(keys.items()))
    sessions = [(UUID(str(row["id"])), UUID(str(row["user_id"]))) for row in await connection.fetch(live, users)]
    sealed = [
        (sessionId, sealer.seal(userId, keys[userId], DEVICE, f"session:{sessionId}:device"))
        for sessionId, userId in sessions
    ]
    await connection.executemany("UPDATE user_session SET device_sealed = $2 WHERE id = $1", sealed)
    return users
