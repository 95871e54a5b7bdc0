"""What is cleaned every few minutes is found by an index: rows that stay for now are not looked at each time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import pytest
from httpx import AsyncClient
from sqlalchemy import event

from KAuthApp.backend.tests.harness import AuthServer

MANY: Final = 3_000
FEW: Final = 50
Plan = Mapping[str, object]

# Applied changes that can still be taken back for days.
CHANGES: Final = """
    INSERT INTO email_change (id, user_id, new_email_sealed, old_email_sealed, created_at, expires_at, applied_at,
                              revert_until)
    SELECT gen_random_uuid(), (SELECT id FROM user_account WHERE email = :email), 'new', 'old',
           now() - interval '3 days', now() - interval '2 days', now() - interval '3 days', now() + interval '4 days'
    FROM generate_series(1, :count)
"""
# Registrations of the last hour, whose addresses may still be proven.
REGISTRATIONS: Final = """
    INSERT INTO user_account (id, email, email_as_given, locale, password_hash, password_changed_at, status,
                              created_at, updated_at)
    SELECT gen_random_uuid(), 'waits-' || n || '@example.com', 'waits-' || n || '@example.com', 'en', 'x', now(),
           'pendingVerification', now() - interval '1 hour', now() - interval '1 hour'
    FROM generate_series(1, :count) AS n
"""


@contextmanager
def deletesFrom(server: AuthServer, table: str) -> Iterator[list[tuple[str, tuple[object, ...]]]]:
    """What is sent to PostgreSQL to delete from this table, with its values."""
    seen: list[tuple[str, tuple[object, ...]]] = []

    def note(_c: object, _u: object, statement: str, parameters: tuple[object, ...], *_: object) -> None:
        if statement.split()[:3] == ["DELETE", "FROM", table]:
            seen.append((statement, parameters))

    engine = server.resources.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def lookedAtInVain(plan: Plan) -> int:
    """Rows that were read and not wanted, in the whole plan."""
    removed = [value for name, value in plan.items() if name.startswith("Rows Removed by")]
    inner = plan.get("Plans", [])
    assert isinstance(inner, list)
    return sum(int(str(value)) for value in removed) + sum(lookedAtInVain(each) for each in inner)


@pytest.mark.parametrize("table", ["email_change", "user_account"])
async def testWhatStaysIsNotLookedAtAgainAndAgain(server: AuthServer, client: AsyncClient, table: str) -> None:
    person = await server.register(client)
    if table == "email_change":
        await server.rows(CHANGES, email=person.email, count=MANY)
    else:
        await server.rows(REGISTRATIONS, count=MANY)
    await server.rows(f"ANALYZE {table}")
    with deletesFrom(server, table) as seen:
        await clean(server)
    plan = await planOf(server, *seen[0])
    assert lookedAtInVain(plan) < FEW, json.dumps(plan, indent=1)


async def clean(server: AuthServer) -> None:
    for job in server.service.module.jobs:
        if job.name.startswith("auth.remove"):
            await job.run()


async def planOf(server: AuthServer, statement: str, values: tuple[object, ...]) -> Plan:
    """As it is really run; what it does is not kept."""
    async with server.truth.openSession() as session:
        connection = await session.connection()
        explained = await connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values)
        [result] = explained.scalar_one()
        plan: Plan = result["Plan"]
        return plan
