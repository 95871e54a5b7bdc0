"""A merchant takes everything along from every service, and leaves the books a number."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from httpx import AsyncClient

from conftest import DatabaseUrls
from KAuthApp.backend.tests.harness import AuthServer, AuthTestSettings, Person, runServer
from KSysPayment.backend.compositionRoot import paymentPersonalTables
from KSysPayment.backend.infrastructure.database import personalTables
from shared.backend.database.personalTables import PAGE_ROWS
from shared.backend.utils.uuid import generateId

WORDS = "tuition of Budi Santoso"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEPT = {
    "audit_event",
    "bank_call",
    "entry",
    "ledger_account",
    "payment",
    "payment_attempt",
    "payment_event",
    "payment_exception",
    "receipt",
    "receipt_evidence",
}

PAYMENT = """
INSERT INTO payment (id, owner_id, reference, status, needs_review, method, currency, amount_minor, received_minor,
  refund_reserved_minor, refunded_minor, description, merchant_metadata, checkout_token, created_at, updated_at,
  expires_at, version)
VALUES (:id, :owner, :reference, 'unknown', false, 'briva', 'IDR', 15000000, 0, 0, 0, CAST(:words AS text),
  jsonb_build_object('note', CAST(:words AS text)), :token, :at, :at, :later, 1)
"""
ATTEMPT = """
INSERT INTO payment_attempt (id, payment_id, bank_account, method, state, partner_reference, external_day, external_id,
  partner_service_id, customer_no, virtual_account_no, account_name, currency, amount_minor, expires_at, created_at,
  deadline_at, check_count)
VALUES (:id, :payment, 'bri-1', 'briva', 'sent', CAST(:token AS text), '2026-11-21', CAST(:token AS text), '14888',
  CAST(:token AS text), :account, 'K', 'IDR', 15000000, :later, :at, :later, 0)
"""
CALL = """
INSERT INTO bank_call (id, bank_account, attempt_id, operation, http_method, path, request_headers, request_body,
  outcome, started_at, latency_ms)
VALUES (:id, 'bri-1', :attempt, 'createVa', 'POST', '/snap/v1.0/transfer-va/create-va', '{"X-SIGNATURE": "masked"}',
  '{}', 'ok', :at, 5)
"""
IDEMPOTENCY = """
INSERT INTO idempotency_key (owner_id, key, request_hash, recovery_point, resource_id, locked_until, response_body,
  created_at)
VALUES (:owner, CAST(:token AS text), 'x', 'finished', :payment, :at,
  jsonb_build_object('description', CAST(:words AS text)), :at)
"""
RECEIPT = "SELECT receipt_id FROM take_receipt(:id, 'bri-1', :token, 'bank', :account, 'IDR', 14000000, :at,"
RECEIPT += " 'notification', :attempt, :at)"
SETTLE = "SELECT settle_receipt(:id, 'applied', 'amountDiffers', 'less came than was asked', 0, :at)"


@pytest.fixture(scope="module")
async def server(serverEnvironment: dict[str, object], database: DatabaseUrls) -> AsyncIterator[AuthServer]:
    """Sign-in, composed with what payments hold of a person, as the public server does it."""
    settings = AuthTestSettings.model_validate(serverEnvironment)
    async with runServer(settings, database.superuser, paymentPersonalTables()) as running:
        yield running


@pytest.fixture
async def client(server: AuthServer) -> AsyncIterator[AsyncClient]:
    async with server.browser() as opened:
        yield opened


async def aMerchant(server: AuthServer, client: AsyncClient) -> tuple[Person, UUID, dict[str, str]]:
    """Somebody with one payment that was paid in part: a row in every table of KSysPayment that leads to a person."""
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    owner = UUID((await client.get("/api/auth/me")).json()["id"])
    await pay(server, owner)
    return person, owner, csrf


async def pay(server: AuthServer, owner: UUID) -> None:
    payment, attempt, receipt, token = generateId(), generateId(), generateId(), generateId().hex[-12:]
    values: Mapping[str, object] = {"at": NOON, "later": NOON + timedelta(days=1), "token": token, "words": WORDS}
    account = f"14888{token}"
    await server.rows(PAYMENT, id=payment, owner=owner, reference=token, **values)
    await server.rows(ATTEMPT, id=attempt, payment=payment, account=account, **values)
    await server.rows(CALL, id=generateId(), attempt=attempt, at=NOON)
    await server.rows(IDEMPOTENCY, owner=owner, payment=payment, **values)
    await server.rows(RECEIPT, id=receipt, account=account, attempt=attempt, token=token, at=NOON)
    await server.rows(SETTLE, id=receipt, at=NOON)


async def export(client: AsyncClient, csrf: Mapping[str, str]) -> dict[str, list[dict[str, object]]]:
    answer = await client.post("/api/auth/account/export", headers=dict(csrf))
    assert answer.status_code == 200, answer.text
    data: dict[str, list[dict[str, object]]] = answer.json()["data"]
    return data


async def whole(server: AuthServer, tables: Sequence[str]) -> str:
    rows = [await server.rows(f"SELECT t::text AS text FROM {table} t") for table in tables]  # noqa: S608 - known names
    return "\n".join(str(row["text"]) for found in rows for row in found)


async def testPaymentsAreInTheExport(server: AuthServer, client: AsyncClient) -> None:
    _, owner, csrf = await aMerchant(server, client)
    data = await export(client, csrf)
    assert {table.name for table in paymentPersonalTables()} <= data.keys()
    assert [table for table, rows in data.items() if not rows and table in KEPT] == []
    (payment,) = data["payment"]
    assert (payment["ownerId"], payment["description"], payment["receivedMinor"]) == (str(owner), WORDS, 14_000_000)
    assert payment["checkoutToken"] == data["bank_call"][0]["requestHeaders"] == "kept, not shown"
    assert sum(int(str(entry["amountMinor"])) for entry in data["entry"]) == -14_000_000


async def testAnothersPaymentsAreNot(server: AuthServer, client: AsyncClient) -> None:
    async with server.browser() as theirs:
        await aMerchant(server, theirs)
        strangersId = (await theirs.get("/api/auth/me")).json()["id"]
    person = await server.register(client)
    csrf = await server.signIn(client, person)
    data = await export(client, csrf)
    assert strangersId not in json.dumps(data)
    assert {table: len(data[table]) for table in KEPT - {"audit_event"}} == dict.fromkeys(KEPT - {"audit_event"}, 0)


async def testManyPagesComeWholeAndOnce(server: AuthServer, client: AsyncClient) -> None:
    _, owner, csrf = await aMerchant(server, client)
    many = 2 * PAGE_ROWS + 7
    await server.rows(
        "INSERT INTO idempotency_key (owner_id, key, request_hash, recovery_point, resource_id, locked_until,"
        " created_at) SELECT :owner, 'key ' || n, 'x', 'finished', :owner, now(), now() FROM generate_series(1, :n) n",
        owner=owner,
        n=many,
    )
    keys = [row["key"] for row in (await export(client, csrf))["idempotency_key"]]
    assert len(keys) == len(set(keys)) == many + 1


async def testTheBooksKeepTheNumberAndNothingElseIsLeft(
    server: AuthServer, client: AsyncClient, database: DatabaseUrls
) -> None:
    person, owner, csrf = await aMerchant(server, client)
    tables = [
        str(row["t"]) for row in await server.rows("SELECT tablename AS t FROM pg_tables WHERE schemaname='public'")
    ]
    books = ["payment", "ledger_account", "entry", "journal", "receipt"]
    before = await server.rows("SELECT amount_minor, received_minor, status, paid_at, owner_id FROM payment")
    balances = await server.rows("SELECT id, balance_minor FROM ledger_account ORDER BY id")
    assert WORDS in await whole(server, books)

    assert (await client.delete("/api/auth/account", headers=csrf)).status_code == 204
    held = {table for table in tables if str(owner) in await whole(server, [table])}
    # messages name their owner until they are delivered and a day longer; the feed says that the account was erased
    assert held - {"outbox_message", "user_event"} <= KEPT, "only the books and the audit may still know the number"
    assert {"payment", "ledger_account", "payment_event", "audit_event"} <= held
    told = await whole(server, tables)
    assert person.email not in told
    mine = await server.rows("SELECT description, merchant_metadata AS m FROM payment WHERE owner_id = :id", id=owner)
    assert [(row["description"], row["m"]) for row in mine] == [(None, {})]
    assert await server.rows("SELECT amount_minor, received_minor, status, paid_at, owner_id FROM payment") == before
    assert await server.rows("SELECT id, balance_minor FROM ledger_account ORDER BY id") == balances


async def testAnErasureThatFailsHalfWayErasesNothing(server: AuthServer, client: AsyncClient) -> None:
    """The last eraser is refused: everything before it is rolled back."""
    person, owner, csrf = await aMerchant(server, client)
    await server.rows(
        "CREATE FUNCTION refuse_erasure() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'not today'; END $$"
    )
    await server.rows(
        "CREATE TRIGGER refuse_erasure BEFORE DELETE ON user_account FOR EACH ROW EXECUTE FUNCTION refuse_erasure()"
    )
    try:
        assert (await client.delete("/api/auth/account", headers=csrf)).status_code == 500
    finally:
        await server.rows("DROP TRIGGER refuse_erasure ON user_account")
        await server.rows("DROP FUNCTION refuse_erasure()")
    assert (await client.get("/api/auth/me")).json()["email"] == person.email
    rows = await server.rows("SELECT description FROM payment WHERE owner_id = :id", id=owner)
    assert [row["description"] for row in rows] == [WORDS]


async def testAMerchantWithManyPaymentsIsErasedToo(
    server: AuthServer, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than one statement takes."""
    monkeypatch.setattr(personalTables, "_ROWS_AT_A_TIME", 50)
    _, owner, csrf = await aMerchant(server, client)
    await server.rows("ALTER TABLE payment DISABLE TRIGGER payment_record_event")
    await server.rows(
        PAYMENT.replace("VALUES (:id,", "SELECT gen_random_uuid(),")
        .replace(":reference", "'many ' || n")
        .replace(":token", "'many ' || n")
        .replace(":later, 1)", ":later, 1 FROM generate_series(1, 120) n"),
        owner=owner,
        words=WORDS,
        at=NOON,
        later=NOON,
    )
    await server.rows("ALTER TABLE payment ENABLE TRIGGER payment_record_event")
    assert (await client.delete("/api/auth/account", headers=csrf)).status_code == 204
    words = "SELECT DISTINCT description, merchant_metadata AS note FROM payment WHERE owner_id = :id"
    assert await server.rows(words, id=owner) == [{"description": None, "note": {}}]
